from . import scrm_flow_report_mixin
from . import scrm_flow_run_report
from . import scrm_ticket_report
from . import scrm_ticket_part_report
from . import scrm_store_board
