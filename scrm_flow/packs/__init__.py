from . import errors, fragments, pack, registry
from . import people, decisions, joins, flows, times, clocks, incidents, flow_tests
from . import scenarios
from . import schema, reader, reference, porter
from .errors import PackError, PackErrors
