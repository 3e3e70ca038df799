from odoo import Command, api, fields, models


class HelpdeskTicket(models.Model):
    """The service plan of the customer's level: found when the ticket is opened, or
    when it is known whose it is, and applied."""

    # One model, a file per concern.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    service_plan_id = fields.Many2one(
        comodel_name="scrm.service.plan",
        string="Service Plan",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        copy=False,
        help="By the member level of the customer. Another one can be chosen.",
    )
    scrm_adviser_id = fields.Many2one(
        comodel_name="res.users",
        string="Dedicated Adviser",
        domain=[("share", "=", False)],
        index="btree_not_null",
        tracking=True,
        copy=False,
    )
    scrm_answer_due_at = fields.Datetime(
        string="Answer Due",
        compute="_compute_scrm_answer_due_at",
        compute_sudo=True,  # a promise to the customer, whoever writes
        store=True,
        index="btree_not_null",
        help="Until then the service plan promises an answer to what the customer "
        "wrote.",
    )
    scrm_plan_benefits = fields.Text(related="service_plan_id.benefits")
    scrm_plan_note = fields.Text(related="service_plan_id.note")

    @api.depends("service_plan_id", "scrm_unanswered_since")
    def _compute_scrm_answer_due_at(self):
        times = self.env["scrm.working.time"]
        for ticket in self:
            plan, since = ticket.service_plan_id, ticket.scrm_unanswered_since
            if not plan.answer_hours or not since:
                ticket.scrm_answer_due_at = False
                continue
            calendar = None
            if plan.answer_working:
                company = ticket.company_id or self.env.company
                calendar = times._calendar_of(company)[0]
                if not calendar.attendance_ids:  # nobody ever works: all hours count
                    calendar = None
            ticket.scrm_answer_due_at = times._shift(since, plan.answer_hours, calendar)

    @api.onchange("partner_id", "template_id")
    def _onchange_service_plan(self):
        plan = self._scrm_fitting_plan(self.partner_id, self.template_id)
        if plan.id != self.service_plan_id.id:
            self.service_plan_id = plan.id
            self.scrm_adviser_id = plan and plan._scrm_adviser(self.partner_id).id
        if plan.priority:
            self.priority = max(self.priority or "0", plan.priority)
        if plan.team_id:
            self.team_id = plan.team_id.id

    def write(self, vals):
        result = super().write(vals)
        if not self._scrm_is_moving():
            if "service_plan_id" in vals:
                self._scrm_apply_plan(vals)
            elif vals.keys() & {"partner_id", "template_id"}:
                self._scrm_load_plan(vals)
        return result

    @api.model
    def _scrm_fitting_plan(self, partner, template, company=None):
        company = company or self.company_id or self.env.company
        plans = self.env["scrm.service.plan"]
        return plans._scrm_fitting(partner, template, company)

    def _scrm_prepare_create(self, vals):
        said = {name: vals.get(name) for name in ("priority", "team_id", "user_id")}
        vals = super()._scrm_prepare_create(vals)
        plans = self.env["scrm.service.plan"]
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        # sudo: as the plan is found, whoever may read the template
        template = self.env["scrm.ticket.template"].sudo()
        template = template.browse(vals.get("template_id"))
        if "service_plan_id" in vals:
            # sudo: as above
            plan = plans.sudo().browse(vals["service_plan_id"])
        else:
            company = self.env["res.company"].browse(vals.get("company_id"))
            plan = self._scrm_fitting_plan(partner, template, company)
        if not plan:
            return vals
        vals["service_plan_id"] = plan.id
        if not said["priority"] and plan.priority:
            vals["priority"] = max(vals.get("priority") or "0", plan.priority)
        if not said["team_id"] and plan.team_id:
            vals["team_id"] = plan.team_id.id
        if "scrm_adviser_id" not in vals:
            vals["scrm_adviser_id"] = plan._scrm_adviser(partner).id
        if not said["user_id"] and not template.flow_id and vals["scrm_adviser_id"]:
            vals["user_id"] = vals["scrm_adviser_id"]
        return vals

    def _scrm_load_plan(self, vals):
        """Find the plan anew after customer or template changed.

        :param vals: what was written
        """
        for ticket in self.filtered(lambda ticket: not ticket.closed):
            plan = ticket._scrm_fitting_plan(ticket.partner_id, ticket.template_id)
            if plan.id != ticket.service_plan_id.id:
                kept = {name: vals[name] for name in ("priority",) if name in vals}
                ticket.write({**kept, "service_plan_id": plan.id})

    def _scrm_apply_plan(self, vals):
        """Do what the plan says that was just loaded or chosen.

        Priority is only raised, and a team that works on the ticket keeps it.

        :param vals: what was written: somebody's own word is not overruled
        """
        for ticket in self:
            # sudo: the plan is applied, whoever may read it
            plan = ticket.service_plan_id.sudo()
            told = {}
            if "scrm_adviser_id" not in vals:
                adviser = plan and plan._scrm_adviser(ticket.partner_id)
                told["scrm_adviser_id"] = adviser.id if adviser else False
            if plan.priority and "priority" not in vals:
                told["priority"] = max(ticket.priority or "0", plan.priority)
            ticket.write(
                {
                    name: value
                    for name, value in told.items()
                    if value
                    != ticket._fields[name].convert_to_write(ticket[name], ticket)
                }
            )
            ticket._scrm_add_plan_services()

    def _scrm_copy_parts(self):
        result = super()._scrm_copy_parts()
        self._scrm_add_plan_services()
        return result

    def _scrm_add_plan_services(self):
        """The services that the plan includes go onto the ticket."""
        # sudo: the plan is applied, whoever opens the ticket
        ticket = self.sudo()
        fresh = ticket.service_plan_id.service_ids - ticket.scrm_service_ids
        if fresh:
            ticket.scrm_service_ids = [Command.link(service.id) for service in fresh]

    @api.model
    def _scrm_moved_fields(self):
        return [*super()._scrm_moved_fields(), "service_plan_id"]

    def _scrm_deadline_hours(self, hours):
        hours = super()._scrm_deadline_hours(hours)
        plan = self.sudo().service_plan_id  # sudo: how soon, whoever moves it
        return hours * plan.deadline_percent / 100 if plan else hours

    def _scrm_plan_for_customer(self):
        """What the customer's page says of the plan.

        :return: {"name", "benefits": list of texts, "adviser": name or False}, or None
        """
        self.ensure_one()
        # sudo: what the plan says of itself to the customer
        ticket = self.sudo()
        plan = ticket.service_plan_id
        if not plan.portal_published:
            return None
        lines = (plan.benefits or "").splitlines()
        return {
            "name": plan.name,
            "benefits": [line.strip() for line in lines if line.strip()],
            "adviser": ticket.scrm_adviser_id.name,
        }
