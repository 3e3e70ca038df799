"""Keys by which opportunities are looked up: who shares one comes into question.

A key survives what people write differently: the legal form, the order of words, one
wrong sign in a Chinese own name, a wrong letter in the middle of a Latin one. Each is
rare enough to be looked up among a million, in one index, whatever the collation of
the database.

>>> sorted(set(company_keys("晨光科技 上海")) & set(company_keys("辰光科技 上海")))
['c:光科技上海']
>>> set(person_keys("green mitchell")) & set(person_keys("green mitchel"))
{'p:gre mit'}
"""

from collections.abc import Iterable

from . import addresses, chinese_names
from .names import HAN

SEPARATOR = "|"
#: Letters of each word of a Latin company's and person's key.
_WORD, _PART = 4, 3
_EMPTY_WORDS = frozenset("a an and at by de for in la le of on the".split())


def company_keys(name: str | None) -> list[str]:
    """Keys of a company's written form.

    >>> company_keys("arts delicatessen"), company_keys("deli arts")
    (['c:arts deli'], ['c:arts deli'])
    >>> company_keys("晨光科技")
    ['c:晨光科技']
    >>> company_keys(None), company_keys("the")
    ([], ['c:the'])
    """
    if not name:
        return []
    if HAN.search(name):
        place, own, trade = chinese_names.split(name.replace(" ", ""))
        keys = [own + trade]
        if place and len(own) > 1:
            keys += [
                own[:sign] + own[sign + 1 :] + trade + place for sign in range(len(own))
            ]
    else:
        words = [word for word in name.split() if word not in _EMPTY_WORDS]
        words = words or name.split()
        if len(words) == 1:
            keys = [words[0]]
        else:
            parts = sorted({word[:_WORD] for word in words})
            keys = [
                f"{one} {other}" for one, other in zip(parts, parts[1:], strict=False)
            ] or parts
    return [f"c:{key}" for key in dict.fromkeys(keys)]


def person_keys(name: str | None) -> list[str]:
    """Keys of a person's written form: the beginnings of the words, and the ends.

    >>> person_keys("张伟"), person_keys("green mitchell")
    (['p:张伟'], ['p:gre mit', 'p:een ell'])
    """
    if not name:
        return []
    if HAN.search(name):
        return [f"p:{name}"]
    words = name.split()
    if len(words) == 1:
        return [f"p:{name}"]
    ways = (
        " ".join(word[:_PART] for word in words),
        " ".join(word[-_PART:] for word in words),
    )
    return [f"p:{key}" for key in dict.fromkeys(ways)]


def lookup_keys(
    company: str | None,
    person: str | None,
    street: str | None = None,
    email: str | None = None,
) -> list[str]:
    """All keys of one side; none contains the separator.

    The e-mail is among them, because its own column has an index for parts of it,
    which is slow for a whole one.

    >>> lookup_keys("moon", "li na", "5 Main|street", "a@b.example")
    ['c:moon', 'p:li na', 'd:5 mains', 'e:a@b.example']
    """
    door = addresses.door_key(street)
    keys: Iterable[str] = [
        *company_keys(company),
        *person_keys(person),
        *([f"d:{door}"] if door else ()),
        *([f"e:{email}"] if email else ()),
    ]
    return [key.replace(SEPARATOR, " ") for key in keys]
