from . import company
from . import cost_centres
from . import pricelists
from . import prices
from . import settlement
