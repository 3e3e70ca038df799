from . import handler_department
from . import handler_manager
