from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import clock


class ScrmFlowNode(models.Model):
    """What a node knows of time."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
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
    deadline_hours = fields.Float(
        string="Deadline (Hours)", help="From the opening of the step; 0: no deadline."
    )
    reminder_hours = fields.Char(
        string="Reminders",
        help="Hours from the deadline, with commas between them; negative ones are "
        "before it: -4, -0.5, 2",
    )
    rung_ids = fields.One2many(
        "scrm.flow.node.rung", "node_id", string="Escalation", copy=True
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

    @api.constrains("reminder_hours")
    def _check_reminder_hours(self):
        for node in self:
            try:
                node._reminders()
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "“%(node)s”: reminders are hours with commas between them, "
                        "like -4, -0.5, 2, not “%(text)s”.",
                        node=node.name,
                        text=node.reminder_hours,
                    )
                ) from error

    @api.constrains("deadline_hours")
    def _check_deadline_hours(self):
        for node in self:
            if node.deadline_hours < 0:
                raise ValidationError(
                    self.env._(
                        "“%(node)s”: the deadline cannot be before the opening.",
                        node=node.name,
                    )
                )

    def _reminders(self) -> list[float]:
        """Hours from the deadline.

        :raise ValueError: the text is no list of numbers
        """
        self.ensure_one()
        text = (self.reminder_hours or "").strip()
        return [float(part) for part in text.split(",")] if text else []

    def _has_deadline(self):
        return bool(clock.length(self.deadline_hours))

    def _time_problems(self) -> list[str]:
        """What must be repaired about times before publishing, as sentences."""
        self.ensure_one()
        problems = []
        if self._reminders() and not self._has_deadline():
            problems.append(self.env._("it has reminders, but no deadline"))
        for rung in self.rung_ids:
            if rung.anchor == "deadline" and not self._has_deadline():
                problems.append(
                    self.env._("an escalation waits for a deadline that is not set")
                )
            action = self.env["scrm.flow.escalation"]._kind(rung.action)
            problems += action._check(rung)
        return problems

    def _compile(self):
        return {
            **super()._compile(),
            "count": {"kind": self.time_kind, "calendar": self.time_calendar},
            "deadline": self.deadline_hours if self._has_deadline() else None,
            "reminders": self._reminders(),
            "rungs": [rung._compile() for rung in self.rung_ids],
        }


class ScrmFlowVersion(models.Model):
    _inherit = "scrm.flow.version"

    def _fault_lines(self):
        lines = super()._fault_lines()
        for node in self.node_ids:
            for problem in node._time_problems():
                lines.append(self._name_fault(node, problem))
        return lines
