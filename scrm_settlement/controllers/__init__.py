from . import payout
from . import portal
from . import quotation
