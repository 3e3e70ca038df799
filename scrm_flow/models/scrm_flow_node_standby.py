from odoo import fields, models


class ScrmFlowNode(models.Model):
    """Who stands by: on duty, as a backup, or for somebody on leave."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.node"

    handler_roster_id = fields.Many2one(
        "scrm.flow.roster",
        string="Roster",
        ondelete="restrict",
        help="Who is on duty when the step opens gets it.",
    )
    is_passed_on = fields.Boolean(
        string="Pass On at Shift Change",
        help="Steps that are still open go to whoever is on duty next.",
    )
    reassign_on_leave = fields.Boolean(
        string="Reassign on Leave",
        default=True,
        help="When a leave of the handler begins, the steps that are still open go to "
        "somebody else by the rule above. If there is nobody, they stay, and the flow "
        "managers are told.",
    )
    backup_pool_id = fields.Many2one(
        "scrm.flow.backup.pool",
        string="Backup Pool",
        ondelete="restrict",
        help="Its people get steps as well while it is switched on.",
    )

    def _init_column(self, column_name):
        if column_name == "reassign_on_leave":
            return  # what was published before goes on as it did
        super()._init_column(column_name)

    def _compile(self):
        return {
            **super()._compile(),
            "reassign_on_leave": self.reassign_on_leave,
            "backup_pool_id": self.backup_pool_id.id,
        }
