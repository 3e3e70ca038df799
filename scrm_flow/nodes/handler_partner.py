from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowHandlerPartner(models.AbstractModel):
    """The logins of a contact that the record names: a supplier, a franchisee.

    Portal users as well as colleagues; with the whole company, everybody of it who
    can log in.
    """

    _name = "scrm.flow.handler.partner"
    _inherit = "scrm.flow.handler"
    _description = "Handler Rule Partner"

    _label = _lt("External partner")
    _kind_rank = 70
    _default_choice = "pool"

    @api.model
    def _compile(self, node):
        return {
            "path": (node.partner_path or "").strip(),
            "company": node.is_partner_company,
        }

    @api.model
    def _check(self, node):
        problem = node._partner_path_problem(node.partner_path)
        return [problem] if problem else []

    @api.model
    def _people(self, case, data):
        users = self.env["res.users"]
        case.because["field"] = data["path"]
        try:
            partners = case.record.with_context(active_test=False).mapped(data["path"])
        except KeyError:  # publishing checked it; the field is gone since
            return users
        case.because["partners"] = partners.mapped("display_name")
        if not partners:
            return users
        if data["company"]:
            field, ids = "commercial_partner_id", partners.commercial_partner_id.ids
        else:
            field, ids = "partner_id", partners.ids
        # sudo: who logs in for a partner is asked by the flow, not by the user
        users = users.sudo().with_context(active_test=False)
        return users.search([(field, "in", ids)], order="id")

    @api.model
    def _words(self, because):
        if not because.get("partners"):
            return self.env._("the field %s of the record is empty", because["field"])
        return self.env._(
            "%(partners)s, by the field %(field)s of the record",
            partners=", ".join(because["partners"]),
            field=because["field"],
        )
