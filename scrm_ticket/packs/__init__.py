from . import stock
from . import helpdesk
from . import stores
from . import forms
from . import templates
from . import devices
from . import places
from . import events
