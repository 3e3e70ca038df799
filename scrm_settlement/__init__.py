from . import models
from . import packs
