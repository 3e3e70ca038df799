from . import form
from . import portal
from . import portal_step
from . import form_preview
from . import helpdesk
from . import public_form
from . import webhook
from . import track
