"""Texts that are stored sealed: AES-GCM, with the key's name before the text.

>>> ring = Ring(["0000000a:" + "A" * 43 + "="])
>>> sealed = ring.seal("secret")
>>> is_sealed(sealed), "secret" in sealed, ring.open(sealed), ring.seal("x") == sealed
(True, False, 'secret', False)

The first key seals; the others open what was sealed before:

>>> newer = Ring(["0000000b:" + "B" * 43 + "=", *ring.lines])
>>> newer.open(sealed), newer.seal("secret").split(":")[2], newer.is_current(sealed)
('secret', '0000000b', False)
>>> try:
...     ring.open(newer.seal("secret"))
... except SealError as error:
...     print("no key", error)
no key 0000000b

Words by which texts are found are kept as digests, which nobody makes without the key;
the oldest one makes them, so that a newer key changes none:

>>> ring.digest("pump") == newer.digest("pump"), ring.digest("pump") == "pump"
(True, False)
"""

import base64
import hashlib
import hmac
import re
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MARK = "scrm-sealed:1:"
SEALED = re.compile(rf"{MARK}([0-9a-f]{{8}}):([A-Za-z0-9_=-]+)", re.ASCII)
NONCE = 12
#: How a digest of a word begins, which no word does, and its bytes.
DIGEST, DIGEST_BYTES = "~", 9


class SealError(Exception):
    """A text cannot be sealed or opened; says which key is missing, or where the keys
    should be."""


class ChangedError(SealError):
    """The key is there, but somebody changed the text."""


def is_sealed(text):
    return isinstance(text, str) and text.startswith(MARK)


def new_line():
    """A new key, as a line of the key file: its name and 32 bytes."""
    return (
        f"{secrets.token_hex(4)}:{base64.b64encode(secrets.token_bytes(32)).decode()}"
    )


class Ring:
    """Keys, the one that seals first.

    :param lines: ``name:key in base64``
    :raise ValueError: there is none, or one is not such a line
    """

    def __init__(self, lines):
        self.lines = list(lines)
        self._keys = {}
        for line in self.lines:
            name, _colon, key = line.partition(":")
            if not re.fullmatch("[0-9a-f]{8}", name):
                raise ValueError("the name of a key is eight hexadecimal digits")
            secret = base64.b64decode(key, validate=True)
            self._keys[name] = AESGCM(secret)
            self._digests = hmac.digest(secret, b"words", hashlib.sha256)
        self.current = next(iter(self._keys), None)
        if self.current is None:
            raise ValueError("there is no key")

    def seal(self, text):
        head = f"{MARK}{self.current}:"
        nonce = secrets.token_bytes(NONCE)
        data = self._keys[self.current].encrypt(nonce, text.encode(), head.encode())
        return head + base64.urlsafe_b64encode(nonce + data).decode()

    def open(self, text):
        """
        :raise SealError: its key is not here
        :raise ChangedError: somebody changed the text
        """
        match = SEALED.fullmatch(text)
        name = match[1] if match else "?"
        key = self._keys.get(name)
        if key is None:
            raise SealError(name)
        try:
            data = base64.urlsafe_b64decode(match[2])
            opened = key.decrypt(data[:NONCE], data[NONCE:], f"{MARK}{name}:".encode())
        except (InvalidTag, ValueError) as error:
            raise ChangedError(name) from error
        return opened.decode()

    def digest(self, word):
        """What stands for a word where texts are found by it."""
        found = hmac.digest(self._digests, word.encode(), hashlib.sha256)
        return DIGEST + base64.urlsafe_b64encode(found[:DIGEST_BYTES]).decode()

    @property
    def names(self):
        """The names of all keys, the one that seals first."""
        return list(self._keys)

    def is_current(self, text):
        """Whether a text is sealed with the key that seals now."""
        return text.startswith(f"{MARK}{self.current}:")
