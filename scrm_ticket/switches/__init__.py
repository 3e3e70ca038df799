from . import switch
from . import doors
from . import service
