from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import limits
from .scrm_flow_version import read_domain

NUMBERS = ("integer", "float", "monetary")


class ScrmFlowNodeCheck(models.Model):
    """What must be true of a record before a check node is completed.

    ``block``: until it holds, the step cannot be completed;
    ``freeze``: when it does not hold, the record is frozen at once.
    """

    _name = "scrm.flow.node.check"
    _inherit = ["scrm.key.mixin", "scrm.flow.node.part.mixin"]
    _description = "Flow Check"
    _order = "node_id, rank, id"
    _rec_name = "message"
    _key_suffix = None

    model = fields.Char(related="node_id.model", string="Model Name")
    rank = fields.Integer(default=10)
    key = fields.Char(required=True)
    kind = fields.Selection(
        [("limits", "Number within limits"), ("domain", "Condition")],
        string="What Is Checked",
        required=True,
        default="limits",
    )
    field_path = fields.Char(string="Number", help="A field of the record.")
    lower = fields.Char(string="At Least", help="Empty: no lower limit.")
    upper = fields.Char(string="At Most", help="Empty: no upper limit.")
    condition = fields.Char(default="[]", help="Domain on the record that has to hold.")
    severity = fields.Selection(
        [("block", "Cannot be completed"), ("freeze", "Freeze the record")],
        string="If Not",
        required=True,
        default="block",
    )
    message = fields.Char(
        required=True,
        translate=True,
        help="What people read when it does not hold.",
    )

    _key_unique = models.UniqueIndex(
        "(node_id, key)", "The key of a check is unique in its node."
    )

    @api.onchange("message")
    def _onchange_name_proposes_key(self):
        for check in self:
            if check.message and not check.key:
                check.key = check._scrm_proposed_key(check.message)

    @api.constrains("kind", "field_path", "lower", "upper", "condition")
    def _check_problems(self):
        for check in self:
            # constraints run with sudo, but what the designer may see counts here
            problems = check.with_user(self.env.user)._problems()
            if problems:
                raise ValidationError(
                    self.env._(
                        "Check “%(check)s”: %(problem)s",
                        check=check.message or check.key,
                        problem=problems[0],
                    )
                )

    def _problems(self) -> list[str]:
        """What is wrong with the check, as sentences; [] when fine."""
        self.ensure_one()
        version = self.node_id.version_id
        if self.kind == "domain":
            problems = version._domain_problems(self.condition)
            if not problems and read_domain(self.condition).is_true():
                problems = [self.env._("the condition is empty")]
            return problems
        return self._limit_problems(version)

    def _limit_problems(self, version):
        try:
            low, high = limits.number(self.lower), limits.number(self.upper)
        except ValueError as error:
            return [self.env._("“%s” is no number", error)]
        if low is None and high is None:
            return [self.env._("it has no limit")]
        if low is not None and high is not None and low > high:
            return [self.env._("its lower limit is above the upper one")]
        if not self.field_path:
            return [self.env._("it is not said which number is checked")]
        problems = version._domain_problems(repr([(self.field_path, ">=", 0)]))
        if not problems and not self._is_number():
            problems = [self.env._("“%s” is no number field", self.field_path)]
        return problems

    def _is_number(self):
        """Whether the path leads to a number; custom fields may be anything."""
        model = self.env[self.model]
        *way, last = self.field_path.split(".")
        for name in way:
            field = model._fields.get(name)
            if field is None or field.type == "properties":
                return field is not None and name == way[-1]
            if field.type != "many2one":
                return False
            model = self.env[field.comodel_name]
        return last in model._fields and model._fields[last].type in NUMBERS

    def _compile(self) -> dict:
        """The check as plain values, kept in the compiled node."""
        self.ensure_one()
        is_domain = self.kind == "domain"
        domain = read_domain(self.condition) if is_domain else None
        paths = (
            sorted({part.field_expr for part in domain.iter_conditions()})
            if is_domain
            else [self.field_path]
        )
        return {
            "id": self.id,
            "key": self.key,
            "severity": self.severity,
            "domain": domain,
            "paths": paths,
            "lower": self.lower,
            "upper": self.upper,
        }
