from . import expect
from . import verbs
