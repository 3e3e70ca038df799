from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.scrm_flow.engine.inside import INSIDE, is_marked


class HelpdeskTicket(models.Model):
    """How a ticket follows its flow: stage and user are those of the leading step."""

    # One model, a file per concern.
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_run_state = fields.Selection(related="scrm_run_id.state", string="Flow State")
    scrm_incident_reason = fields.Text(
        related="scrm_run_id.incident_reason",
        string="Why the Flow Stopped",
        groups="base.group_user",
    )
    scrm_node_name = fields.Char(
        string="Open Step",
        compute="_compute_scrm_node_name",
        compute_sudo=True,  # a name on the ticket's own flow,
        groups="base.group_user",
    )

    @api.depends("scrm_run_id", "scrm_node_key")
    @api.depends_context("lang")
    def _compute_scrm_node_name(self):
        moving = self.filtered("scrm_node_key")
        (self - moving).scrm_node_name = False
        for ticket in moving:
            labels = ticket.scrm_run_id.version_id._labels()
            ticket.scrm_node_name = labels["nodes"].get(ticket.scrm_node_key, False)

    def _scrm_start_flow(self):
        """Start the flow of each ticket's template, once.

        :raise UserError: when the flow has no published version
        """
        waiting = self.filtered(
            lambda ticket: ticket.template_id.flow_id and not ticket.scrm_run_id
        )
        for flow, tickets in waiting.grouped(
            lambda ticket: ticket.template_id.flow_id
        ).items():
            tickets.scrm_flow_start(flow)

    def _scrm_position_vals(self, run, steps):
        vals = super()._scrm_position_vals(run, steps)
        leading = self._scrm_leading(steps)
        stage_id = self._scrm_stage_id(run, leading.node_key or run.end_key)
        if stage_id and stage_id != self.stage_id.id:
            vals["stage_id"] = stage_id
        if leading and leading.user_id != self.user_id:
            vals["user_id"] = leading.user_id.id
        return vals

    def _scrm_stage_id(self, run, node_key):
        """The stage that tickets show at a node of their flow, if it says so."""
        node = run.version_id._frozen_graph().nodes.get(node_key)
        return node and node.data["ticket_stage_id"]

    def _scrm_follow_flow(self):
        """Bring stage and user in line again after something else changed them."""
        # The flow decides both, whoever changed the ticket.
        for ticket in self.sudo():
            run = ticket.scrm_run_id
            if run.state in ("running", "incident"):
                steps = run.step_ids.filtered(
                    lambda step: step.state in ("open", "incident")
                )
                values = ticket._scrm_position_vals(run, steps)
                values["scrm_handler_ids"] = [Command.set(values["scrm_handler_ids"])]
                ticket.with_context(scrm_flow_moving=INSIDE).write(values)

    def _scrm_step_done(self, step):
        result = super()._scrm_step_done(step)
        self._scrm_check_complete(step.node_key)
        return result

    def _scrm_run_ended(self, run):
        result = super()._scrm_run_ended(run)
        self._scrm_give_back_parts(run)
        return result

    def _scrm_run_cancelled(self, run):
        result = super()._scrm_run_cancelled(run)
        self._scrm_give_back_parts(run)
        return result

    def _scrm_give_back_parts(self, run):
        """What was held and not used is free for others; the flow's log says so."""
        held = self.part_line_ids.filtered(
            lambda line: line.state in ("waiting", "reserved")
        )
        if not held:
            return
        back = [
            {"product": line.product_id.name, "quantity": line.quantity_reserved}
            for line in held
        ]
        held._scrm_release()
        self.env["scrm.flow.log"]._append(
            [
                {
                    "run": run,
                    "event": "parts_back",
                    "user_id": self.env.uid,
                    "at": self.env["scrm.clock"].now(),
                    "version_number": run.version_id.number,
                    "detail": {"parts": back},
                }
            ]
        )

    def _scrm_has_left_first_node(self):
        """Whether a person has already completed a step of the ticket's flow."""
        self.ensure_one()
        return any(
            step.state == "done" and step.done_by_id
            for step in self.sudo().scrm_run_id.step_ids  # a fact about the ticket
        )

    def _scrm_check_complete(self, node_key=None):
        """Refuse to go on while the form is incomplete.

        :param node_key: the node whose step was completed
        :raise ValidationError: naming each missing field
        """
        self.ensure_one()
        if self.template_id and self.template_id._scrm_rules():  # cached
            self._scrm_checked_values(
                self.template_id, {}, stored=self, node_key=node_key
            )

    def _scrm_check_flow_write(self, vals):
        """Refuse what would tear a ticket from its running flow.

        :raise UserError: on another template, or a stage set by hand
        """
        if is_marked(self.env.context, "scrm_flow_moving"):
            return
        if not vals.keys() & {"template_id", "stage_id"}:
            return
        self.check_access("write")
        for ticket in self.sudo():  # names for the message, of a ticket one writes
            run = ticket.scrm_run_id
            if run.state not in ("running", "incident"):
                continue
            if "template_id" in vals and vals["template_id"] != ticket.template_id.id:
                raise UserError(
                    self.env._(
                        "Ticket %(ticket)s runs through the flow of “%(template)s”. "
                        "Cancel the flow before you change the template.",
                        ticket=ticket.number,
                        template=ticket.template_id.name or run.flow_id.name,
                    )
                )
            if vals.get("stage_id") and vals["stage_id"] != ticket.stage_id.id:
                leading = ticket._scrm_leading(
                    run.step_ids.filtered(
                        lambda step: step.state in ("open", "incident")
                    )
                )
                if ticket._scrm_stage_id(run, leading.node_key):
                    raise UserError(
                        self.env._(
                            "The stage of ticket %(ticket)s follows its flow. "
                            "Complete the step “%(step)s” instead.",
                            ticket=ticket.number,
                            step=leading.node_id.name,
                        )
                    )
