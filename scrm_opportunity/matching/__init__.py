"""Matching of a ticket with opportunities: plain Python, no database.

`signals` holds what speaks for a pair, one small function each; `score` adds the
signals up and decides which opportunity is linked and which are suggested.
"""

from . import habits, keys, score, signals
