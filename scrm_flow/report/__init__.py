from . import scrm_report_mixin
from . import scrm_flow_report_mixin
from . import scrm_flow_step_report
from . import scrm_flow_run_report
