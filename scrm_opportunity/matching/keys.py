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
    *,
    company: str | None = None,
    person: str | None = None,
    street: str | None = None,
    email: str | None = None,
    domain: str | None = None,
    phones: Iterable[str] = (),
    entity: int | None = None,
) -> list[str]:
    """All keys of one side, the surest first.

    >>> lookup_keys(company="moon", person="li na", street="5 Main street", entity=7,
    ...             email="a@b.example", domain="@b.example", phones=["+8621"])
    ... # doctest: +NORMALIZE_WHITESPACE
    ['n:7', 't:+8621', 'e:a@b.example', '@b.example', 'd:5 mains', 'c:moon',
     'p:li na']
    """
    door = addresses.door_key(street)
    return [
        *([f"n:{entity}"] if entity else ()),
        *(f"t:{phone}" for phone in phones),
        *([f"e:{email}"] if email else ()),
        *([domain] if domain else ()),
        *([f"d:{door}"] if door else ()),
        *company_keys(company),
        *person_keys(person),
    ]
