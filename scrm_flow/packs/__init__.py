from . import errors, fragments, pack, registry
from . import people, decisions, flows, times, clocks, incidents, flow_tests, scenarios
from . import schema, reader, reference, porter
from .errors import PackError, PackErrors
