from . import handover_kind
from . import step
from . import flow
from . import customer
from . import activity
from . import membership
