from . import errors, fragments, pack, registry
from . import people, decisions, flows, times, clocks, incidents, tests, scenarios
from . import schema, reader, reference, porter
from .errors import PackError, PackErrors
