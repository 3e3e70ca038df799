"""Names of companies and people in one written form, and how alike two of them are.

The same customer is written in many ways: with and without the legal form, with full
and half width signs, with a branch behind the name, family name first or last. The
written form here drops what does not tell companies apart; it is kept beside the
record, indexed, and compared.

>>> company_key("上海晨光科技有限公司")
'晨光科技 上海'
>>> company_key("晨光科技（上海）有限公司北京分公司")
'晨光科技 上海'
>>> company_key("ＡＢＣ Machines Co., Ltd."), company_key("abc machines")
('abc machines', 'abc machines')
>>> person_key("Dr. Wei Zhang"), person_key("ZHANG, Wei")
('wei zhang', 'wei zhang')
>>> person_key("张伟先生")
'张伟'
"""

import re
import unicodedata

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from . import chinese_names

#: Legal forms of China, longest first; what follows one is a branch of the company.
_CHINESE_FORMS = (
    "股份有限责任公司",
    "有限责任公司",
    "股份有限公司",
    "集团有限公司",
    "有限公司",
    "集团公司",
    "总公司",
    "分公司",
    "公司",
)
_CHINESE_FORM = re.compile("|".join(_CHINESE_FORMS))
_CHINESE_TITLES = re.compile(r"(?:先生|女士|小姐|经理|总监|老师|工程师|主任|师傅)$")
_LATIN_FORMS = frozenset(
    "ab ag as bv co company corp corporation gmbh group holding holdings inc "
    "incorporated kg kk limited llc llp ltd nv oy plc pte pty pvt sa sas se spa "
    "srl".split()
)
_LATIN_TITLES = frozenset("dr ing miss mr mrs ms mx prof sir madam".split())
_SIGNS = re.compile(r"[^\w]+|_")
_DOTTED = re.compile(r"(?<=\b\w)\.(?=\w\b|\s|$)")
#: A Chinese sign.
HAN = re.compile(r"[\u3400-\u9fff]")


def plain(text: str | None) -> str:
    """Small letters, half width, no accents, one blank between words.

    >>> plain("  Café　Ｎｏ．７ ")
    'cafe no 7'
    """
    text = unicodedata.normalize("NFKC", text or "").casefold()
    text = "".join(
        sign
        for sign in unicodedata.normalize("NFD", text)
        if unicodedata.category(sign) != "Mn"
    )
    text = unicodedata.normalize("NFC", _DOTTED.sub("", text))
    return " ".join(_SIGNS.sub(" ", text).split())


def company_key(name: str | None) -> str:
    """The name of a company without legal form and branch; a Chinese place last.

    >>> company_key("华为技术（上海）有限公司"), company_key("上海市华为技术公司")
    ('华为技术 上海', '华为技术 上海')
    >>> company_key("公司"), company_key("S.A. Dupont"), company_key(None)
    ('公司', 'dupont', '')
    """
    words = plain(name).split()
    kept = [word for word in words if word not in _LATIN_FORMS] or words
    key = " ".join(kept)
    if HAN.search(key):
        key = key.replace(" ", "")
        head = _CHINESE_FORM.split(key, maxsplit=1)[0].removesuffix("集团")
        key = head or key
        place, own, trade = chinese_names.split(key)
        key = f"{own}{trade} {place}".rstrip()
    return key


def is_company_name(name: str | None) -> bool:
    """Whether a name carries a legal form.

    >>> is_company_name("上海晨光科技有限公司"), is_company_name("Moon Ltd.")
    (True, True)
    >>> is_company_name("张伟"), is_company_name(None)
    (False, False)
    """
    words = plain(name).split()
    if len(words) > 1 and any(word in _LATIN_FORMS for word in words):
        return True
    return bool(_CHINESE_FORM.search("".join(words)))


def person_key(name: str | None) -> str:
    """The name of a person: no title, Latin words in alphabetical order.

    >>> person_key("Müller, Anna"), person_key(""), person_key("李 娜 女士")
    ('anna muller', '', '李娜')
    """
    words = plain(name).split()
    kept = [word for word in words if word not in _LATIN_TITLES] or words
    key = " ".join(kept)
    if HAN.search(key):
        key = key.replace(" ", "")
        return _CHINESE_TITLES.sub("", key) or key
    return " ".join(sorted(kept))


def company_likeness(first: str, second: str) -> float:
    """How alike two written forms of companies are, from 0.0 to 1.0.

    In Latin names the order of words does not count, and a missing word counts less
    than a different one; in Chinese ones the own name counts most.

    >>> company_likeness("abc machines", "machines abc"), company_likeness("", "")
    (1.0, 0.0)
    >>> one_sign, other_place = "辰光科技 上海", "晨光科技 北京"
    >>> company_likeness("晨光科技 上海", one_sign)
    0.7
    >>> company_likeness("晨光科技 上海", other_place)
    0.72
    >>> round(company_likeness("arnold machines", "arnold machine works"), 1)
    0.9
    """
    if not first or not second:
        return 0.0
    if HAN.search(first) or HAN.search(second):
        return chinese_names.likeness(first.replace(" ", ""), second.replace(" ", ""))
    whole = fuzz.token_sort_ratio(first, second)
    common = fuzz.token_set_ratio(first, second)
    return (whole + common) / 200


def person_likeness(first: str, second: str) -> float:
    """How alike two written forms of people are, from 0.0 to 1.0.

    >>> person_likeness("li na", "li na"), person_likeness("李娜", "李丽")
    (1.0, 0.0)
    >>> person_likeness("欧阳志强", "欧阳志刚")
    0.75
    >>> round(person_likeness("green mitchell", "green mitchel"), 2)
    0.99
    """
    if not first or not second:
        return 0.0
    if first == second:
        return 1.0
    if HAN.search(first) or HAN.search(second):
        if min(len(first), len(second)) < 3:  # two signs: another person
            return 0.0
        return fuzz.ratio(first, second) / 100
    return JaroWinkler.normalized_similarity(first, second, prefix_weight=0.1)
