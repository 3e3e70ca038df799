from . import scrm_settlement_statement_prepare
