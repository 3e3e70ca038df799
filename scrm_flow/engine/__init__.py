"""The flow engine in plain Python: no database, no environment, no clock.

Each module answers one question and shows its rule in doctests:

- ``graph``: what does a flow look like once compiled?
- ``soundness``: what must be repaired before it may be published?
- ``exhaustive``: does one of several conditions always hold?
- ``expansion``: what does a flow look like that contains another one?
- ``tokens``: where does work go from here?
- ``assignment``: who gets it, who does not, and why?
- ``decision``: which rule of a decision table answers?
- ``clock``: when are so many working hours over?
"""
