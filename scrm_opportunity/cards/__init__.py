from . import block_kind
from . import profile
from . import purchases
from . import records
from . import success_cases
