from odoo import fields, models


class ScrmFlow(models.Model):
    """Who takes care of a flow, and of the work that finds nobody.

    Not a matter of versions: a change counts at once for everything that runs.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow"

    owner_id = fields.Many2one(
        "res.users",
        string="Process Owner",
        help="Answers for the flow; nodes can name him or her as a fallback.",
    )
    fallback_user_ids = fields.Many2many(
        "res.users",
        "scrm_flow_fallback_user_rel",
        "flow_id",
        "user_id",
        string="When Nobody Can",
        help="They share every step for which neither its node nor the fallback of "
        "the node has anybody available. Without them the record is stuck.",
    )
    fallback_group_id = fields.Many2one(
        "res.groups", string="When Nobody Can: Role", ondelete="restrict"
    )

    def _fallback_parts(self) -> list[dict]:
        """The rules to ask, as compiled nodes hold them."""
        parts = []
        users = self.with_context(active_test=False).fallback_user_ids
        if users:
            parts.append({"rule": "people", "data": {"user_ids": users.ids}})
        if self.fallback_group_id:
            group = self.fallback_group_id.id
            parts.append({"rule": "role", "data": {"group_id": group}})
        return parts
