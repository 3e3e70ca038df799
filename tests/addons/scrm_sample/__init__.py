from . import models
from . import nodes
