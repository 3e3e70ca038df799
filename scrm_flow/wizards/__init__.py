from . import scrm_flow_repair
from . import scrm_flow_replay
from . import scrm_flow_sandbox_wizard
from . import scrm_flow_bpmn_import
from . import scrm_flow_block
from . import scrm_flow_version_publish
from . import scrm_pack_import
from . import scrm_pack_export
