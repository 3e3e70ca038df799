"""Questions to the servers of WeChat and of WeCom: JSON over HTTPS.

Plain Python. An answer says with ``errcode`` whether it went well; 0, or none, is well.
Addresses hold secrets, and so do the words of failed calls: neither is passed on.
"""

import requests

#: Seconds that a platform has for its answer.
TIMEOUT = 10


class Silent(Exception):
    """The platform gave no answer that can be read."""


class Refused(Exception):
    """The platform's answer is an error.

    :param code: its ``errcode``
    :param text: its ``errmsg``
    """

    def __init__(self, code, text):
        super().__init__(f"{code} {text}")
        self.code = code
        self.text = text


def ask(base, path, message=None, **arguments):
    """The answer of a platform: a GET, or a POST where there is a message.

    :param base: address of the platform's server
    :param path: with a slash at its beginning
    :param message: what is posted as JSON
    :param arguments: of the address
    :return: dict
    :raise Silent: no answer, or none of theirs
    :raise Refused: with the platform's code
    """
    method = "GET" if message is None else "POST"
    try:
        answer = requests.request(
            method,
            f"{base.rstrip('/')}{path}",
            params=arguments,
            json=message,
            timeout=TIMEOUT,
            allow_redirects=False,  # our secret goes to nobody else
        )
        answer.raise_for_status()
        said = answer.json()
    except (requests.RequestException, ValueError):
        raise Silent(path) from None  # its words hold the address with the secret
    if not isinstance(said, dict):
        raise Silent(path)
    # numbers, which some of their servers write as text
    if code := str(said.get("errcode") or "0"):
        if code != "0":
            raise Refused(code, str(said.get("errmsg") or "")[:200])
    return said
