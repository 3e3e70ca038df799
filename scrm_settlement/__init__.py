from . import controllers
from . import models
from . import handovers
from . import switches
from . import nodes
from . import packs
from . import wizards
