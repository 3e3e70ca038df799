"""What a message is about, by the words that templates are known by.

Plain Python. Works for languages without spaces too: a word counts wherever it stands,
in any case, in full or half width.

>>> words = {"repair": ["报修", "broken", "卡纸"], "price": ["报价", "price"]}
>>> score(words["repair"], "打印机卡纸了, it is BROKEN")
2
>>> best(words, "想了解产品报价")
'price'
>>> split(words, "It is broken. Please come! What is the price of a new one?")
[('repair', 'It is broken. Please come!'), ('price', 'What is the price of a new one?')]
>>> split(words, "Good morning")
[(None, 'Good morning')]
"""

import re
import unicodedata

_SENTENCE = re.compile(r"[^.!?。！？；;\n]*[.!?。！？；;\n]*")


def plain(text):
    """A text as words are looked for in it.

    >>> plain("  ＰＯＳ　Ｂroken ")
    'pos broken'
    """
    return " ".join(unicodedata.normalize("NFKC", text or "").casefold().split())


def read(text):
    """The words of a setting: parted by commas, semicolons or lines, each once.

    >>> read("repair, broken、报修\\n卡纸，repair")
    ['repair', 'broken', '报修', '卡纸']
    """
    parts = re.split(r"[,;，；、\n]", text or "")
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def score(words, text):
    """How many of the words a text has."""
    text = plain(text)
    return sum(1 for word in words if _has(text, plain(word)))


def best(words, text):
    """The key whose words a text has most of, the first of equals; None for none.

    :param words: key -> list of words, in order of rank
    """
    scores = {key: score(those, text) for key, those in words.items()}
    key = max(scores, key=scores.get, default=None)
    return key if key is not None and scores[key] else None


def split(words, text):
    """A message in parts of one matter each.

    A sentence without any of the words belongs to the one before it, the first ones
    to the one that follows.

    :param words: key -> list of words, in order of rank
    :return: list of (key or None, text), each key once
    """
    parts, opening = {}, []
    last = None
    for sentence in _SENTENCE.findall(text or ""):
        if not sentence.strip():
            continue
        key = best(words, sentence) or last
        if key is None:
            opening.append(sentence)
            continue
        parts.setdefault(key, []).append(sentence)
        last = key
    if not parts:
        return [(None, text)] if (text or "").strip() else []
    first = next(iter(parts))
    parts[first] = opening + parts[first]
    return [(key, "".join(said).strip()) for key, said in parts.items()]


def _has(text, word):
    """Whether a word is in a text; of Latin letters only as a whole word."""
    if not word:
        return False
    if word.isascii():
        return bool(re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", text))
    return word in text
