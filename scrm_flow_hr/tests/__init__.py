from . import test_flow_hr
from . import test_flow_skill
from . import test_handover
from . import test_pack_skills
from . import test_pack_departments
from . import test_notice_hr
