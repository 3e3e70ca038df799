from . import scrm_flow_node
