from . import errors, fragments, pack, registry
from . import (
    people,
    decisions,
    handlers,
    joins,
    flows,
    times,
    clocks,
    standby,
    approvals,
    checks,
    calls,
    blocks,
    incidents,
    notices,
    notice_cards,
    flow_tests,
    scenarios,
)
from . import schema, reader, reference, porter
from .errors import PackError, PackErrors
