from odoo import api, fields, models


class ScrmFlowMixin(models.AbstractModel):
    """When the record has to have moved on, for whoever looks at it."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.mixin"

    scrm_deadline_at = fields.Datetime(
        string="Time Left",
        compute="_compute_scrm_deadline_at",
        compute_sudo=True,  # a moment of the record's own steps
        help="Until the first of the open steps is overdue.",
        groups="base.group_user",
    )

    @api.depends("scrm_run_id", "scrm_step_ids.state", "scrm_step_ids.deadline_at")
    def _compute_scrm_deadline_at(self):
        # only a run has open steps
        running = self.filtered("scrm_run_id")
        (self - running).scrm_deadline_at = False
        for record in running:
            moments = [
                step.deadline_at
                for step in record.scrm_step_ids
                if step.state == "open" and step.deadline_at
            ]
            record.scrm_deadline_at = min(moments, default=False)

    def _scrm_deadline_hours(self, hours):
        """How long a step of this record has, by what the node gives it.

        Addons may give some records less, or more.

        :param hours: of the node
        """
        return hours
