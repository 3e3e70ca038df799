from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError
from odoo.orm.fields_properties import Property
from odoo.tools.misc import formatLang

from ..fields import FormValues

#: helpdesk_mgmt's channel of a door, where there is one.
DOOR_CHANNELS = {
    "portal": "helpdesk_mgmt.helpdesk_ticket_channel_web",
    "email": "helpdesk_mgmt.helpdesk_ticket_channel_email",
}


class HelpdeskTicket(models.Model):
    """A ticket made from a template: its form's values, store and parts.

    How it comes in is in ``helpdesk_ticket_doors.py``, how it follows its flow in
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
        string="Form", definition="template_id.values_definition", copy=True
    )
    scrm_door = fields.Selection(
        selection=[
            ("portal", "Portal"),
            ("backend", "Backend"),
            ("json2", "API"),
            ("email", "E-mail"),
        ],
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
        tickets = super().create(
            [self._scrm_prepare_create(dict(vals)) for vals in vals_list]
        )
        for ticket in tickets:
            ticket._scrm_copy_parts()
        tickets._scrm_start_flow()
        return tickets

    def write(self, vals):
        self._scrm_check_flow_write(vals)
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
            result = self._scrm_write_values(dict(vals))
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
        values = self._scrm_clean_values(template, vals.pop("scrm_values", None))
        vals["scrm_values"] = values
        store = self.env["scrm.store"].browse(vals.get("store_id"))
        if template:
            store = store or template.store_id
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
        channel = DOOR_CHANNELS.get(vals.get("scrm_door"))
        if channel and not vals.get("channel_id"):
            record = self.env.ref(channel, raise_if_not_found=False)
            vals["channel_id"] = record.id if record else False
        return vals

    def _scrm_write_values(self, vals):
        raw = vals.pop("scrm_values")
        checked = []
        for ticket in self:
            template = (
                self.env["scrm.ticket.template"].browse(vals["template_id"])
                if "template_id" in vals
                else ticket.template_id
            )
            checked.append(
                (ticket, ticket._scrm_clean_values(template, raw, stored=ticket))
            )
        for ticket, values in checked:
            super(HelpdeskTicket, ticket).write({**vals, "scrm_values": values})
        return True

    def _scrm_clean_values(self, template, raw, stored=None):
        """The values that a create or write may store.

        A ticket that has left its first node must stay complete; before that it may
        still miss required values.

        :param template: scrm.ticket.template, may be empty
        :param raw: values in any format of a Properties field
        :param stored: the ticket that is written on
        :return: field key -> value as it is stored
        :raise ValidationError: naming each field that is wrong
        """
        incoming = FormValues.plain(raw)
        on_form = set(template.line_ids.field_id.mapped("key"))
        before = stored.scrm_values._values if stored else {}
        if isinstance(raw, list | Property):
            # The client and a copy send back everything they were given, also
            # fields that meanwhile left the form: no word about those unchanged.
            incoming = {
                key: value
                for key, value in incoming.items()
                if key in on_form
                or (isinstance(raw, list) and value and value != before.get(key))
            }
        if not incoming:
            return {}
        if not template:
            raise ValidationError(
                self.env._("Choose a template before you fill in its form.")
            )
        complete = bool(stored and stored._scrm_has_left_first_node())
        if complete:
            kept = {key: before[key] for key in before.keys() & on_form}
            checked = self._scrm_validate_values(template, {**kept, **incoming})
            return {key: checked.get(key, False) for key in incoming}
        return self._scrm_validate_values(template, incoming, complete=False)

    def _scrm_copy_parts(self):
        if not self.part_line_ids and self.template_id.part_ids:
            # Parts of the template: the new ticket has them, whoever raised it.
            self.sudo().part_line_ids = [
                Command.create(
                    {"product_id": part.product_id.id, "quantity": part.quantity}
                )
                for part in self.template_id.part_ids
            ]

    # Values

    @api.model
    def _scrm_validate_values(self, template, values, complete=True):
        """The one evaluator of forms, whatever door the values come by.

        :param template: scrm.ticket.template
        :param values: field key -> value
        :param complete: whether required fields must have a value
        :return: field key -> value as it is stored
        :raise ValidationError: one line per field that is wrong, each with its label
        """
        clean, faults = template._scrm_check_values(values, complete=complete)
        if faults:
            raise ValidationError("\n".join(faults.values()))
        return clean

    def _scrm_value(self, key):
        """Plain value of a form field: number as float, choice as option key, text.

        :param key: field key
        :return: None when the ticket has no value for it
        """
        self.ensure_one()
        value = self.scrm_values._values.get(key)
        return None if value is False else value

    def _scrm_values_for_display(self):
        """The filled fields of today's form in words of the reader's language.

        :return: list of {"key", "label", "text"} in the form's order
        """
        self.ensure_one()
        rows = []
        for line in self.template_id.line_ids.sorted():
            field = line.field_id
            value = self._scrm_value(field.key)
            if value is None:
                continue
            if field.type == "choice":
                option = field.option_ids.filtered(
                    lambda option, value=value: option.key == value
                )
                value = option.name or value
            elif field.type == "number":
                digits = 0 if value == int(value) else 2
                value = formatLang(self.env, value, digits=digits)
            rows.append({"key": field.key, "label": field.name, "text": value})
        return rows
