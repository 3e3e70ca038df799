"""How much two texts speak of the same matter.

Plain Python. Words of languages with spaces, pairs of signs of those without.

>>> sorted(words("The motor rattles, 电机异响"))
['motor', 'rattles', '异响', '机异', '电机']
>>> likeness(words("电机异响"), words("夜里电机有异响")) > 0.5
True
>>> likeness(words("The motor rattles"), words("Motor rattles at night"))
1.0
>>> likeness(words("The motor rattles"), words("Where is my invoice?"))
0.0

One word in common says nothing yet:

>>> likeness(words("motor"), words("A new motor for the gate"))
0.0

Points decide who is alike: half of the matter is spoken of, or less of it about the
same device model or business type.

>>> is_alike(points(1.0)), is_alike(points(0.3)), is_alike(points(0.3, model=True))
(True, False, True)
>>> is_alike(points(0.0, model=True)), is_alike(points(0, model=True, category=True))
(False, True)
"""

import re
import unicodedata

#: What is not worth comparing.
_COMMON = frozenset(
    "the and for with that this from have has was were are not but you your our can "
    "how when where what which why who there here they them its all any very please "
    "hello dear thanks thank".split()
)
_WORD = re.compile(r"[^\W_]+")
_SIGNS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")

#: Points: of texts that say the same, of one device model, of one business type.
SAID, MODEL, CATEGORY = 60, 25, 15
#: From here on two are alike.
ALIKE = 30
#: So many words two texts have in common at least.
LEAST = 2


def words(text):
    """The words of a text that say something, as a set."""
    found = set()
    text = unicodedata.normalize("NFKC", text or "").casefold()
    for run in _SIGNS.findall(text):
        found.update(run[at : at + 2] for at in range(len(run) - 1))
    for word in _WORD.findall(_SIGNS.sub(" ", text)):
        if len(word) > 2 and word not in _COMMON:
            found.add(word)
    return found


def likeness(one, other):
    """From 0, nothing in common, to 1: the shorter one is said in the longer one.

    :param one: what :func:`words` gives
    :param other: the same
    """
    common = len(one & other)
    return common / min(len(one), len(other)) if common >= LEAST else 0.0


def points(said, model=False, category=False):
    """How alike two tickets are, from 0 to 100.

    :param said: :func:`likeness` of what they say
    :param model: whether they are about the same device model
    :param category: whether they are of the same business type
    """
    return round(SAID * said) + MODEL * model + CATEGORY * category


def is_alike(found):
    """Whether so many points make two tickets alike."""
    return found >= ALIKE
