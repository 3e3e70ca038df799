from . import parts
