from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowHandlerAble(models.AbstractModel):
    """Who is able to do what the ticket takes: its services and repair plans.

    Each of them may name roles, of which one will do; who is asked is able to do all
    of them.
    """

    _name = "scrm.flow.handler.able"
    _inherit = "scrm.flow.handler"
    _description = "Handler Rule Able"

    _label = _lt("Able to do the services")
    _kind_rank = 45

    @api.model
    def _check(self, node):
        if node.model != "helpdesk.ticket":
            return [self.env._("only tickets have services")]
        return []

    @api.model
    def _people(self, case, data):
        needs = case.record._scrm_needed_roles()
        if not needs:
            case.because["nothing"] = True
            return self.env["res.users"]
        case.because["roles"] = [roles.ids for roles in needs]
        people = None
        for roles in needs:
            able = self.env["res.users"]
            for role in roles:
                able |= case.members(role)
            people = able if people is None else people & able
        return people

    @api.model
    def _words(self, because):
        if "nothing" in because:
            return self.env._("neither services nor plans of the ticket name a role")
        # sudo: names of roles, in the reason why somebody was asked
        groups = self.env["res.groups"].sudo()
        words = self.env._(" or ")
        return self.env._(
            "able to do the services: %s",
            " + ".join(
                words.join(groups.browse(ids).exists().mapped("name"))
                for ids in because.get("roles", ())
            ),
        )
