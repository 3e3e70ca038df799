from . import handler_lender
from . import node_number
from . import service_thank
