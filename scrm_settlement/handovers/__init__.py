from . import target
