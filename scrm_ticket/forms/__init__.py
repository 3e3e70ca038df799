from . import readers
from . import formats
from . import formula
from . import conditions
from . import rules
from . import rights
