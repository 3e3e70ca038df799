from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..forms.rules import FieldRule

#: Type of a form field -> type of the property that stores it.
PROPERTY_TYPES = {
    "text": "char",
    "long_text": "text",
    "number": "float",
    "money": "monetary",
    "date": "date",
    "datetime": "datetime",
    "time": "char",
    "yes_no": "boolean",
    "choice": "selection",
    "tags": "tags",
    "category": "selection",
    "record": "many2one",
    "file": "many2many",
    "formula": "float",
    "stock": "many2one",
    "serial": "char",
}
#: Types whose answers are options.
OPTION_TYPES = ("choice", "tags", "category")
#: Types that are shown on the form and store nothing.
SHOWN_TYPES = ("history",)


class ScrmFormField(models.Model):
    """A field that forms can pick.

    The catalogue fixes key, type and options once for all templates: the values of
    every ticket are found under the key, so one key means one thing everywhere.
    """

    _name = "scrm.form.field"
    _inherit = ["scrm.key.mixin", "scrm.form.part.mixin"]
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
        selection=[
            ("text", "Text"),
            ("long_text", "Long Text"),
            ("number", "Number"),
            ("money", "Amount of Money"),
            ("date", "Date"),
            ("datetime", "Date and Time"),
            ("time", "Time of Day"),
            ("yes_no", "Yes or No"),
            ("choice", "Choice"),
            ("tags", "Several Choices"),
            ("category", "Category in Levels"),
            ("record", "Record"),
            ("file", "Files or Photos"),
            ("formula", "Formula"),
            ("stock", "Product in Stock"),
            ("serial", "Serial Number"),
            ("history", "Earlier Tickets"),
        ],
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
        result = super()._check_key()
        for field in self:
            if field.key.endswith("_html"):  # Odoo reads such properties as HTML
                raise ValidationError(
                    self.env._(
                        "The key “%(key)s” of the form field “%(field)s” must not end "
                        "with “_html”.",
                        key=field.key,
                        field=field.name,
                    )
                )
        return result

    @api.constrains("type", "option_ids")
    def _check_options(self):
        for field in self:
            if field.type in OPTION_TYPES and not field.option_ids:
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
            for field in changed:
                field._scrm_check_unused()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for field in self:
            field._scrm_check_unused()

    def _scrm_check_unused(self):
        """Refuse to give up a key under which tickets have values.

        :raise UserError: naming the field
        """
        # sudo: a fact about all tickets; nothing of them is shown
        tickets = self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        if self.type not in SHOWN_TYPES and tickets._scrm_count_values(self.key):
            raise UserError(
                self.env._(
                    "Tickets have values for “%s”, so its key and type stay as they "
                    "are. Archive the field and make a new one.",
                    self.name,
                )
            )

    @api.model
    def _scrm_property_types(self):
        """Type of a form field -> type of the property that stores it."""
        return PROPERTY_TYPES

    def _scrm_definition(self):
        """The property definition of this field, labels in the language of env.

        :return: None when the field stores nothing
        """
        self.ensure_one()
        if self.type in SHOWN_TYPES:
            return None
        definition = {
            "name": self.key,
            "string": self.name,
            "type": self._scrm_property_types()[self.type],
        }
        if self.type in ("choice", "category"):
            definition["selection"] = [list(pair) for pair in self._scrm_choices()]
        elif self.type == "tags":
            definition["tags"] = [
                [key, label, number % 11 + 1]
                for number, (key, label) in enumerate(self._scrm_choices())
            ]
        elif self.type == "money":
            definition["currency_field"] = "scrm_currency_id"
        elif self.type == "file":
            definition["comodel"] = "ir.attachment"
        elif self.type in ("record", "stock"):
            definition["comodel"] = self._scrm_record_model()
            definition["domain"] = self.record_domain or "[]"
        return definition

    def _scrm_choices(self) -> list[tuple[str, str]]:
        """Keys and labels of the options; a category with all its levels."""
        self.ensure_one()
        if self.type == "category":
            return [
                (option.key, option.display_name)
                for option, _depth in self.option_ids._scrm_tree()
            ]
        return [(option.key, option.name) for option in self.option_ids]

    def _scrm_rule(self, **more):
        """The field as the evaluator knows it (see ``forms/rules.py``).

        :param more: what the template says of the field
        :return: None when the field stores nothing
        """
        self.ensure_one()
        if self.type in SHOWN_TYPES:
            return None
        return FieldRule(
            key=self.key,
            type=self.type,
            options=tuple(self.option_ids.mapped("key")),
            **{**self._scrm_format_vals(), **more},
        )
