from odoo import api, models


class ScrmFlowEscalation(models.AbstractModel):
    """What a rung of the ladder does. Addons add ``scrm.flow.escalation.<key>``."""

    _name = "scrm.flow.escalation"
    _inherit = "scrm.flow.kind"
    _description = "Escalation"

    @api.model
    def _check(self, rung) -> list[str]:
        """What must be repaired before publishing, as sentences.

        :param rung: ``scrm.flow.node.rung``
        """
        return []

    @api.model
    def _run(self, record, step, rung) -> None:
        """Do it, and say so in the log.

        :param record: the business record, with the engine's rights
        :param step: the open ``scrm.flow.step``; its run is locked
        :param rung: the compiled rung, ``scrm.flow.node.rung._compile``
        :raise UserError: it cannot be done; the timer keeps the reason
        """
        raise NotImplementedError

    @api.model
    def _rule(self, rung):
        """The handler rule that finds the rung's people, and its settings."""
        rules = self.env["scrm.flow.handler"]
        if rung["group_id"]:
            return rules._kind("role"), {"group_id": rung["group_id"]}
        return rules._kind("people"), {"user_ids": rung["user_ids"]}

    @api.model
    def _check_people(self, rung):
        if rung.user_ids or rung.group_id:
            return []
        return [self.env._("an escalation names neither people nor a role")]
