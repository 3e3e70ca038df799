from . import models
from . import packs
from . import wizards
