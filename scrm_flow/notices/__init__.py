from . import channel_kind
from . import inbox
from . import activity
from . import email
from . import text_message
from . import gateway
from . import webhook
from . import robots
