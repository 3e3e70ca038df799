from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ScrmFlowNode(models.Model):
    """What a node knows of time."""

    _inherit = "scrm.flow.node"

    time_kind = fields.Selection(
        [("elapsed", "All hours"), ("working", "Working hours")],
        string="Count",
        default="elapsed",
        required=True,
    )
    time_calendar = fields.Selection(
        [("company", "Company"), ("handler", "Handler")],
        string="Working Hours of",
        default="company",
        required=True,
        help="The handler's own hours and leaves count where there are any; the "
        "company's otherwise.",
    )
    timer_hours = fields.Float(
        string="Wait for (Hours)",
        help="Counted from the moment the node is reached, or from the date; "
        "negative: before the date.",
    )
    timer_field = fields.Char(
        string="Date Field",
        help="Technical name of a date or time of the record to wait for.",
    )

    @api.constrains("timer_field", "type")
    def _check_timer_field(self):
        for node in self:
            if not node.timer_field:
                continue
            field = self.env[node.model]._fields.get(node.timer_field)
            if field is None or field.type not in ("date", "datetime"):
                raise ValidationError(
                    self.env._(
                        "“%(node)s”: the record has no date or time field “%(field)s”.",
                        node=node.name,
                        field=node.timer_field,
                    )
                )

    def _compile(self):
        count = {"kind": self.time_kind, "calendar": self.time_calendar}
        return {**super()._compile(), "count": count}
