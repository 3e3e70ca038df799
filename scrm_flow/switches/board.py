from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmSwitchBoard(models.AbstractModel):
    _name = "scrm.switch.board"
    _inherit = "scrm.switch"
    _description = "Switch Boards"

    _label = _lt("Boards of flows")
    _kind_rank = 10
    _menus = ("scrm_flow.menu_boards",)
