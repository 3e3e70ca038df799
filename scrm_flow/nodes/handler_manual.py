from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowHandlerManual(models.AbstractModel):
    """Somebody picks: who completes the step before, or who starts the flow.

    People and role of the node say who may be picked; without both any internal
    user. Where nobody could be asked, the step waits for the dispatcher of the
    node, or for whoever moved the record there.
    """

    _name = "scrm.flow.handler.manual"
    _inherit = "scrm.flow.handler"
    _description = "Handler Rule Picked by Hand"

    _label = _lt("Picked by hand")
    _kind_rank = 15
    _default_choice = "pool"
    _chooses = False

    @api.model
    def _compile(self, node):
        return {
            "user_ids": node.handler_user_ids.ids,
            "group_id": node.handler_group_id.id,
        }

    @api.model
    def _people(self, case, data):
        if case.picked:
            case.by_hand = True
            case.because["picked_by"] = self.env.user.name
            return self.env["res.users"].browse(case.picked)
        return self._pickable(case, data)

    @api.model
    def _pickable(self, case, data):
        """Who may be picked, whether able at the moment or not."""
        users = self.env["res.users"].browse(data["user_ids"])
        if data["group_id"]:
            users |= case.members(self.env["res.groups"].browse(data["group_id"]))
        if not data["user_ids"] and not data["group_id"]:
            # sudo: colleagues one may hand work to, whoever moves the record
            users = users.sudo().search(
                [("share", "=", False), ("id", "!=", SUPERUSER_ID)], order="id"
            )
        return users

    @api.model
    def _choice(self, case):
        return "pool" if case.picked else "dispatch"

    @api.model
    def _dispatchers(self, case):
        return case.dispatchers() or case.mover()

    @api.model
    def _check_case(self, case, people):
        _ = self.env._
        name = case.run.version_id._labels()["nodes"][case.node.key]
        if case.picked is False and not case.dispatchers():
            raise UserError(_("Say who shall handle “%s”.", name))
        if not case.picked:
            return
        able = self._pickable(case, case.node.data["handler"])
        if case.picked not in able.ids or not people:
            raise UserError(
                _("The one you picked is none of those who may handle “%s”.", name)
            )
        [person] = people
        availability = self.env["scrm.flow.availability"]
        if person.unavailable:
            labels = availability._labels()
            raise UserError(
                _(
                    "%(user)s cannot handle it: %(why)s.",
                    user=person.name,
                    why=labels.get(person.unavailable, person.unavailable),
                )
            )
        warning = case.warning(person.id)
        if warning:
            case.because["warning"] = warning

    @api.model
    def _words(self, because):
        if "picked_by" in because:
            return self.env._("picked by %s", because["picked_by"])
        return None
