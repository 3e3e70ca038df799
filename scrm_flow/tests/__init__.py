from . import test_flow_run
from . import test_pack_reader
from . import test_pack_import
from . import test_scenario
