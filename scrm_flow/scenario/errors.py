class Refused(Exception):
    """The server did not do what was asked.

    :param status: HTTP status; 200 when a page showed the message
    :param text: the message as the user reads it
    """

    def __init__(self, status, text):
        super().__init__(f"{status} {text}")
        self.status = status
        self.text = text


class ScenarioError(Exception):
    """The scenario cannot be played: a word, a name or a key is not known."""
