from . import scrm_start
from . import scrm_part_operation
