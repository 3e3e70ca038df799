"""Messages of WeCom and of WeChat official accounts, as their callbacks tell them.

Plain Python.

>>> message = read(
...     "<xml><FromUserName>o-1</FromUserName><CreateTime>1767000000</CreateTime>"
...     "<MsgType>text</MsgType><Content>@Li Wei, 3号店</Content><MsgId>77</MsgId>"
...     "<ChatId>class_2</ChatId></xml>"
... )
>>> message.id, message.sender, message.group, message.text
('77', 'o-1', 'class_2', '@Li Wei, 3号店')
>>> mentioned(message.text, {1: "Li", 2: "Li Wei", 3: "Wei"})
[2]
"""

import re
from dataclasses import dataclass

from lxml import etree

from .texts import is_storable

#: Longest text of a message, in characters; the platforms allow 2,048 bytes.
TEXT_LIMIT = 4000
#: Longest id of a message, a sender or a group, in characters.
ID_LIMIT = 128
_BREAK = re.compile(r"[\s@,，.。:：;；!！?？、]|$")


class NoMessage(ValueError):
    """The text is no message of a callback; says what is missing or wrong."""


@dataclass(frozen=True)
class Message:
    """What somebody wrote. ``group`` is empty where it was written to us alone;
    ``thread`` is what the platform calls the conversation, where it has to hear that
    from who answers."""

    id: str
    sender: str
    group: str
    text: str
    picture: str
    thread: str = ""


def elements(text):
    """Name -> text of the elements of a callback's XML.

    :raise NoMessage: it is no XML, or one that defines entities
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NoMessage("xml") from error
    if root.getroottree().docinfo.doctype:
        raise NoMessage("xml")
    return {child.tag: (child.text or "").strip() for child in root}


def read(text):
    """The message of an unsealed callback; None for what is no message of somebody.

    :return: :class:`Message`, or None: somebody follows the account, opens its menu
    :raise NoMessage: naming the element
    """
    said = elements(text)
    kind = said.get("MsgType")
    if kind not in ("text", "image", "voice"):
        return None
    words = said.get("Content") or said.get("Recognition") or ""
    picture = said.get("PicUrl") or ""
    is_address = picture.startswith(("http://", "https://"))
    message = Message(
        id=said.get("MsgId") or "",
        sender=said.get("FromUserName") or "",
        group=said.get("ChatId") or "",
        text=words,
        picture=picture if is_address and len(picture) <= TEXT_LIMIT else "",
    )
    for name, value, limit in (
        ("MsgId", message.id, ID_LIMIT),
        ("FromUserName", message.sender, ID_LIMIT),
        ("ChatId", message.group or "-", ID_LIMIT),
        ("Content", message.text or "-", TEXT_LIMIT),
    ):
        if not value or len(value) > limit or not is_storable(value):
            raise NoMessage(name)
    return message if message.text or message.picture else None


def mentioned(text, names):
    """Who is mentioned with an @, each once, in the order of the text.

    The longest name counts where one begins with another.

    :param names: key -> name
    :return: list of keys
    """
    found = []
    for start in (place.end() for place in re.finditer("[@＠]", text)):
        rest = text[start:]
        fitting = [
            (len(name), key)
            for key, name in names.items()
            if name and rest.startswith(name) and _BREAK.match(rest, len(name))
        ]
        if fitting and (key := max(fitting)[1]) not in found:
            found.append(key)
    return found
