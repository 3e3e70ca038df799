from . import parts
from . import handler_nearest_store
