from odoo import models
from odoo.exceptions import UserError


class HelpdeskTicket(models.Model):
    """The assigned user of a ticket in a flow is the handler of its leading step.

    So assigning the ticket by hand, in a list, by "Assign to me" or over RPC, is an
    operation on that step, with its rights and its entry in the log.
    """

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    def _scrm_with_open_step(self):
        """Those of these tickets whose flow waits for a handler."""
        # sudo: the state of the ticket's own flow, whoever writes the ticket
        return self.sudo().filtered(
            lambda ticket: ticket._scrm_assigned_step().state == "open"
        )

    def _scrm_assigned_step(self):
        """The step whose handler the ticket shows as its user, may be empty."""
        run = self.scrm_run_id
        if run.state not in ("running", "incident"):
            return run.step_ids.browse()
        return self._scrm_leading(
            run.step_ids.filtered(lambda step: step.state in ("open", "incident"))
        )

    def _scrm_assign(self, user_id):
        """Hand the leading step of each ticket to a user.

        :param user_id: id of a ``res.users``; False is refused
        :raise AccessError: the caller neither handles the step nor manages flows
        :raise UserError: nobody is named, or the user cannot work on the ticket
        """
        self.check_access("write")
        for ticket in self:
            step = ticket.sudo()._scrm_assigned_step()  # rights: by the operation
            if user_id == step.user_id.id:
                continue
            if not user_id:
                raise UserError(
                    self.env._(
                        "Ticket %(ticket)s stays with %(user)s until somebody takes "
                        "over “%(step)s”.",
                        ticket=ticket.number,
                        user=step.user_id.name,
                        step=step.display_name,
                    )
                )
            if user_id == self.env.uid and self.env.user in step.candidate_ids:
                ticket.scrm_step_claim(step_id=step.id)
                continue
            if step.is_dispatch:
                ticket.scrm_step_dispatch(user_id, step_id=step.id)
                continue
            ticket.scrm_step_transfer(
                user_id, self.env._("Assigned on the ticket"), step_id=step.id
            )
