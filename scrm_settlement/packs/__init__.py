from . import company
from . import pricelists
from . import prices
from . import settlement
