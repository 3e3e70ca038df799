import datetime

from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.exceptions import ValidationError

from ..forms.formula import Formula, FormulaError
from ..forms.readers import Refused, read_date, read_number
from .scrm_masking_mixin import ENTITLED

NUMBERS = ("number", "money", "formula")
TEXTS = ("text", "long_text", "serial")


class ScrmFormField(models.Model):
    """How a value must look, and formulas that make one."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.form.field"

    format = fields.Selection(
        selection=[
            ("phone", "Phone Number"),
            ("email", "E-mail Address"),
            ("plate", "Licence Plate (China)"),
            ("cn_id", "Identity Card (China)"),
            ("cn_business", "Business Registration (China)"),
        ],
        help="What the text must be. Empty: any text.",
    )
    mask = fields.Char(
        help="How the text must look: A is a letter, 9 a digit, X either, everything "
        "else itself. AA-9999 takes SH-2047.",
    )
    masking = fields.Selection(
        selection=[
            ("phone", "As a Phone Number"),
            ("email", "As an E-mail Address"),
            ("id", "As an Identity Number"),
            ("address", "As an Address"),
            ("name", "As a Name"),
        ],
        string="Masked",
        help="Personal data: colleagues without the role “Sees Personal Data” get it "
        "with asterisks, on screens, in exports and in the API, and cannot search by "
        "it. Customers read their own.",
    )
    minimum = fields.Char(
        string="At Least", help="Least number or first day, as 2026-03-31."
    )
    maximum = fields.Char(
        string="At Most", help="Greatest number or last day, as 2026-03-31."
    )
    max_length = fields.Integer(
        string="Longest Text", help="In characters. 0: as long as the type allows."
    )
    digits = fields.Integer(
        string="Decimals",
        default=2,
        help="Decimals that the result of a formula keeps.",
    )
    formula = fields.Char(
        help="Of the keys of other fields of the form, as in a spreadsheet: "
        "floor_area * 12.5 + IF(urgent, 50, 0). Functions: IF, AND, OR, NOT, "
        "IS_EMPTY, SUM, MIN, MAX, ROUND, ABS, DAYS(end, start).",
    )

    @api.constrains("type", "formula")
    def _check_formula(self):
        for field in self.filtered(lambda field: field.type == "formula"):
            try:
                names = Formula(field.formula or "").names
            except FormulaError as error:
                raise ValidationError(field._scrm_formula_message(error)) from error
            if field.key in names:
                raise ValidationError(
                    self.env._(
                        "The formula of “%s” asks for its own result.", field.name
                    )
                )

    def _scrm_formula_message(self, error):
        """One sentence that says what is wrong with the formula."""
        self.ensure_one()
        detail = error.detail
        messages = {
            "syntax": lambda: self.env._(
                "“%(field)s”: the formula “%(formula)s” cannot be read.",
                field=self.name,
                formula=detail[:80],
            ),
            "length": lambda: self.env._(
                "“%s”: the formula is too long. Split it into several fields.",
                self.name,
            ),
            "function": lambda: self.env._(
                "“%(field)s”: formulas have no function “%(function)s”.",
                field=self.name,
                function=detail,
            ),
            "arguments": lambda: self.env._(
                "“%(field)s”: “%(function)s” has too few or too many values in its "
                "brackets.",
                field=self.name,
                function=detail,
            ),
            "part": lambda: self.env._(
                "“%(field)s”: “%(part)s” cannot be used in a formula.",
                field=self.name,
                part=detail,
            ),
        }
        return messages[error.code]()

    @api.constrains("type", "minimum", "maximum", "max_length", "digits")
    def _check_bounds(self):
        for field in self:
            bounds = [
                field._scrm_bound(text) for text in (field.minimum, field.maximum)
            ]
            if None not in bounds and bounds[0] > bounds[1]:
                raise ValidationError(
                    self.env._(
                        "“%s”: the least value is above the greatest one.", field.name
                    )
                )
            if field.max_length < 0 or not 0 <= field.digits <= 6:
                raise ValidationError(
                    self.env._(
                        "“%s”: lengths are not below zero, decimals are 0 to 6.",
                        field.name,
                    )
                )

    def _scrm_bound(self, text):
        """A least or greatest value as the evaluator compares it.

        :raise ValidationError: when the text is none for the field's type
        """
        if not text or self.type not in (*NUMBERS, "date"):
            return None
        try:
            if self.type == "date":
                return read_date(None, text)
            return read_number(None, text)
        except Refused as error:
            raise ValidationError(
                self.env._(
                    "“%(field)s”: “%(value)s” cannot be a limit.",
                    field=self.name,
                    value=text,
                )
            ) from error

    def _scrm_format_vals(self):
        """What :class:`forms.rules.FieldRule` is told of the format."""
        self.ensure_one()
        vals = {
            "minimum": self._scrm_bound(self.minimum),
            "maximum": self._scrm_bound(self.maximum),
        }
        if self.type in TEXTS:
            vals["max_length"] = self.max_length or None
        if self.type in TEXTS:
            vals["masking"] = self.masking or None
        if self.type == "text":
            vals.update(format=self.format or None, mask=self.mask or None)
        if self.type == "formula":
            vals.update(formula=Formula(self.formula), digits=self.digits)
        return vals

    @api.model
    @tools.ormcache()
    def _scrm_masked_keys(self):
        """Key -> kind of the fields with personal data, archived ones as well."""
        # sudo: a fact about the catalogue, for whoever reads a ticket
        catalogue = self.sudo().with_context(active_test=False)
        found = catalogue.search([("masking", "!=", False), ("type", "in", TEXTS)])
        return {field.key: field.masking for field in found}

    @api.model
    def _scrm_is_entitled(self, user):
        """Whether somebody reads personal data as it is."""
        return user.id == SUPERUSER_ID or user.has_group(ENTITLED)

    @api.model
    @tools.ormcache("kind")
    def _scrm_keys_of_type(self, kind):
        """The keys of all fields of one type."""
        # sudo: as above
        catalogue = self.sudo().with_context(active_test=False)
        return frozenset(catalogue.search([("type", "=", kind)]).mapped("key"))

    @api.model
    def _scrm_today(self):
        """Today, where the user is."""
        now = self.env["scrm.clock"].now()
        return fields.Datetime.context_timestamp(self, now).date()

    @api.model
    def _scrm_to_utc(self, text):
        """What a browser's field for date and time says, in UTC.

        :param text: in the user's time zone, as 2026-03-31T09:30
        :return: the text itself when it is no such moment
        """
        try:
            local = datetime.datetime.fromisoformat(text)
        except (TypeError, ValueError):
            return text
        if local.tzinfo:
            return text
        moment = self.env.tz.localize(local)
        return moment.astimezone(datetime.timezone.utc).isoformat()
