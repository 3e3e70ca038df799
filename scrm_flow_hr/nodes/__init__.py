from . import handler_department
from . import handler_manager
from . import handler_skill
from . import choice_skill
from . import choice_nearest
