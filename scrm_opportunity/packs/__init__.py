from . import opportunities
from . import offers
from . import cards
from . import shops
