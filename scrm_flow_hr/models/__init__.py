from . import scrm_flow_node_skill
from . import scrm_flow_node
from . import scrm_flow_skill
from . import res_users
from . import hr_employee
