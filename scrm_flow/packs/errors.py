class PackError(Exception):
    """One thing that is wrong in a pack.

    :param path: JSON path of the value at fault, ``$.flows[0].nodes[2].handler``
    :param message: what is wrong with it, in the user's language
    """

    def __init__(self, path, message):
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message


class PackErrors(Exception):
    """Everything that is wrong in a pack; nothing of it was imported.

    :param errors: list of :class:`PackError`, in document order
    """

    def __init__(self, errors):
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = list(errors)
