"""What a text names: quotations by number, products by their code or model.

>>> codes("请按上次报价单 S00042 里的 KFR-35GW 型号再发一台")
['S00042', 'KFR-35GW']
>>> codes("Call me at 10 or write to a@b.example about unit 7")
[]
"""

import re

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
