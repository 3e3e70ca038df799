from . import opportunities
