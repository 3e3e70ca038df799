from datetime import datetime, time, timedelta
from uuid import uuid4

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import notices
from .scrm_flow_version import read_domain

#: Records with a date that are looked at together.
PAGE = 500
#: How far back dates are looked for that were set after they had passed.
LOOK_BACK = timedelta(days=1)


class ScrmFlowMixin(models.AbstractModel):
    """Changes of fields that a rule names are events; others cost nothing."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.mixin"

    def write(self, vals):
        rules = self.env["scrm.notice.rule"]
        waiting = rules._concerning(self._name)
        names = [name for name in vals if f"field:{name}" in waiting]
        if not names:
            return super().write(vals)
        # sudo: whether something changed, whoever may see it
        before = {row["id"]: row for row in self.sudo().read(names, load="")}
        result = super().write(vals)
        after = self.sudo().read(names, load="")
        now = self.env["scrm.clock"].now()
        events = [
            {
                "key": f"field:{uuid4().hex}",
                "name": f"field:{name}",
                "res_model": self._name,
                "res_id": row["id"],
                "run_id": record.scrm_run_id.id,
                "node_key": record.scrm_node_key,
                "user_id": self.env.uid,
                "at": now,
            }
            for record, row in zip(self.sudo(), after, strict=True)
            for name in names
            if row[name] != before[row["id"]][name]
            and rules._of(
                self._name,
                f"field:{name}",
                record.scrm_run_id.flow_id.id,
                record.scrm_node_key,
            )
        ]
        if events:
            # sudo: rows of the product, whoever writes the record
            self.env["scrm.notice.event"].sudo()._insert(events)
        return result

    def action_scrm_notices(self):
        """Show what was sent about this record, to whom, when and why."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "scrm_flow.scrm_notice_delivery_action"
        )
        domain = [
            ("res_model", "=", self._name),
            ("res_id", "=", self.id),
            ("event_id", "!=", False),
        ]
        return {**action, "domain": domain, "context": {"of_record": True}}


class ScrmNoticeRule(models.Model):
    """Dates of records that come are events of the rule that names them."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.notice.rule"

    dates_since = fields.Datetime(
        default=lambda self: self.env["scrm.clock"].now(),
        copy=False,
        readonly=True,
        help="Dates that came before the rule was made are not told.",
    )
    dates_until = fields.Datetime(copy=False, readonly=True)

    @api.model
    def _insert_due_dates(self) -> int:
        """Make events of dates that have come; how many are new."""
        now = self.env["scrm.clock"].now()
        return sum(
            rule._insert_dates(now) for rule in self.search([("event", "=", "date")])
        )

    def _insert_dates(self, now) -> int:
        self.ensure_one()
        if self.model not in self.env or not self.field_id:
            return 0
        name = self.field_id.name
        last = now - timedelta(hours=self.date_hours)
        begin = min(self.dates_until or now, now - LOOK_BACK)
        since = self.dates_since or begin
        if since > now:  # the clock was set back, to before the rule was made
            since = begin
        first = max(begin, since) - timedelta(hours=self.date_hours)
        domain = self._date_domain(name, first, last) & read_domain(self.condition)
        if self.flow_id:
            domain &= Domain("scrm_run_id.flow_id", "=", self.flow_id.id)
        count, after = 0, 0
        while True:
            page = self.env[self.model].search_fetch(
                domain & Domain("id", ">", after), [name], order="id", limit=PAGE
            )
            if page:
                count += self.env["scrm.notice.event"]._insert(
                    [self._date_event(record, name) for record in page]
                )
                after = page[-1].id
            if len(page) < PAGE:
                break
        # past what write() does for rules: none of it changes what they wait for
        self.env.cr.execute(
            SQL(
                "UPDATE scrm_notice_rule SET dates_until = %s WHERE id = %s",
                now,
                self.id,
            )
        )
        self.invalidate_recordset(["dates_until"], flush=False)
        return count

    def _date_domain(self, name, first, last) -> Domain:
        """Records whose date is after one moment and not after another."""
        if self.env[self.model]._fields[name].type == "datetime":
            return Domain(name, ">", first) & Domain(name, "<=", last)
        zone = self.env.company.partner_id.tz
        days = [notices.to_local(moment, zone).date() for moment in (first, last)]
        return Domain(name, ">", days[0]) & Domain(name, "<=", days[1])

    def _date_event(self, record, name) -> dict:
        at = record[name]
        if not isinstance(at, datetime):
            midnight = datetime.combine(at, time())
            at = notices.to_utc(midnight, self.env.company.partner_id.tz)
        at += timedelta(hours=self.date_hours)
        return {
            "key": f"date:{self.id}:{record.id}:{record[name]}",
            "name": "date",
            "rule_id": self.id,
            "res_model": record._name,
            "res_id": record.id,
            "run_id": record.scrm_run_id.id,
            "node_key": record.scrm_node_key,
            "at": at,
        }


class ScrmNoticeEvent(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.notice.event"

    @api.model
    def _expand_due(self):
        self.env["scrm.notice.rule"]._insert_due_dates()
        self.env["ir.cron"]._commit_progress()
        return super()._expand_due()
