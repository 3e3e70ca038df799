from . import payout
from . import portal
