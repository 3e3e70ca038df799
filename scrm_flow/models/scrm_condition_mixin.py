from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import decision


class ScrmConditionMixin(models.AbstractModel):
    """One comparison of a dimension with a written value.

    The model that inherits this says by :meth:`_condition_model` of which
    business model the dimensions are.
    """

    _name = "scrm.condition.mixin"
    _description = "Condition"

    dimension = fields.Char(
        required=True, help="Key of what is asked of the record, for example: area"
    )
    operator = fields.Selection(
        [
            ("=", "is"),
            ("!=", "is not"),
            ("<", "less than"),
            ("<=", "at most"),
            (">", "more than"),
            (">=", "at least"),
            ("in", "is one of"),
            ("between", "above ... up to"),
            ("contains", "contains one of"),
        ],
        required=True,
        default="=",
    )
    value = fields.Char(
        help="Lists and ranges are written with a comma. A range excludes its lower "
        "and includes its upper limit: “50, 90” is above 50, up to 90.",
    )

    def _condition_model(self) -> str:
        """The business model whose dimensions are asked."""
        raise NotImplementedError

    def _as_condition(self) -> decision.Condition:
        """The condition in the form the engine evaluates."""
        self.ensure_one()
        return decision.Condition(self.dimension, self.operator, self.value or "")

    @api.constrains("dimension", "operator", "value")
    def _check_condition(self):
        for condition in self:
            dimension = self.env["scrm.dimension"]._definition(
                condition._condition_model(), condition.dimension
            )
            try:
                decision.check(
                    condition._as_condition(), is_number=dimension.type == "number"
                )
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "The value “%(value)s” does not suit the comparison "
                        "“%(operator)s” of “%(dimension)s”.",
                        value=condition.value or "",
                        operator=condition._operator_label(),
                        dimension=dimension.label,
                    )
                ) from error

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """The comparisons in the words of this mixin, also for models elsewhere.

        Odoo translates a selection for each model, but an addon that inherits one
        has no translation of it.
        """
        found = super().fields_get(allfields, attributes)
        if "selection" in found.get("operator", ()):
            found["operator"]["selection"] = self._operator_labels()
        return found

    @api.model
    def _operator_labels(self) -> list:
        own = self.env["scrm.condition.mixin"]._fields["operator"]
        return own._description_selection(self.env)

    def _operator_label(self) -> str:
        return dict(self._operator_labels()).get(self.operator, self.operator)

    def _value_label(self, dimension) -> str:
        """The value, with the names of choices in place of their keys.

        :param dimension: its ``Dimension``; None when it is not known any more
        """
        if not self.value or not dimension or not dimension.choices:
            return self.value or ""
        names = dict(dimension.choices())
        parts = (part.strip() for part in self.value.split(","))
        return ", ".join(str(names.get(part, part)) for part in parts)

    def _describe(self, values: dict) -> str:
        """The comparison in words, with the value it was answered with."""
        self.ensure_one()
        definitions = self.env["scrm.dimension"]._definitions(self._condition_model())
        dimension = definitions.get(self.dimension)
        words = {
            "dimension": dimension.label if dimension else self.dimension,
            "actual": self._plain_text(values.get(self.dimension)),
        }
        if self.operator == "between":
            low, high = (part.strip() for part in (self.value or "").split(","))
            return self.env._(
                "%(dimension)s %(actual)s is above %(low)s and at most %(high)s",
                low=low,
                high=high,
                **words,
            )
        return self.env._(
            "%(dimension)s %(actual)s %(operator)s %(value)s",
            operator=self._operator_label(),
            value=self.value or "",
            **words,
        )

    def _plain_text(self, value) -> str:
        """A dimension's value as people write it: 64, not 64.0."""
        if value is None:
            return self.env._("(none)")
        if isinstance(value, float):
            return f"{value:.15g}"
        return str(value)
