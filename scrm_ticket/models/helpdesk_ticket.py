from markupsafe import Markup

from odoo import Command, api, fields, models

from ..fields import FormValues


class HelpdeskTicket(models.Model):
    """A ticket made from a template: its form's values, store and parts.

    Its form's values are in ``helpdesk_ticket_values.py``, how it comes in is in
    ``helpdesk_ticket_doors.py``, how it follows its flow in
    ``helpdesk_ticket_flow.py``.
    """

    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "scrm.flow.mixin"]

    template_id = fields.Many2one(
        comodel_name="scrm.ticket.template",
        string="Template",
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
    )
    store_id = fields.Many2one(
        comodel_name="scrm.store",
        string="Store",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    scrm_values = FormValues(
        string="Form",
        definition="template_id.values_definition",
        copy=True,
        # Odoo tells in the chatter what a change of definition took away: here
        # nothing is, and reading the whole form for it at each write is dear
        tracking=False,
    )
    scrm_door = fields.Selection(
        selection=lambda self: self.env["scrm.ticket.door"]._selection(),
        string="Entry",
        default="backend",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        help="The door this ticket came in by.",
    )
    part_line_ids = fields.One2many(
        comodel_name="scrm.part.line", inverse_name="ticket_id", string="Parts"
    )

    # Creating and writing

    @api.onchange("template_id")
    def _onchange_template_id(self):
        template = self.template_id
        if not template:
            return
        self.name = self.name or template.name
        self.team_id = template.team_id or self.team_id
        self.priority = template.priority or self.priority
        self.store_id = self.store_id or template.store_id

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [
            self._scrm_prepare_create(dict(self._scrm_in_one_line(vals)))
            for vals in vals_list
        ]
        self._scrm_prepare_stages(vals_list)
        tickets = super().create(vals_list)
        for ticket in tickets:
            ticket._scrm_copy_parts()
            ticket._scrm_bind_files()
        tickets._scrm_start_flow()
        return tickets

    def write(self, vals):
        self._scrm_check_flow_write(vals)
        vals = self._scrm_in_one_line(vals)
        if "user_id" in vals and not self._scrm_is_moving():
            in_flow = self.browse(self._scrm_with_open_step().ids)
            if in_flow:
                in_flow._scrm_assign(vals["user_id"])
                if others := self - in_flow:
                    others.write(vals)
                vals = {key: vals[key] for key in vals if key != "user_id"}
                return not vals or in_flow.write(vals)
        if "scrm_values" not in vals:
            result = super().write(vals)
        else:
            result = True
            for ticket, each in self._scrm_each_values(vals):
                result &= super(HelpdeskTicket, ticket).write(each)
                ticket._scrm_bind_files()
        if not self._scrm_is_moving() and vals.keys() & {"template_id", "team_id"}:
            self._scrm_start_flow()
            self._scrm_follow_flow()
        return result

    def _scrm_prepare_create(self, vals):
        """Fill what the template says and the caller left out.

        :raise ValidationError: when a value of the form is wrong
        """
        template = self.env["scrm.ticket.template"].browse(
            vals.get("template_id") or self.env.context.get("default_template_id")
        )
        raw = vals.pop("scrm_values", None)
        vals.update(self._scrm_values_vals(template, raw, vals))
        store = self.env["scrm.store"].browse(vals.get("store_id"))
        if template:
            # sudo: which store looks after the device, whoever raises the ticket
            device = self.env["stock.lot"].sudo().browse(vals.get("scrm_lot_id"))
            store = store or device.scrm_store_id or template.store_id
            defaults = {
                "name": template.name,
                "description": Markup("<p></p>"),
                "team_id": template.team_id.id,
                "priority": template.priority,
                "store_id": store.id,
                "company_id": store.company_id.id or template.company_id.id,
            }
            for name, value in defaults.items():
                if value and not vals.get(name):
                    vals[name] = value
        door = vals.get("scrm_door")
        channel = door and self.env["scrm.ticket.door"]._kind(door)._channel
        if channel and not vals.get("channel_id"):
            record = self.env.ref(channel, raise_if_not_found=False)
            vals["channel_id"] = record.id if record else False
        return vals

    @api.model
    def _scrm_prepare_stages(self, vals_list):
        """Say in which stage tickets begin: helpdesk_mgmt asks for each anew."""
        teams = self.env["helpdesk.ticket.team"]
        stages = {}
        for vals in vals_list:
            team_id = vals.get("team_id")
            if not team_id or "stage_id" in vals:
                continue
            if team_id not in stages:
                team = teams.browse(team_id)
                stages[team_id] = team._get_applicable_stages()[:1].id
            vals["stage_id"] = stages[team_id]

    def _scrm_copy_parts(self):
        brings = "part_ids" in self.template_id._scrm_brings()
        if brings and not self.part_line_ids:
            # Parts of the template: the new ticket has them, whoever raised it.
            self.sudo().part_line_ids = [
                Command.create(
                    {"product_id": part.product_id.id, "quantity": part.quantity}
                )
                for part in self.template_id.part_ids
            ]
