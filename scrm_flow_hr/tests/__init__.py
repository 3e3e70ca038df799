from . import test_flow_hr
