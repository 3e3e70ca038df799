from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ..engine import surges
from .scrm_flow_version import read_domain

#: How often rules count; nobody is told later than that.
INTERVAL = timedelta(minutes=5)
#: Weeks before that say what is usual.
WEEKS = 4
COUNTED = ("surge", "share", "rise")


class ScrmNoticeRule(models.Model):
    """Numbers that are unusual are events of the rule that counts.

    A surge is more than usual in the last hours, compared with the same hours of the
    same weekday in the four weeks before. A share is a part of all records that is
    too large: of those of the condition "out of", the ones that fit the condition of
    the rule. A rise is a share that is larger than it was in those weeks. Each for
    every value of a field, if one is given: product, batch, store.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.notice.rule"

    event = fields.Selection(
        selection_add=[
            ("surge", "More than usual"),
            ("share", "A share is too large"),
            ("rise", "A share rises suddenly"),
        ],
        ondelete={name: "cascade" for name in COUNTED},
    )
    count_hours = fields.Float(
        string="In the Last (Hours)",
        default=24,
        help="What began in this time is counted. One message at most in this time.",
    )
    count_percent = fields.Float(
        string="Percent",
        default=15,
        help="Of a surge or a rise: how much above the usual. Of a share: more than "
        "this.",
    )
    count_least = fields.Integer(
        string="At Least",
        default=5,
        help="Fewer records than this are never told: one of one is no trend.",
    )
    count_by = fields.Char(
        string="For Each",
        help="Field whose values are counted apart, such as store_id or "
        "scrm_lot_product_id; empty: all together.",
    )
    count_of = fields.Char(
        string="Out of",
        default="[]",
        help="What a share is a part of; those of the condition are counted in it.",
    )
    counted_at = fields.Datetime(copy=False, readonly=True)

    _counts = models.Constraint(
        "CHECK(event NOT IN ('surge', 'share', 'rise') "
        "OR (count_hours > 0 AND count_hours <= 8784 AND count_percent >= 0))",
        "Count over more than no time and at most a year, and no negative percent.",
    )

    def _problems(self):
        found = super()._problems()
        if self.model not in self.env or self.event not in COUNTED:
            return found
        found += self._condition_problems(self.count_of)
        if self.count_by:
            found += self._group_problems(self.count_by)
        return found

    def _group_problems(self, name):
        field = self.env[self.model]._fields.get(name)
        if field and field.type in ("many2one", "selection", "char"):
            may_read = self.env[self.model]._has_field_access(field, "read")
            if may_read and field._description_groupable(self.env):
                return []
        return [self.env._("“%s” is no field to count by", name)]

    @api.constrains("event", "count_by", "count_of")
    def _check_counts(self):
        self._check_rule()

    @api.model
    def _insert_counted(self) -> int:
        """Count for all rules whose turn it is; how many events are new."""
        now = self.env["scrm.clock"].now()
        turn = Domain("counted_at", "=", False) | Domain(
            "counted_at", "<=", now - INTERVAL
        )
        rules = self.search(Domain("event", "in", COUNTED) & turn)
        return sum(rule._count(now) for rule in rules)

    def _count(self, now) -> int:
        self.ensure_one()
        if self.model not in self.env:
            return 0
        found = self._unusual(now)
        # past what write() does for rules: none of it changes what they wait for
        self.env.cr.execute(
            SQL(
                "UPDATE scrm_notice_rule SET counted_at = %s WHERE id = %s",
                now,
                self.id,
            )
        )
        self.invalidate_recordset(["counted_at"], flush=False)
        return self.env["scrm.notice.event"]._insert(
            [self._count_event(now, *one) for one in found]
        )

    def _unusual(self, now):
        """[(value of the field, ID of the newest record, figures)] of what is so."""
        find = {"surge": self._surges, "share": self._shares, "rise": self._rises}
        return find[self.event](now)

    def _surges(self, now):
        numbers = [
            self._numbers(begin, end, self.condition)
            for begin, end in surges.windows(now, self.count_hours, WEEKS)
        ]
        for value, (count, newest) in numbers[0].items():
            earlier = [row.get(value, (0, 0))[0] for row in numbers[1:]]
            if surges.is_surge(count, earlier, self.count_percent, self.count_least):
                percent = surges.growth(count, earlier)
                usual = sum(earlier) / len(earlier)
                yield value, newest, {"count": count, "of": usual, "percent": percent}

    def _shares(self, now):
        begin, end = surges.windows(now, self.count_hours, 0)[0]
        whole = self._numbers(begin, end, self.count_of)
        both = read_domain(self.count_of) & read_domain(self.condition)
        parts = self._numbers(begin, end, both)
        for value, (count, newest) in parts.items():
            total = whole[value][0]
            if surges.is_share_over(count, total, self.count_percent, self.count_least):
                percent = count * 100 / total
                yield value, newest, {"count": count, "of": total, "percent": percent}

    def _rises(self, now):
        both = read_domain(self.count_of) & read_domain(self.condition)
        times = [
            (self._numbers(*time, both), self._numbers(*time, self.count_of))
            for time in surges.windows(now, self.count_hours, WEEKS)
        ]
        parts, whole = times[0]
        for value, (count, newest) in parts.items():
            total = whole[value][0]
            before = tuple(
                sum(time[number].get(value, (0, 0))[0] for time in times[1:])
                for number in range(2)
            )
            if surges.is_rise(
                count, total, before, self.count_percent, self.count_least
            ):
                figures = {
                    "count": count,
                    "of": total,
                    "percent": surges.share(count, total),
                    "before": surges.share(*before),
                }
                yield value, newest, figures

    def _course(self, now) -> list:
        """[(value of the field, [(begin, figure), ...])], the largest ones first.

        The figure is a number for a surge, otherwise a share in percent, in each time
        that is compared, in the order of time.
        """
        self.ensure_one()
        times = surges.windows(now, self.count_hours, WEEKS)[::-1]
        is_share = self.event != "surge"
        domain = read_domain(self.condition)
        if is_share:
            domain &= read_domain(self.count_of)
        parts = [self._numbers(*time, domain) for time in times]
        wholes = [self._numbers(*time, self.count_of) for time in times]
        course = []
        for value in dict.fromkeys(value for row in parts[::-1] for value in row):
            counts = [row.get(value, (0, 0))[0] for row in parts]
            if is_share:
                totals = [row.get(value, (0, 0))[0] for row in wholes]
                counts = [
                    surges.share(count, total) or 0.0
                    for count, total in zip(counts, totals, strict=True)
                ]
            begins = [begin for begin, _end in times]
            course.append((value, list(zip(begins, counts, strict=True))))
        return sorted(course, key=lambda one: -one[1][-1][1])

    def _numbers(self, begin, end, condition):
        """{value of the field: (how many, ID of newest)} of what began in a time."""
        domain = condition if isinstance(condition, Domain) else read_domain(condition)
        domain &= Domain("scrm_run_id.started_at", ">=", begin)
        domain &= Domain("scrm_run_id.started_at", "<", end)
        if self.flow_id:
            domain &= Domain("scrm_run_id.flow_id", "=", self.flow_id.id)
        by = [self.count_by] if self.count_by else []
        rows = self.env[self.model]._read_group(domain, by, ["__count", "id:max"])
        return {
            (row[0] if by else None): tuple(row[len(by) :])
            for row in rows
            if row[len(by)]
        }

    def _count_event(self, now, value, newest, figures) -> dict:
        record = self.env[self.model].browse(newest)
        of = value.id if isinstance(value, models.BaseModel) else value
        turn = int(now.timestamp() // (self.count_hours * 3600))
        return {
            "key": f"count:{self.id}:{of}:{turn}",
            "name": self.event,
            "rule_id": self.id,
            "res_model": self.model,
            "res_id": newest,
            "run_id": record.scrm_run_id.id,
            "node_key": record.scrm_node_key,
            "at": now,
            "figures": {**figures, "group": self._count_group(value)},
        }

    def _count_group(self, value) -> str:
        """Whose number it is, in words."""
        if isinstance(value, models.BaseModel):
            return value.display_name or ""
        field = self.env[self.model]._fields.get(self.count_by)
        if field and field.type == "selection":
            value = dict(field._description_selection(self.env)).get(value)
        return value or ""


class ScrmFlowRun(models.Model):
    # found by when they began, at next to no cost for those that begin
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.run"

    _started_idx = models.Index("USING brin (started_at)")


class ScrmNoticeEvent(models.Model):
    # what the rule has counted
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.notice.event"

    figures = fields.Json(readonly=True)

    @api.model
    def _expand_due(self):
        self.env["scrm.notice.rule"]._insert_counted()
        self.env["ir.cron"]._commit_progress()
        return super()._expand_due()


class ScrmNoticeText(models.AbstractModel):
    # figures in texts
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.notice.text"

    @api.model
    def _words(self):
        _ = self.env._
        return {
            **super()._words(),
            "count": _("how many were counted"),
            "usual": _("how many are usual, or what the share is of"),
            "percent": _("growth or share in percent"),
            "before": _("the usual share in percent, of a share that rises"),
            "group": _("whose number it is: store, product, ..."),
        }

    @api.model
    def _value(self, name, rule, event, record, recipient):
        figures = event.figures or {}
        match name:
            case "count":
                return str(figures.get("count", ""))
            case "group":
                return str(figures.get("group", ""))
            case "usual" | "percent" | "before":
                number = figures.get("of" if name == "usual" else name)
                return "" if number is None else formatLang(self.env, number, 1)
        return super()._value(name, rule, event, record, recipient)
