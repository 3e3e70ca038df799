"""Personal data with asterisks, for those who may not read it.

Plain Python. Enough stays to recognise a value that one knows, not to use it.

>>> masked("phone", "13812342047"), masked("phone", "+86 138 1234 2047")
('138****2047', '+86****2047')
>>> masked("email", "li.wei@example.com"), masked("email", "no address")
('l***@example.com', 'n***')
>>> masked("id", "310101199001011234")
'310************234'
>>> masked("address", "12 Nanjing Road, Shanghai")
'12 Nan***'
>>> masked("name", "Li Wei")
'L**'

Short ones show nothing at all, and what is no text stays what it is:

>>> masked("phone", "911"), masked("id", ""), masked("phone", False)
('***', '', False)
>>> masked(None, "as it is")
'as it is'

Who saves the form sends the mask back; it is never taken for a value:

>>> is_mask("138****2047"), is_mask("13812342047")
(True, False)

In what people write freely, addresses and numbers are found by their form; dates,
amounts and numbers of documents are left alone:

>>> text = "Mei <mei.lin@example.com>, +86 138 1234 2047, before 2026-03-31 08:30"
>>> masked_text(text)
'Mei <m***@example.com>, +86****2047, before 2026-03-31 08:30'
>>> masked_text("ID 310101199001011234, ticket HT0000012345, order 1024, 9.50 Yuan")
'ID 310************234, ticket HT0000012345, order 1024, 9.50 Yuan'
>>> masked_html('<p>Ring <a href="tel:13812342047">138-1234-2047</a><br>&lt;b&gt;</p>')
'<p>Ring <a href="tel:138****2047">138****2047</a><br>&lt;b&gt;</p>'

Who edits such a text sends its masks back:

>>> restored("<p>138****2047, evenings</p>", "<p>13812342047</p>")
'<p>13812342047, evenings</p>'
"""

import re
from urllib.parse import unquote

from lxml import html

#: Kinds of personal data.
KINDS = ("phone", "email", "id", "address", "name")

_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(
    r"(?<![\w/=#&@.-])(?:\+?\(?\d)(?:[ ()\u00a0-]{0,2}\d){6,18}(?:[xX](?!\w))?(?!\w)"
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
#: The same for PostgreSQL, rather more than less.
PATTERN = (
    r"[^[:space:]<>@]@[^[:space:]<>@]+[.]|[+][0-9]([ ()\u00a0-]{0,2}[0-9]){7}"
    r"|[0-9]([ ()\u00a0-]{0,2}[0-9]){9}"
)
#: Digits of a number that may be a phone's; with a plus sign in front.
_LEAST, _LEAST_ABROAD = 10, 8


def masked(kind, text):
    """A value as those see it who may not read it.

    :param kind: one of :data:`KINDS`; None for what everybody may read
    :param text: the value, anything
    """
    if kind is None or not isinstance(text, str) or not text:
        return text
    if kind == "email":
        domain = text.rpartition("@")[2] if "@" in text else ""
        return f"{text[0]}***" + (f"@{domain}" if domain else "")
    if kind == "name":
        return f"{text[0]}**"
    if kind == "address":
        return f"{text[:6]}***" if len(text) > 8 else "***"
    if len(text) < 8:
        return "***"
    if kind == "phone":
        return f"{text[:3]}****{text[-4:]}"
    return f"{text[:3]}{'*' * (len(text) - 6)}{text[-3:]}"


def is_mask(text):
    """Whether a text is no value but a mask, whole or changed in part."""
    return isinstance(text, str) and "**" in text


def masked_text(text):
    """A free text with the personal data in it masked.

    :param text: plain text; anything else stays what it is
    """
    if not isinstance(text, str) or not text:
        return text
    text = _EMAIL.sub(lambda found: masked("email", found[0]), text)
    return _NUMBER.sub(_masked_number, text)


def masked_html(text):
    """The same for HTML: what is read, and where links lead."""
    if not isinstance(text, str) or masked_text(text) == text:
        return text
    if "<html" in text[:500].lower():
        return _masked_tree(html.document_fromstring(text))
    tree = _masked_tree(html.fragment_fromstring(text, create_parent="div"))
    return tree.removeprefix("<div>").removesuffix("</div>")


def restored(text, stored):
    """A text that was edited with masks in it, with the data that they stand for.

    :param text: what somebody saves
    :param stored: what he or she read masked
    """
    if not text or "**" not in text:
        return text
    known = {}
    for found in [*_EMAIL.finditer(stored or ""), *_NUMBER.finditer(stored or "")]:
        known.setdefault(masked_text(found[0]), found[0])
    for mask, value in known.items():
        if mask != value:
            text = text.replace(mask, value)
    return text


def _masked_number(found):
    text = found[0]
    digits = sum(sign.isdigit() for sign in text)
    least = _LEAST_ABROAD if text.startswith("+") else _LEAST
    if digits < least or _DAY.match(text):
        return text
    plain = re.sub(r"[ ()\u00a0-]", "", text)
    return masked("id" if digits > 15 else "phone", plain)


def _masked_tree(tree):
    for part in tree.iter():
        part.text, part.tail = masked_text(part.text), masked_text(part.tail)
        for name in ("href", "title", "alt"):
            value = part.attrib.get(name) if isinstance(part.tag, str) else None
            if value and (name != "href" or value.startswith(("mailto:", "tel:"))):
                part.attrib[name] = masked_text(unquote(value))
    return html.tostring(tree, encoding="unicode")
