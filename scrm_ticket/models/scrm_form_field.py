from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.scrm_flow.models.scrm_flow import KEY_PATTERN

from ..forms.rules import FieldRule


class ScrmFormField(models.Model):
    """A field that forms can pick.

    The catalogue fixes key, type and options once for all templates: the values of
    every ticket are found under the key, so one key means one thing everywhere.
    """

    _name = "scrm.form.field"
    _description = "Form Field"
    _order = "name, id"

    key = fields.Char(
        required=True,
        copy=False,
        help="Stable name used by rules, packs and the API. "
        "Lower-case letters, digits and underscores.",
    )
    name = fields.Char(string="Label", required=True, translate=True)
    type = fields.Selection(
        selection=[("text", "Text"), ("choice", "Choice"), ("number", "Number")],
        required=True,
        default="text",
    )
    option_ids = fields.One2many(
        comodel_name="scrm.form.option",
        inverse_name="field_id",
        string="Options",
        copy=True,
    )
    help = fields.Char(
        string="Help Text", translate=True, help="Shown below the field on the portal."
    )
    template_line_ids = fields.One2many(
        comodel_name="scrm.ticket.template.line", inverse_name="field_id"
    )
    template_count = fields.Integer(
        string="Templates", compute="_compute_template_count"
    )
    active = fields.Boolean(default=True)

    _key_unique = models.Constraint(
        "UNIQUE(key)", "Another form field already has this key."
    )

    @api.depends("template_line_ids")
    def _compute_template_count(self):
        for field in self:
            field.template_count = len(field.template_line_ids.template_id)

    @api.constrains("key")
    def _check_key(self):
        for field in self:
            key = field.key or ""
            if not KEY_PATTERN.fullmatch(key) or key.endswith("_html"):
                raise ValidationError(
                    self.env._(
                        "The key “%(key)s” of the form field “%(field)s” must start "
                        "with a lower-case letter, hold only lower-case letters, "
                        "digits and underscores, and not end with “_html”.",
                        key=field.key,
                        field=field.name,
                    )
                )

    @api.constrains("type", "option_ids")
    def _check_options(self):
        for field in self:
            if field.type == "choice" and not field.option_ids:
                raise ValidationError(
                    self.env._(
                        "The choice field “%s” needs at least one option.", field.name
                    )
                )

    def write(self, vals):
        for name in ("key", "type"):
            changed = self.filtered(
                lambda field, name=name: name in vals and field[name] != vals[name]
            )
            used = changed.filtered("template_line_ids")[:1]
            if used:
                raise UserError(
                    self.env._(
                        "Key and type of “%s” stay as they are: templates use the "
                        "field. Make a new field instead.",
                        used.name,
                    )
                )
        return super().write(vals)

    @api.model
    def _scrm_property_types(self):
        """Type of a form field -> type of the property that stores it."""
        return {"text": "char", "choice": "selection", "number": "float"}

    def _scrm_definition(self):
        """The property definition of this field, labels in the language of env."""
        self.ensure_one()
        definition = {
            "name": self.key,
            "string": self.name,
            "type": self._scrm_property_types()[self.type],
        }
        if self.type == "choice":
            definition["selection"] = [
                [option.key, option.name] for option in self.option_ids
            ]
        return definition

    def _scrm_choices(self) -> list[tuple[str, str]]:
        """Keys and labels of the options."""
        self.ensure_one()
        return [(option.key, option.name) for option in self.option_ids]

    def _scrm_rule(self, required=False):
        """The field as the evaluator knows it (see ``forms/rules.py``)."""
        self.ensure_one()
        return FieldRule(
            key=self.key,
            type=self.type,
            required=required,
            options=tuple(self.option_ids.mapped("key")),
        )


class ScrmFormOption(models.Model):
    """One of the answers of a choice field."""

    _name = "scrm.form.option"
    _description = "Form Field Option"
    _order = "sequence, id"

    field_id = fields.Many2one(
        comodel_name="scrm.form.field",
        string="Field",
        required=True,
        ondelete="cascade",
        index=True,
    )
    sequence = fields.Integer(default=10)
    key = fields.Char(required=True)
    name = fields.Char(string="Label", required=True, translate=True)

    _key_unique = models.Constraint(
        "UNIQUE(field_id, key)", "This field already has an option with this key."
    )

    @api.constrains("key")
    def _check_key(self):
        for option in self:
            if not KEY_PATTERN.fullmatch(option.key or ""):
                raise ValidationError(
                    self.env._(
                        "The key “%(key)s” of the option “%(option)s” must start with "
                        "a lower-case letter and hold only lower-case letters, digits "
                        "and underscores.",
                        key=option.key,
                        option=option.name,
                    )
                )
