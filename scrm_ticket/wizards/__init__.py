from . import scrm_part_operation
