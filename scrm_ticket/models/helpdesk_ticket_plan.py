from odoo import Command, api, fields, models

from ..fields import GuardedMany2many


class HelpdeskTicket(models.Model):
    """What the fault of the device and the chosen services take: parts and hours.

    Proposed when a ticket is made and when device or fault change. What was added or
    reserved by then stays.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_service_ids = fields.Many2many(
        comodel_name="product.product",
        relation="scrm_ticket_service_rel",
        column1="ticket_id",
        column2="product_id",
        string="Services",
        domain=[("type", "=", "service")],
        # few tickets have any: Odoo then asks for the products' rules only if there
        # are some, and reads what they allow
        bypass_search_access=True,
        help="What is done: brings its parts and hours.",
    )
    scrm_repair_plan_ids = GuardedMany2many(
        comodel_name="scrm.repair.plan",
        string="Repair Plans",
        readonly=True,
        copy=False,
        help="Found by device model and fault.",
    )
    scrm_planned_hours = fields.Float(
        string="Planned Hours",
        compute="_compute_scrm_planned_hours",
        store=True,
        readonly=False,
        help="Labour hours of repair plans and services; they can be changed.",
    )
    scrm_plan_notes = fields.Text(
        string="How It Is Done",
        compute="_compute_scrm_plan_notes",
        groups="base.group_user",
    )

    @api.depends("scrm_repair_plan_ids", "scrm_service_ids")
    def _compute_scrm_planned_hours(self):
        for ticket in self:
            ticket.scrm_planned_hours = sum(
                ticket.scrm_repair_plan_ids.mapped("hours")
            ) + sum(ticket.scrm_service_ids.mapped("scrm_hours"))

    @api.depends("scrm_repair_plan_ids")
    @api.depends_context("lang", "uid")
    def _compute_scrm_plan_notes(self):
        for ticket in self:
            notes = ticket.scrm_repair_plan_ids.mapped("note")
            ticket.scrm_plan_notes = "\n".join(filter(None, notes)) or False

    def write(self, vals):
        asked = {}
        if "scrm_values" in vals:
            self._scrm_fetch_with_form()
            asked = {ticket: ticket._scrm_plan_answers() for ticket in self}
        result = super().write(vals)
        is_asking = vals.keys() & {"scrm_lot_id", "template_id", "scrm_service_ids"}
        for ticket in self:
            if is_asking or (
                ticket in asked and ticket._scrm_plan_answers() != asked[ticket]
            ):
                ticket._scrm_propose_parts()
        return result

    def _scrm_guard_keys(self, name):
        """A plan says what the fault is, and of which device model."""
        if name != "scrm_repair_plan_ids":
            return super()._scrm_guard_keys(name)
        plans = self.scrm_repair_plan_ids
        keys = plans.fault_id.field_id.mapped("key")
        if plans.product_tmpl_ids:
            keys += super()._scrm_guard_keys("scrm_lot_id")
            keys += self.template_id._scrm_keys("record")
        return keys

    @api.model
    def _scrm_guard_types(self, name):
        kinds = super()._scrm_guard_types(name)
        if name == "scrm_repair_plan_ids":
            return (*kinds, "choice", "category", "tags", "record")
        return kinds

    def _scrm_plan_answers(self):
        """What on the ticket says which plans fit: the device, and the answers that
        may name a device model or a fault."""
        self.ensure_one()
        kinds = ("record", "choice", "category", "tags")
        rules = self.template_id._scrm_rules()
        # sudo: only compared with what it was
        ticket = self.sudo()
        values = ticket.scrm_values._values
        return ticket.scrm_lot_id, [
            values.get(rule.key) or None for rule in rules if rule.type in kinds
        ]

    def _scrm_run_ended(self, run):
        result = super()._scrm_run_ended(run)
        lot = self.sudo().scrm_lot_id  # the device of the ticket that has ended
        if lot and lot.scrm_maintenance_template_id == self.template_id:
            lot.scrm_last_maintenance = self.env["scrm.form.field"]._scrm_today()
        return result

    def _scrm_copy_parts(self):
        result = super()._scrm_copy_parts()
        template = self.template_id
        if "service_ids" in template._scrm_brings() and not self.scrm_service_ids:
            # sudo: services of the template, whoever raised the ticket
            self.sudo().scrm_service_ids = [Command.set(template.service_ids.ids)]
        else:
            self._scrm_propose_parts()
        return result

    def _scrm_propose_parts(self):
        """Make the parts of plans and services those of the ticket.

        Parts that a former proposal brought and nobody has touched stock for go;
        those that are reserved or consumed stay.
        """
        self.ensure_one()
        ticket = self.sudo()  # the plan of the ticket's fault, whoever enters it
        if ticket.scrm_run_id.state in ("done", "cancelled"):
            return
        plans = ticket._scrm_plans()
        if plans != ticket.scrm_repair_plan_ids:
            ticket.scrm_repair_plan_ids = [Command.set(plans.ids)]
        needs = [("plan", part) for part in plans.part_ids]
        needs += [
            ("service", part) for part in ticket.scrm_service_ids.scrm_service_part_ids
        ]
        proposed = ticket.part_line_ids.filtered("proposed_by")
        kept = set()
        for origin, part in needs:
            source = f"{origin}:{part.id}"
            kept.add(source)
            if source not in proposed.mapped("proposed_by"):
                ticket.part_line_ids.create(
                    {
                        "ticket_id": ticket.id,
                        "product_id": part.product_id.id,
                        "quantity": part.quantity,
                        "proposed_by": source,
                    }
                )
        gone = proposed.filtered(lambda line: line.proposed_by not in kept)
        gone.filtered(lambda line: line.state == "draft").unlink()

    def _scrm_plans(self):
        """The repair plans that fit device and faults of this ticket."""
        self.ensure_one()
        plans = self.env["scrm.repair.plan"]
        device = self._scrm_device_model()
        faults = self._scrm_faults()
        if not (device or faults or self.template_id):
            return plans
        return plans._scrm_fitting(device, faults, self.template_id, self.company_id)

    def _scrm_needed_roles(self):
        """Roles that services and plans name: a list of ``res.groups``, one of each
        of which is needed."""
        self.ensure_one()
        found = [service.scrm_role_ids for service in self.scrm_service_ids]
        found += [plan.role_ids for plan in self.scrm_repair_plan_ids]
        return [roles for roles in found if roles]

    def _scrm_device_model(self):
        """The device model: of the serial number, or a product that the form names."""
        self.ensure_one()
        if self.scrm_lot_id:
            return self.scrm_lot_id.product_id.product_tmpl_id
        for line in self.template_id._scrm_lines_of("record"):
            field = line.field_id
            if field.record_model == "product.product":
                product = self.env["product.product"].browse(
                    self._scrm_value(field.key)
                )
                if product.exists().scrm_is_device:
                    return product.product_tmpl_id
        return self.env["product.template"]

    def _scrm_faults(self):
        """The options chosen on the form, each of which may be a fault."""
        self.ensure_one()
        found = self.env["scrm.form.option"]
        asked = self.env["scrm.repair.plan"]._scrm_fault_keys()
        if asked.isdisjoint(rule.key for rule in self.template_id._scrm_rules()):
            return found
        for line in self.template_id._scrm_lines_of("choice", "category", "tags"):
            field = line.field_id
            if field.key not in asked:
                continue
            value = self._scrm_value(field.key)
            keys = value if isinstance(value, list) else [value]
            found |= field.option_ids.filtered(
                lambda option, keys=keys: option.key in keys
            )
        return found
