from odoo import fields, models


class HelpdeskTicket(models.Model):
    """What is settled while a ticket is still on its way: its finished stages."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_cycle_due = fields.Date(
        "Maintenance Due",
        readonly=True,
        copy=False,
        help="The day of the device's maintenance cycle this ticket was opened for.",
    )

    def _scrm_step_done(self, step):
        """Freeze the fact that a stage is finished, and settle it at once."""
        result = super()._scrm_step_done(step)
        # sudo: an engineer's click settles by plans he may not read
        ticket = self.sudo()
        plans = ticket.env["scrm.settlement.plan"]
        company = ticket.company_id or ticket.env.company
        templates = plans._event_templates("stage_done", company.id)
        if ticket.template_id.key in templates or "" in templates:
            facts = ticket.env["scrm.settlement.fact"]
            problems = plans._settle_fact(facts._freeze_stage(ticket, step.sudo()))
            if problems:
                ticket._scrm_note_problems(problems)
        return result
