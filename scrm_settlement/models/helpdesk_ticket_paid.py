from odoo import models


class HelpdeskTicket(models.Model):
    """What is settled when a ticket is done and its customer has paid for it."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    def _scrm_run_ended(self, run):
        """Paid in advance: settled as soon as it is done."""
        result = super()._scrm_run_ended(run)
        self._scrm_settle_paid(run)
        return result

    def _scrm_settle_paid(self, run=None):
        """Freeze the fact that tickets are done and paid, and settle it at once.

        :param run: the run that has just ended; None: money came in, look it up
        """
        # sudo: a payment or a last click settles by plans its user may not read
        for ticket in self.sudo():
            plans = ticket.env["scrm.settlement.plan"]
            company = ticket.company_id or ticket.env.company
            templates = plans._event_templates("ticket_paid", company.id)
            if ticket.template_id.key not in templates and "" not in templates:
                continue
            done = (run or ticket.scrm_run_id).sudo()
            if done.state != "done" or ticket.scrm_payment_state != "paid":
                continue
            facts = ticket.env["scrm.settlement.fact"]
            problems = plans._settle_fact(facts._freeze_paid(ticket, done))
            if problems:
                ticket._scrm_note_problems(problems)
