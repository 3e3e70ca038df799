"""Platforms where customers are, beside the doors their words come in by.

A door says how a message came to us (a callback, a webhook), a platform where the
customer wrote it. Both are channels of a ticket.
"""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: Key, as of the identities of customers -> (name, sign in lists)
PLATFORMS = {
    "wechat": (_lt("WeChat"), "fa-wechat"),
    "wecom": (_lt("WeCom"), "fa-briefcase"),
    "miniprogram": (_lt("Mini-program"), "fa-mobile"),
    "live": (_lt("Live stream"), "fa-video-camera"),
    "douyin": (_lt("Douyin"), "fa-music"),
    "tmall": (_lt("Tmall and Taobao"), "fa-shopping-bag"),
    "shop": (_lt("Own shop"), "fa-shopping-cart"),
    "pos": (_lt("Store counter"), "fa-calculator"),
}
