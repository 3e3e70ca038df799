from . import errors, fragments, pack, registry
from . import people, decisions, handlers, joins, flows
from . import times, clocks, standby, blocks, scenarios
from . import schema, reader, reference, porter
from .errors import PackError, PackErrors
