from . import doors
from . import expect
from . import stock
from . import verbs
