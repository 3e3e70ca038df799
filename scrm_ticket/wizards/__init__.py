from . import scrm_start
