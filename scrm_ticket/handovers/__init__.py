from . import ticket
from . import appointment
from . import leads
from . import doors
from . import memberships
