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
"""

#: Kinds of personal data.
KINDS = ("phone", "email", "id", "address", "name")


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
