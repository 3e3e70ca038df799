"""Addresses in one written form, and how alike two of them are.

Streets are abbreviated at will, and towns are named by their district, so the house
number with the beginning of the street is what finds the same door again.

>>> door_key("435 S. La Cienega Blv."), door_key("435 la cienega boulevard")
('435 lacie', '435 lacie')
>>> door_key("上海市静安区南京西路１２６６号"), door_key("南京西路1266号3楼")
('1266 南京西', '1266 南京西')
"""

import re

from rapidfuzz import fuzz

from .names import HAN, plain

#: Letters, or Chinese signs, of a street's name that are part of its key.
_LATIN_START, _CHINESE_START = 5, 3
#: Words that are left out at will, or stand for a direction.
_SHORT = {
    "av": "avenue",
    "ave": "avenue",
    "blv": "boulevard",
    "blvd": "boulevard",
    "bldg": "building",
    "dr": "drive",
    "hwy": "highway",
    "ln": "lane",
    "pkwy": "parkway",
    "pl": "place",
    "rd": "road",
    "sq": "square",
    "st": "street",
    "cres": "crescent",
    "crt": "court",
    "ct": "court",
}
_DIRECTIONS = frozenset("e w n s ne nw se sw east west north south".split())
#: What the same street is worth while the house is not known.
_NO_HOUSE = 0.75
#: From here on (percent) two towns are one with a typing error.
_SAME_TOWN = 85
_NUMBER = re.compile(r"\d+")
#: Province, town and district before a Chinese street.
_CHINESE_PLACE = re.compile(r"^.*?(?:省|市|自治区|新区|区|县)(?=.*(?:路|街|道|巷|弄))")
_CHINESE_STREET = re.compile(r"^(.*?)(?:路|街|大道|道|巷|弄)")


def street_key(street: str | None) -> str:
    """A street with its number, abbreviations written out, directions left out.

    >>> street_key("12 W. 23rd St.")
    '12 23rd street'
    >>> street_key("北京市朝阳区建国路 88 号"), street_key(None)
    ('建国路88号', '')
    """
    words = [_SHORT.get(word, word) for word in plain(street).split()]
    words = [word for word in words if word not in _DIRECTIONS] or words
    key = " ".join(words)
    if HAN.search(key):
        key = key.replace(" ", "")
        while (rest := _CHINESE_PLACE.sub("", key)) != key:
            key = rest
    return key


def house_number(street: str | None) -> str:
    """The first number of a street: the house in most countries.

    >>> house_number("建国路88号 3楼"), house_number("Main street")
    ('88', '')
    """
    found = _NUMBER.search(street_key(street))
    return found.group() if found else ""


def door_key(street: str | None) -> str:
    """House number and beginning of the street's name, by which doors are looked up.

    >>> door_key("Main street"), door_key("17"), door_key("5 Rue de la Paix")
    ('', '', '5 ruede')
    """
    key = street_key(street)
    number = _NUMBER.search(key)
    if not number:
        return ""
    if HAN.search(key):
        name = _CHINESE_STREET.match(key)
        start = (name.group(1) if name else key)[:_CHINESE_START]
        return f"{number.group()} {start}"
    name = "".join(key.replace(number.group(), "", 1).split())
    return f"{number.group()} {name[:_LATIN_START]}" if name else ""


def likeness(first: str | None, second: str | None) -> float:
    """How alike two streets are, from 0.0 to 1.0; another house number is no match.

    >>> likeness("435 S. La Cienega Blv.", "435 La Cienega Boulevard")
    1.0
    >>> likeness("7 Wallaby place", "9 Wallaby place"), likeness("", "")
    (0.0, 0.0)
    >>> likeness("Maltby circuit", "38 Maltby circuit")
    0.75
    """
    one, other = street_key(first), street_key(second)
    if not (one and other):
        return 0.0
    numbers = {house_number(first), house_number(second)}
    if len(numbers - {""}) > 1:
        return 0.0
    if len(numbers) > 1 or not any(numbers):  # the house is not known: half as sure
        name, other_name = (re.sub(r"\d+号?", "", key).strip() for key in (one, other))
        return _NO_HOUSE * (name == other_name and len(name) > 3)
    if HAN.search(one) or HAN.search(other):
        short = min(len(one), len(other))
        return fuzz.partial_ratio(one, other) / 100 if short > 3 else 0.0
    ratios = (fuzz.token_sort_ratio(one, other), fuzz.partial_ratio(one, other))
    return max(ratios) / 100


def same_town(first: str | None, second: str | None) -> bool:
    """Whether two towns are the same, or one is part of how the other is written.

    >>> same_town("上海市", "上海"), same_town("New York City", "new york")
    (True, True)
    >>> same_town("Lyon", None), same_town("Lyon", "Brest")
    (False, False)
    """
    one, other = plain(first), plain(second)
    if not (one and other):
        return False
    return one in other or other in one or fuzz.ratio(one, other) > _SAME_TOWN
