from . import opportunity
