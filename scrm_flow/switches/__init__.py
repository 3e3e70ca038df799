from . import switch
from . import board
