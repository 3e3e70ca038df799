from . import matches
from . import customers
from . import shops
