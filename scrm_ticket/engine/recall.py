"""What of the past speaks of the same matter, and what it says.

Plain Python. Texts are sets of words as :mod:`likeness` gives them; a word that few
texts have says more than one that most have.

>>> heavy = weights({"jam": 2, "paper": 10, "printer": 90}, 100)
>>> heavy["jam"] > heavy["paper"] > heavy["printer"] > 0
True
>>> rank({"jam", "paper"}, {1: {"jam", "paper", "a4"}, 2: {"paper", "printer"}}, heavy)
[(1, 1.0)]

One word in common is enough only for a text of one word:

>>> rank({"jam"}, {1: {"jam"}, 2: {"paper"}}, heavy)
[(1, 1.0)]

Whether an answer is in another script than the question:

>>> is_other_script("菜里有头发", "We are sorry"), is_other_script("菜里有头发", "抱歉")
(True, False)
>>> is_other_script("Printer 卡纸, it is broken", "We are sorry")
False

Causes by how much of what is alike stands behind each, with the cases:

>>> proposals([("a", 1.0), ("b", 0.5), ("c", 0.5)], {"a": "worn", "b": "worn"})
[('worn', 1.0, ['a', 'b'])]
>>> proposals([("a", 0.3), ("b", 0.9)], {"a": "worn", "b": "loose"})
[('loose', 0.75, ['b']), ('worn', 0.25, ['a'])]
"""

import math
import re
import unicodedata

from .likeness import LEAST

#: A text says too little of the matter below this share.
ENOUGH = 0.2
_SIGNS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def weights(counts, total):
    """How much each word says: more, the fewer of the texts have it.

    :param counts: word -> number of texts that have it
    :param total: number of all texts
    """
    return {
        word: math.log(1 + max(total, count) / count)
        for word, count in counts.items()
        if count
    }


def rank(asked, known, heavy):
    """Which texts say most of what is asked, the best first.

    :param asked: set of words
    :param known: id -> set of words
    :param heavy: what :func:`weights` gives; other words are known to no text
    :return: [(id, share of what is asked, 0 to 1)]; the newest id first of equals
    """
    asked = asked & heavy.keys()
    whole = sum(heavy[word] for word in asked)
    least = min(LEAST, len(asked))
    found = []
    for id_, words in known.items():
        common = asked & words
        if common and len(common) >= least:
            share = sum(heavy[word] for word in common) / whole
            if share >= ENOUGH:
                found.append((id_, share))
    return sorted(found, key=lambda one: (-one[1], -_number(one[0])))


def _number(id_):
    return id_ if isinstance(id_, int) else 0


def proposals(ranked, cause_of):
    """The causes that similar cases had, the likeliest first.

    :param ranked: [(case, likeness)]
    :param cause_of: case -> cause; cases without one do not count
    :return: [(cause, share of the likeness, [cases])]
    """
    behind, cases = {}, {}
    for case, likeness in ranked:
        cause = cause_of.get(case)
        if cause:
            behind[cause] = behind.get(cause, 0) + likeness
            cases.setdefault(cause, []).append(case)
    whole = sum(behind.values())
    return [
        (cause, behind[cause] / whole, cases[cause])
        for cause in sorted(behind, key=behind.get, reverse=True)
    ]


def phrases(text, common):
    """Words that two texts have in common, as they stand in one of them: pairs of
    signs that follow one another are one word.

    >>> phrases("请问退换货的运费", {"退换", "换货", "运费", "shoe"})
    ['退换货', '运费']
    >>> phrases("The SHOE is too small", {"shoe", "small"})
    ['shoe', 'small']
    """
    text = unicodedata.normalize("NFKC", text or "").casefold()
    marked = set()
    for word in common:
        for found in re.finditer(re.escape(word), text):
            marked.update(range(*found.span()))
    words, last = [], None
    for at in sorted(marked):
        both = last is not None and at == last + 1
        if both and bool(_SIGNS.match(text[at])) == bool(_SIGNS.match(text[last])):
            words[-1] += text[at]
        else:
            words.append(text[at])
        last = at
    return list(dict.fromkeys(words))


def is_other_script(asked, said):
    """Whether one of two texts is written in signs, the other in letters."""
    return _in_signs(asked) != _in_signs(said)


def _in_signs(text):
    """Whether signs are the most of it; a sign says about what three letters do."""
    signs = len(_SIGNS.findall(text))
    return 3 * signs > sum(letter.isalpha() for letter in text) - signs
