from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowHandlerManager(models.AbstractModel):
    """The head of a department; without one, the head of the one above."""

    _name = "scrm.flow.handler.manager"
    _inherit = "scrm.flow.handler.department"
    _description = "Handler Rule Department Head"

    _label = _lt("Department head")
    _kind_rank = 40
    _default_choice = "pool"
    _is_part = True

    @api.model
    def _people(self, case, data):
        # sudo: who heads what is asked by the flow; people may not read HR data
        departments = self.env["hr.department"].sudo()
        department = departments.browse(data["department_id"]).exists()
        while department and not department.manager_id.user_id:
            department = department.parent_id
        return department.manager_id.user_id
