"""A platform of chats as WeCom and WeChat describe it: signs, seals and sends.

Written from their description, not with the code that reads it.
"""

import hashlib
import os
import time
from base64 import b64decode, b64encode

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from lxml import etree


class ChatPlatform:
    """What the platform knows of an account, and how it calls its address."""

    def __init__(self, opener, address, token, key, receiver):
        self.opener = opener
        self.address = address
        self.token = token
        self.key = b64decode(key + "=")
        self.receiver = receiver

    def seal(self, text):
        content = text.encode()
        whole = os.urandom(16) + len(content).to_bytes(4, "big") + content
        padder = padding.PKCS7(256).padder()
        padded = padder.update(whole + self.receiver.encode()) + padder.finalize()
        cipher = Cipher(algorithms.AES256(self.key), modes.CBC(self.key[:16]))
        encryptor = cipher.encryptor()
        return b64encode(encryptor.update(padded) + encryptor.finalize()).decode()

    def sign(self, *parts):
        whole = "".join(sorted([self.token, *parts]))
        return hashlib.sha1(whole.encode()).hexdigest()  # noqa: S324

    def arguments(self, sealed="", at=None, **changes):
        at = str(int(time.time()) if at is None else at)
        name = "msg_signature" if sealed else "signature"
        parts = [at, "n1", sealed] if sealed else [at, "n1"]
        said = {name: self.sign(*parts), "timestamp": at, "nonce": "n1", **changes}
        return {key: text for key, text in said.items() if text is not None}

    def ask(self, echo, *, is_sealed):
        """The question by which an address is verified."""
        sent = self.seal(echo) if is_sealed else echo
        arguments = self.arguments(sent if is_sealed else "")
        return self.opener.get(
            self.address, params={**arguments, "echostr": sent}, timeout=60
        )

    def send(self, text, *, at=None, arguments=None, body=None):
        """Call the address with the XML of a message, sealed."""
        sealed = self.seal(text)
        if body is None:
            body = xml(ToUserName=self.receiver, Encrypt=sealed, AgentID="1")
        return self.opener.post(
            self.address,
            params=self.arguments(sealed, at, **(arguments or {})),
            data=body.encode(),
            headers={"Content-Type": "text/xml"},
            timeout=60,
        )

    def say(self, sender, text, message_id, **more):
        return self.send(
            xml(
                ToUserName=self.receiver,
                FromUserName=sender,
                CreateTime=str(int(time.time())),
                MsgType=more.pop("kind", "text"),
                Content=text,
                MsgId=message_id,
                **more,
            )
        )


def xml(**values):
    root = etree.Element("xml")
    for name, text in values.items():
        etree.SubElement(root, name).text = etree.CDATA(text)
    return etree.tostring(root, encoding="unicode")
