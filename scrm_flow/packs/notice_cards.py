"""Cards of notification rules: a picture, a page, and once for each person."""

from base64 import b64decode
from binascii import Error

from . import fragments as f
from .registry import Extension, register_extension


@register_extension
class NoticeCard(Extension):
    """What a rule sends beside its words."""

    section = "notices"
    addon = "scrm_flow"
    kind = "notice"
    properties = {
        "link": f.described(f.STRING, "the page that a tap on the card opens"),
        "picture": f.described(f.STRING, "on the card: PNG or JPEG in base64"),
        "once": f.described(f.BOOLEAN, "each person gets it once for ever"),
    }

    def vals(self, pack, item):
        picture = item.get("picture")
        if picture:
            try:
                b64decode(picture, validate=True)
            except Error as fault:
                raise pack.error(
                    pack.user_env._("the picture is no base64"), ".picture"
                ) from fault
        return {
            "link": item.get("link", False),
            "picture": picture or False,
            "is_once": item.get("once", False),
        }

    def dump(self, pack, record):
        return {
            "link": record.link or None,
            "picture": record.picture.decode() if record.picture else None,
            "once": record.is_once or None,
        }
