"""What a page inside of WeCom proves itself with, to call its JS-SDK.

Plain Python. Source: "JS-SDK signature algorithm" of WeCom's developer documentation,
whose example this is:

>>> signature(
...     "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1A"
...     "OcHKP7qg",
...     "Wm3WZYTPz0wzccnW",
...     "1414587457",
...     "http://mp.weixin.qq.com?params=value",
... )
'0f9de62fce790f9a083d5c99e95740ceb90c27ed'
"""

import hashlib


def signature(ticket, nonce, moment, url):
    """The signature of a page, as 40 hexadecimal digits.

    :param ticket: the platform's ticket for pages (jsapi_ticket)
    :param moment: seconds since 1970, as text
    :param url: address of the page, without what follows a #
    """
    content = (
        f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={moment}"
        f"&url={url.partition('#')[0]}"
    )
    # the platform's own choice; what it proves, the platform asks
    return hashlib.sha1(content.encode()).hexdigest()  # noqa: S324
