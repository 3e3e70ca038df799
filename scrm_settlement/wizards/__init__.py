from . import account_payment_register
from . import scrm_price_whatif
from . import scrm_settlement_correct
from . import scrm_settlement_dispute_resolve
from . import scrm_settlement_preview
from . import scrm_settlement_statement_prepare
from . import scrm_settlement_statement_reverse
