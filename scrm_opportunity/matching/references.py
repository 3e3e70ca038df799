"""What a text names: quotations by number, products by code or model, phones.

>>> codes("请按上次报价单 S00042 里的 KFR-35GW 型号再发一台")
['S00042', 'KFR-35GW']
>>> codes("Call me at 10 or write to a@b.example about unit 7")
[]
"""

import re

import phonenumbers

#: Longest text that is looked at, in characters; a mail can carry a whole archive.
TEXT_LIMIT = 20_000
#: Most codes that are looked up for one text.
CODE_LIMIT = 50

_CODE = re.compile(
    r"(?<![A-Za-z0-9@./-])"  # not inside a word, an address or a number
    r"(?=[A-Za-z0-9/-]*[0-9])(?=[A-Za-z0-9/-]*[A-Za-z])"  # letters and digits
    r"[A-Za-z0-9]+(?:[-/][A-Za-z0-9]+)*"
    r"(?![A-Za-z0-9@])"
)
_SHORTEST = 3
#: Most telephone numbers that are looked up for one text.
PHONE_LIMIT = 5
_MAYBE_PHONE = re.compile(r"\d[\d ().-]{5,}\d")


def codes(text: str | None) -> list[str]:
    """Every word made of letters and digits, in the order of the text, once.

    >>> codes("KFR-35GW, kfr-35gw and X1")
    ['KFR-35GW', 'kfr-35gw']
    >>> len(codes(" ".join(f"A{number}00" for number in range(100))))
    50
    """
    found = dict.fromkeys(
        code
        for code in _CODE.findall((text or "")[:TEXT_LIMIT])
        if len(code) >= _SHORTEST
    )
    return list(found)[:CODE_LIMIT]


def phones(text: str | None, country: str | None) -> list[str]:
    """Telephone numbers that a text names, in E.164 form, once.

    :param country: code of two letters, for numbers without one

    >>> phones("请回电 138 1234 5678 或 (021) 6123-4567，订单 20260302", "CN")
    ['+8613812345678', '+862161234567']
    >>> phones("call me", "CN"), phones(None, None)
    ([], [])
    """
    text = (text or "")[:TEXT_LIMIT]
    if not _MAYBE_PHONE.search(text):  # the parser is slow, most texts name none
        return []
    found = phonenumbers.PhoneNumberMatcher(text, country, max_tries=PHONE_LIMIT * 4)
    e164 = phonenumbers.PhoneNumberFormat.E164
    numbers = dict.fromkeys(
        phonenumbers.format_number(match.number, e164) for match in found
    )
    return list(numbers)[:PHONE_LIMIT]
