from . import doors
from . import expect
from . import hooks
from . import stock
from . import verbs
