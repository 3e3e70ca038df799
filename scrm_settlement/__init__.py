from . import controllers
from . import models
from . import handovers
from . import nodes
from . import packs
from . import wizards
