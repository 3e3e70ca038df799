from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..forms import conditions
from ..forms.rules import Fault, Refused, read


class ScrmTicketTemplateLine(models.Model):
    """A field of the catalogue on the form of a template."""

    _name = "scrm.ticket.template.line"
    _inherit = "scrm.form.part.mixin"
    _description = "Ticket Template Field"
    _rec_name = "field_id"
    _order = "sequence, id"

    template_id = fields.Many2one(
        comodel_name="scrm.ticket.template",
        string="Template",
        required=True,
        ondelete="cascade",
        index=True,
    )
    field_id = fields.Many2one(
        comodel_name="scrm.form.field",
        string="Field",
        required=True,
        ondelete="restrict",
        index=True,
    )
    sequence = fields.Integer(default=10)
    section = fields.Char(
        translate=True,
        help="Heading of the part of the form that the field is in. Fields with the "
        "same heading one after the other are one part.",
    )
    required = fields.Boolean()
    required_when = fields.Char(
        default="[]",
        help="The field is required as well while this holds. Empty: never.",
    )
    shown_when = fields.Char(
        default="[]",
        help="The field is shown, demanded and stored only while this holds. "
        "Empty: always.",
    )
    default_kind = fields.Selection(
        selection=[
            ("constant", "This Value"),
            ("today", "Today"),
            ("partner_name", "Customer's Name"),
            ("partner_phone", "Customer's Phone"),
            ("partner_email", "Customer's E-mail"),
            ("partner_address", "Customer's Address"),
            ("user_name", "Name of Whoever Fills It In"),
            ("newest", "Customer's Newest Record"),
            ("record", "From a Chosen Record"),
        ],
        string="Default",
        help="What the field holds when a form is opened.",
    )
    default_value = fields.Char(
        help="As the API takes it: a text, a number, the key of an option, yes or no. "
        "From a chosen record: the key of the form's field that holds the record, a "
        "dot, and the field of the record, such as order.date_order.",
    )
    field_type = fields.Selection(related="field_id.type", string="Type")
    field_key = fields.Char(related="field_id.key", string="Key")

    shown_words = fields.Char(string="Shown", compute="_compute_shown_words")
    ticket_model = fields.Char(compute="_compute_ticket_model")

    _field_unique = models.Constraint(
        "UNIQUE(template_id, field_id)", "A form shows each field once."
    )

    @api.depends("shown_when")
    @api.depends_context("lang")
    def _compute_shown_words(self):
        for line in self:
            line.shown_words = (
                self.env._("Sometimes")
                if (line.shown_when or "[]") != "[]"
                else self.env._("Always")
            )

    def _compute_ticket_model(self):
        self.ticket_model = "helpdesk.ticket"

    @api.constrains("default_kind", "default_value", "field_id")
    def _check_default(self):
        for line in self.filtered(lambda line: line.default_kind == "constant"):
            rule = line._scrm_rule()
            value = line._scrm_raw_default(None, None)
            try:
                if rule and value is not None:
                    read(rule, value)
            except Refused as error:
                fault = Fault(line.field_key, error.code, value, error.limit)
                raise ValidationError(
                    line.template_id._scrm_fault_message(fault, line.field_id.name)
                ) from error

    @api.constrains("default_kind", "default_value", "field_id", "template_id")
    def _check_record_default(self):
        for line in self:
            if line.default_kind == "newest" and line.field_type != "record":
                raise ValidationError(
                    self.env._(
                        "“%s” holds no record that could be the customer's newest one.",
                        line.field_id.name,
                    )
                )
            if line.default_kind != "record":
                continue
            source, path = line._scrm_source()
            model = source.field_id._scrm_record_model() if source else None
            fields_ = self.env["scrm.form.field"]
            if not model or not path or not fields_._scrm_field_at(model, path):
                raise ValidationError(
                    self.env._(
                        "“%(field)s”: “%(path)s” is no field of a record that is "
                        "chosen on this form.",
                        field=line.field_id.name,
                        path=line.default_value or "",
                    )
                )

    def _scrm_source(self):
        """The line of the record that this field is filled in from, and the path."""
        self.ensure_one()
        key, _dot, path = (self.default_value or "").partition(".")
        lines = self.template_id._scrm_lines_of("record")
        return lines.filtered(lambda line: line.field_key == key)[:1], path

    def _scrm_from_record(self, env, values):
        """What the field holds by the record that was chosen; None for nothing.

        :param env: environment of whoever fills in the form
        :param values: field key -> value, of the form so far
        """
        source, path = self._scrm_source()
        chosen = values.get(source.field_key) if source else None
        rule = self._scrm_rule()
        if not rule or not str(chosen or "").isdecimal():
            return None
        record = source.field_id._scrm_find_record(env, int(chosen))
        # sudo: of a record that the user may choose, what the form's designer shows
        value = self.field_id._scrm_value_of(record.sudo(), path)
        try:
            if value is not None:
                read(rule, value)
        except Refused:
            return None
        return value

    @api.constrains("shown_when", "required_when", "field_id", "template_id")
    def _check_conditions(self):
        for line in self:
            for name in ("shown_when", "required_when"):
                line._scrm_check_condition(name)
        for template in self.template_id:
            template._scrm_check_circles()

    def _scrm_check_condition(self, name):
        """Refuse a condition that cannot be asked of this form.

        :param name: the field that holds it
        :raise ValidationError: naming the form's field and the part in question
        """
        self.ensure_one()
        text = self[name]
        try:
            paths = conditions.paths_of(conditions.parse(text))
            Domain(list(conditions.parse(text))).validate(self.env["helpdesk.ticket"])
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "“%(field)s”: the condition “%(condition)s” cannot be asked of a "
                    "form.",
                    field=self.field_id.name,
                    condition=str(error)[:100],
                )
            ) from error
        fields_of_form = self.template_id.line_ids.field_id
        on_form = {
            field.key: field for field in fields_of_form if field.type != "history"
        }
        for path in paths:
            key = path.removeprefix(conditions.PREFIX)
            if key != path and key not in on_form:
                raise ValidationError(
                    self.env._(
                        "“%(field)s” depends on “%(key)s”, which is no field of this "
                        "form.",
                        field=self.field_id.name,
                        key=key,
                    )
                )

    def _scrm_rule(self):
        """The field on this form as the evaluator knows it, None for a shown one."""
        self.ensure_one()
        return self.field_id._scrm_rule(
            required=self.required,
            shown_when=self._scrm_shown_when(),
            required_when=conditions.parse(self.required_when),
        )

    def _scrm_shown_when(self):
        """When the field is on the form, as a parsed condition."""
        return conditions.parse(self.shown_when)

    def _scrm_default(self, partner, user):
        """What the field holds when a form is opened, as the API takes it.

        :param partner: the customer, ``res.partner``, may be empty
        :param user: who fills it in, ``res.users``
        :return: None when there is no default, or none that the field takes
        """
        value = self._scrm_raw_default(partner, user)
        rule = self._scrm_rule()
        if value is None or not rule:
            return None
        try:
            read(rule, value)
        except Refused:
            return None  # a contact's phone number that is none, for example
        return value

    def _scrm_raw_default(self, partner, user):
        self.ensure_one()
        if self.default_kind == "constant":
            if self.field_type == "tags":
                return [key.strip() for key in (self.default_value or "").split(",")]
            return self.default_value or None
        if self.default_kind == "today":
            today = self.field_id._scrm_today()
            if self.field_type == "datetime":
                now = self.env["scrm.clock"].now()
                return fields.Datetime.to_string(now)
            return today.isoformat()
        if self.default_kind == "user_name":
            return None if user._is_public() else user.name
        kind = {
            "partner_name": "name",
            "partner_phone": "phone",
            "partner_email": "email",
        }.get(self.default_kind)
        if kind:
            return partner[kind] or None
        if self.default_kind == "partner_address":
            address = partner._display_address(without_company=True) if partner else ""
            return ", ".join(address.split("\n")).strip(", ") or None
        return None


class ScrmTicketTemplatePart(models.Model):
    """A part that every ticket of a template needs."""

    _name = "scrm.ticket.template.part"
    _inherit = ["scrm.part.need.mixin", "scrm.form.part.mixin"]
    _description = "Ticket Template Part"

    template_id = fields.Many2one(
        comodel_name="scrm.ticket.template",
        string="Template",
        required=True,
        ondelete="cascade",
        index=True,
    )
