from . import controllers
from . import models
from . import packs
from . import wizards
