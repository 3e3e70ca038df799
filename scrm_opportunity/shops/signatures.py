"""How shop platforms sign what they send and what they are asked. Plain Python.

Douyin, open platform: "Webhooks", header ``X-Douyin-Signature``.
Douyin shop (openapi-fxg.jinritemai.com): "message push", headers ``app-id`` and
``event-sign``; "signature" of calls, sign_method hmac-sha256.
Taobao and Tmall: "TOP signature" of calls, "Qimen signature" of what is pushed.
"""

import hashlib
import hmac


def douyin_push(secret, body):
    """What the header of a push says: SHA-1 of the secret and the body.

    >>> douyin_push("secret", b"{}")[:8]
    '313497c3'
    """
    return hashlib.sha1(secret.encode() + body).hexdigest()  # noqa: S324


def douyin_shop_push(app_key, secret, body):
    """The header ``event-sign`` of what a shop's API pushes.

    >>> douyin_shop_push("k", "s", b"[]")[:8]
    '0539ecd4'
    """
    text = app_key.encode() + body + secret.encode()
    return hashlib.md5(text).hexdigest()  # noqa: S324


def douyin_call(secret, app_key, method, param_json, timestamp):
    """The ``sign`` of a call of the shop's API, version 2.

    >>> douyin_call("s", "k", "order.searchList", "{}", "1700000000")[:8]
    '83b9fb24'
    """
    text = (
        f"{secret}app_key{app_key}method{method}param_json{param_json}"
        f"timestamp{timestamp}v2{secret}"
    )
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def top(secret, params, body=""):
    """The ``sign`` of a call of TOP, and with a body the one of what Qimen pushes.

    What Qimen pushes is signed with its body:

    >>> said = {"app_key": "testerp_appkey", "customerId": "stub-cust-code"}
    >>> said |= {"format": "xml", "method": "taobao.qimen.itemlack.report", "v": "2.0"}
    >>> said |= {"sign_method": "md5", "timestamp": "2015-04-26 00:00:07"}
    >>> top("test", said, "body")
    'E4E83589F1454C1B677DDF0B59026C6A'
    """
    named = "".join(
        f"{name}{params[name]}"
        for name in sorted(params)
        if name != "sign" and params[name] != ""
    )
    text = f"{secret}{named}{body}{secret}"
    return hashlib.md5(text.encode()).hexdigest().upper()  # noqa: S324


def is_same(said, right):
    """Whether a signature is the right one, in the same time for every wrong one."""
    return hmac.compare_digest((said or "").encode(), right.encode())
