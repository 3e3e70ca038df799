from . import controllers
from . import models
from . import handovers
from . import nodes
from . import notices
from . import packs
from . import report
from . import wizards
