from . import opportunities
from . import offers
