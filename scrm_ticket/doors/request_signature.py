"""Signed requests of an app whose user has a session with us.

Plain Python. The app signs method, path, time and the SHA-256 of the body, a line
each, with HMAC-SHA256 and the secret of its session, and sends it in hexadecimal
digits.

>>> sign("s3cret", "POST", "/scrm/mini/shop/tickets", "1767225600", b"{}")[:16]
'29da8ef8c30b9a20'
>>> said = sign("s3cret", "GET", "/scrm/mini/shop/tickets", "1767225600", b"")
>>> is_signed(said, "s3cret", "GET", "/scrm/mini/shop/tickets", "1767225600", b"")
True
>>> is_signed(said, "s3cret", "GET", "/scrm/mini/shop/other", "1767225600", b"")
False
"""

import hashlib
import hmac


def sign(secret, method, path, moment, body):
    """The signature of a request.

    :param secret: text
    :param moment: seconds since 1970, as text
    :param body: bytes
    """
    lines = [method, path, moment, hashlib.sha256(body).hexdigest()]
    content = "\n".join(lines).encode()
    return hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()


def is_signed(said, secret, method, path, moment, body):
    """Whether ``said`` is the signature of the rest."""
    wanted = sign(secret, method, path, moment, body)
    return hmac.compare_digest(wanted.encode(), said.encode())
