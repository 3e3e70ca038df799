from . import channel_kind
from . import inbox
from . import activity
from . import email
from . import text_message
