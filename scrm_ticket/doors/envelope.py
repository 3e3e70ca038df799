"""Callbacks of WeCom and of WeChat official accounts: signed, and sealed with AES.

Plain Python. A message is sealed as 16 random bytes, its length (four bytes, big end
first), the message in UTF-8 and the receiver's id, padded to blocks of 32 bytes;
AES-256 in CBC mode with the first 16 bytes of the key as its start. What is signed is
the SHA-1 of token, time, nonce and sealed text, sorted. Source: "Callback encryption"
of WeCom's developer documentation, whose example this is:

>>> aes = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
>>> sealed = (
...     "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO"
...     "+FZXvnaqQ=="
... )
>>> signature("QDG6eK", "1409659589", "263014780", sealed)
'5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3'
>>> unseal(aes, "wx5823bf96d3bd56c7", sealed)
'1616140317555161061'
"""

import hashlib
import hmac
import os
import struct
from base64 import b64decode, b64encode
from binascii import Error as Base64Error

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

#: Bytes of a block of the padding.
BLOCK = 32


class Unreadable(ValueError):
    """The key is none, or this was not sealed with it for this receiver."""


def signature(token, moment, nonce, sealed=""):
    """What a callback is signed with, as 40 hexadecimal digits."""
    parts = [token, moment, nonce, sealed] if sealed else [token, moment, nonce]
    # the platforms' own choice; what is in the envelope is proved by its key
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324


def is_signed(said, token, moment, nonce, sealed=""):
    """Whether ``said`` is the signature of the rest."""
    wanted = signature(token, moment, nonce, sealed)
    return hmac.compare_digest(wanted.encode(), said.encode())


def key_of(text):
    """The 32 bytes of a key as the platforms show it.

    :raise Unreadable: it has other characters, or not 43 of them
    """
    try:
        key = b64decode(f"{text}=", validate=True)
    except (Base64Error, ValueError) as error:
        raise Unreadable("no key") from error
    if len(key) != BLOCK:
        raise Unreadable("no key")
    return key


def new_key():
    """A random key, as the platforms show it.

    >>> len(new_key()), len(key_of(new_key()))
    (43, 32)
    """
    return (
        b64encode(os.urandom(BLOCK))
        .decode()
        .rstrip("=")
        .replace("+", "a")
        .replace("/", "b")
    )


def _cipher(text):
    key = key_of(text)
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def unseal(key, receiver, sealed):
    """The text of an envelope.

    :param key: see :func:`key_of`
    :param receiver: id of the company or official account it must be for
    :param sealed: base64
    :raise Unreadable: it is not for this receiver, or of another key
    """
    try:
        raw = b64decode(sealed, validate=True)
        decryptor = _cipher(key).decryptor()
        raw = decryptor.update(raw) + decryptor.finalize()
        raw = raw[16 : -raw[-1]]
        length = struct.unpack(">I", raw[:4])[0]
        text = raw[4 : 4 + length].decode()
        whose = raw[4 + length :].decode()
    except (ValueError, IndexError, struct.error) as error:
        raise Unreadable("another key") from error
    if not hmac.compare_digest(whose.encode(), receiver.encode()):
        raise Unreadable("another receiver")
    return text


def seal(key, receiver, text):
    """Put a text into an envelope, as the platforms do.

    >>> key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
    >>> unseal(key, "wx1", seal(key, "wx1", "三楼"))
    '三楼'
    """
    content = text.encode()
    raw = os.urandom(16) + struct.pack(">I", len(content)) + content
    raw += receiver.encode()
    padding = BLOCK - len(raw) % BLOCK
    encryptor = _cipher(key).encryptor()
    raw = encryptor.update(raw + bytes([padding]) * padding) + encryptor.finalize()
    return b64encode(raw).decode()
