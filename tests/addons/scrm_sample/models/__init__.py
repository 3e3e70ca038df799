from . import scrm_sample_loan
from . import scrm_dimension
