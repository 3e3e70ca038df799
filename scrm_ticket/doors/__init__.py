from . import door
from . import portal
from . import backend
from . import json2
from . import email
from . import public_form
from . import webhook
from . import classifier
