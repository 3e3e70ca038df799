from . import doors
from . import expect
from . import hooks
from . import mini
from . import platforms
from . import stock
from . import verbs
from . import wecom
