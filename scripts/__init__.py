"""Commands of this repository: set-up, demo, tests, linters, wheels.

Standard library only, Python 3.10 or newer: the package must run before
anything is installed. ``make help`` lists the commands, ``README.md`` beside
this file says what lies where.
"""
