from . import scrm_settlement_preview
from . import scrm_settlement_statement_prepare
