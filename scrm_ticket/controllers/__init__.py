from . import portal
from . import portal_step
from . import helpdesk
