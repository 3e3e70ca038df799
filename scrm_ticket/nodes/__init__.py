from . import parts
from . import appointment
from . import circumstances
from . import improvement
from . import mark
from . import handler_able
from . import handler_nearest_store
from . import pre_review
