from . import matches
