from . import quote
from . import usual_item
