from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowHandlerDepartment(models.AbstractModel):
    """The members of a department and of those below it."""

    _name = "scrm.flow.handler.department"
    _inherit = "scrm.flow.handler"
    _description = "Handler Rule Department"

    _label = _lt("Department")
    _kind_rank = 30
    _per_record = False

    @api.model
    def _compile(self, node):
        return {"department_id": node.handler_department_id.id}

    @api.model
    def _check(self, node):
        if not node.handler_department_id:
            return [self.env._("no department is chosen")]
        return []

    @api.model
    def _is_post(self, node, user):
        return user in self._people(None, self._compile(node))

    @api.model
    def _people(self, case, data):
        # sudo: who works where is asked by the flow; people may not read HR data
        employees = self.env["hr.employee"].sudo().with_context(active_test=False)
        members = employees.search(
            [("department_id", "child_of", data["department_id"])], order="id"
        )
        return members.user_id
