"""Formats of text fields: what a phone number, a plate, a mask look like.

Plain Python.

>>> fits("phone", "+86 138 1234 5678"), fits("email", "anna@")
(True, False)
>>> fits("plate", "沪A12345"), fits("plate", "A12345")
(True, False)
>>> fits_mask("AA-9999", "SH-2047"), fits_mask("AA-9999", "S1-2047")
(True, False)
"""

import datetime
import re

from stdnum.cn import uscc

_PLATE = re.compile(
    "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领]"
    "[A-Z][A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳]"
)
_PHONE = re.compile(r"\+?[0-9(][0-9 ()./-]{4,20}")
_EMAIL = re.compile(r"[^@\s,;<>]{1,64}@[^@\s,;<>.]+(\.[^@\s,;<>.]+)+")
_CN_ID = re.compile("[1-9][0-9]{5}([0-9]{8})[0-9]{3}[0-9X]")


def is_cn_id(text):
    """An identity card of China: region, birthday, number, check digit (GB 11643).

    >>> is_cn_id("11010519491231002X"), is_cn_id("110105194912310021")
    (True, False)
    """
    text = text.upper()
    found = _CN_ID.fullmatch(text)
    if not found:
        return False
    try:
        datetime.datetime.strptime(found[1], "%Y%m%d")
    except ValueError:
        return False
    digits = [10 if sign == "X" else int(sign) for sign in text]
    return sum(digit * 2 ** (17 - i) for i, digit in enumerate(digits)) % 11 == 1


#: Format -> whether a text has it.
FORMATS = {
    "phone": lambda text: bool(_PHONE.fullmatch(text))
    and 5 <= sum(sign.isdigit() for sign in text) <= 15,
    "email": lambda text: len(text) < 255 and bool(_EMAIL.fullmatch(text)),
    "plate": lambda text: bool(_PLATE.fullmatch(text.replace(" ", "").upper())),
    "cn_id": is_cn_id,
    "cn_business": uscc.is_valid,
}
#: Sign of a mask -> whether a character may stand there.
_SIGNS = {
    "A": str.isalpha,
    "9": lambda sign: sign.isascii() and sign.isdigit(),
    "X": str.isalnum,
}


def fits(name, text):
    """Whether a text has one of the known formats; none fits everything."""
    return not name or FORMATS[name](text)


def fits_mask(mask, text):
    """Whether a text looks like the mask.

    :param mask: A a letter, 9 a digit, X a letter or digit, all else itself
    """
    return len(mask) == len(text) and all(
        _SIGNS[sign](one) if sign in _SIGNS else sign == one
        for sign, one in zip(mask, text, strict=True)
    )
