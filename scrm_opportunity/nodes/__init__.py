from . import opportunity
from . import usage_diary
