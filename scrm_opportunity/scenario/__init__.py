from . import matches
from . import customers
