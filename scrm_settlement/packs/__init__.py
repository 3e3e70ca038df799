from . import company
from . import cost_centres
from . import pricelists
from . import price_adjustments
from . import price_fragments
from . import price_offers
from . import prices
from . import settlement
