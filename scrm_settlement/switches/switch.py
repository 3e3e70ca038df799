from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmSwitchSettlement(models.AbstractModel):
    """What is done meanwhile is settled when it is on again: facts are found then."""

    _name = "scrm.switch.settlement"
    _inherit = "scrm.switch"
    _description = "Switch Settlement"

    _label = _lt("Settlement")
    _kind_rank = 50
    _menus = ("scrm_settlement.menu_settlement", "scrm_settlement.menu_providers")
    _crons = (
        "scrm_settlement.ir_cron_settlement_run",
        "scrm_settlement.ir_cron_payout",
        "scrm_settlement.ir_cron_targets",
    )
    _views = ("scrm_settlement.portal_my_home",)
    _routes = ("/my/settlements", "/scrm/payout/")


class ScrmSwitchSettlementBoard(models.AbstractModel):
    _name = "scrm.switch.settlement_board"
    _inherit = "scrm.switch"
    _description = "Switch Settlement Boards"

    _label = _lt("Boards of settlement")
    _kind_rank = 52
    _menus = ("scrm_settlement.menu_boards",)
