import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import notices
from .scrm_flow_work import INTERRUPTIONS

_logger = logging.getLogger(__name__)

#: Events claimed, turned into deliveries and committed together.
CHUNK = 200


class ScrmNoticeEvent(models.Model):
    """Something happened that a rule waits for.

    The row is written in the transaction in which it happened, with one INSERT for
    all of them; who is told what is found out later, by a cron. ``key`` makes the
    same event unique for ever.
    """

    _name = "scrm.notice.event"
    _inherit = "scrm.flow.trace.mixin"
    _description = "Event for Notifications"
    _order = "id desc"
    _log_access = False
    _rec_name = "key"

    key = fields.Char(required=True, readonly=True)
    name = fields.Char(
        required=True, readonly=True, help="Event of the log, or what else it was."
    )
    rule_id = fields.Many2one("scrm.notice.rule", readonly=True, ondelete="cascade")
    run_id = fields.Many2one("scrm.flow.run", readonly=True, ondelete="cascade")
    step_id = fields.Many2one("scrm.flow.step", readonly=True, ondelete="cascade")
    node_key = fields.Char(string="Node", readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Who", readonly=True, ondelete="restrict"
    )
    at = fields.Datetime(string="When", required=True, readonly=True)
    state = fields.Selection(
        [("new", "New"), ("done", "Done"), ("error", "Failed")],
        required=True,
        readonly=True,
    )
    error = fields.Text(string="What Went Wrong", readonly=True)

    _key_unique = models.UniqueIndex("(key)")
    _new_idx = models.Index("(id) WHERE state = 'new'")
    _record_idx = models.Index("(res_model, res_id)")

    # What happened -----------------------------------------------------------

    @api.model
    def _insert(self, rows: list[dict]) -> int:
        """Write events with one statement; those that are known already stay out.

        :param rows: values by field name
        :return: how many are new
        """
        if not rows:
            return 0
        insert = self._insert_sql([{"state": "new", **row} for row in rows])
        self.env.cr.execute(SQL("%s ON CONFLICT (key) DO NOTHING", insert))
        return self.env.cr.rowcount

    # Who is told -------------------------------------------------------------

    @api.model
    def _cron_expand(self):
        self._expand_due()

    @api.model
    def _expand_due(self) -> int:
        """Turn events into deliveries; commits after each chunk."""

        def work(_total):
            events = self._claim()
            events._expand_all()
            return len(events)

        return self.env["scrm.flow.work"]._in_chunks(work, CHUNK)

    @api.model
    def _claim(self):
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id
                  FROM scrm_notice_event
                 WHERE state = 'new'
                 ORDER BY id
                 LIMIT %s
                   FOR NO KEY UPDATE SKIP LOCKED
                """,
                CHUNK,
            )
        )
        return self.browse(event_id for (event_id,) in rows)

    def _expand_all(self):
        """All together; when that fails each for itself, so that none harms others."""
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                self._expand()
            return
        except INTERRUPTIONS:
            raise  # not the events' fault: the whole chunk is repeated
        except Exception as error:
            _logger.info("events are looked at one by one: %s", error)
        for event in self:
            try:
                with self.env.cr.savepoint():
                    event._expand()
            except INTERRUPTIONS:
                raise  # as above
            except Exception as error:
                # the savepoint undid what was done; the event keeps the reason
                _logger.exception("nobody was told of event %s", event.id)
                reason = f"{type(error).__name__}: {error}"
                event.write({"state": "error", "error": reason})

    def _expand(self):
        """Make the deliveries of these events; obstacles are in the company's words."""
        rows = []
        lang = self.env.company.partner_id.lang or "en_US"
        events = self.with_context(lang=lang)
        records = events._records()
        rules = {event: event._rules() for event in events if event.id in records}
        told = [event for event in rules if any(rules[event].mapped("to_customer"))]
        self._read_customers([records[event.id] for event in told])
        for event, concerning in rules.items():
            for rule in concerning:
                rows += event._deliveries(rule, records[event.id])
        self.env["scrm.notice.delivery"]._insert(rows)
        self.write({"state": "done"})

    @api.model
    def _read_customers(self, records):
        """Have what customers need in the cache: one query for all, not one each."""
        partners = self.env["res.partner"]
        for record in records:
            partners |= record._mail_get_partners()[record.id]
        partners.user_ids.mapped("active")

    def _rules(self):
        """The rules that wait for this event, of those there are now."""
        rules = self.env["scrm.notice.rule"]
        if self.rule_id:
            return self.rule_id.filtered("active")
        return rules.browse(
            rules._of(self.res_model, self.name, self.run_id.flow_id.id, self.node_key)
        )

    def _deliveries(self, rule, record) -> list[dict]:
        """Values of the deliveries of this event, of this record, by a rule."""
        return self._rows(rule, record) if rule._holds(record) else []

    def _rows(self, rule, record) -> list[dict]:
        """The same, for a record that fits.

        Where nobody is concerned yet by a message that waits, a row without a
        recipient waits in his place.
        """
        targets, channels, urgent = self._aims(rule, record)
        rows = [
            self._delivery(rule, record, recipient, channel, urgent)
            for recipient, channel in targets
        ]
        if not any(row["partner_id"] for row in rows):
            nobody = self.env["scrm.notice.people"]._nobody_yet()
            for channel in self._personal(channels):
                row = self._delivery(rule, record, nobody, channel, urgent)
                waits = rule.timing == "repeat" or row["due_at"] > self.at
                if waits and not row["digest_at"]:
                    rows.append(row)
        return rows

    def _aims(self, rule, record):
        """Whom a rule would tell at this moment.

        :return: [(``Recipient``, channel)], channels of the severity, whether urgent
        """
        level = rule.level_ids.filtered(
            lambda level: rule._holds(record, level.condition)
        )[:1]
        urgent = rule.is_urgent or level.is_urgent
        if not urgent and rule.urgent_condition:
            urgent = rule._holds(record, rule.urgent_condition)
        channels = level.channel_ids or rule.channel_ids
        return self._targets(rule, record, channels), channels, urgent

    @api.model
    def _personal(self, channels):
        return channels.filtered(lambda c: c.active and c._kind()._is_personal)

    def _targets(self, rule, record, channels):
        """Who is reached by what: [(``Recipient``, ``scrm.notice.channel``)]."""
        run = self.run_id or record.scrm_run_id
        people = self.env["scrm.notice.people"]._of(
            rule, record, self.step_id, run, self.user_id
        )
        targets = []
        for channel in channels.filtered("active"):
            if not channel._kind()._is_personal:
                targets.append((self.env["scrm.notice.people"]._nobody(), channel))
        personal = self._personal(channels)
        for one in people:
            preferred = one.partner.scrm_notice_channel_id
            own = preferred if one.is_customer and preferred.active else personal
            targets += [(one, channel) for channel in own]
        return targets

    def _delivery(self, rule, record, recipient, channel, urgent) -> dict:
        kind = channel._kind()
        texts = self.env["scrm.notice.text"]
        words = texts._message(rule, self, record, recipient)
        words |= texts._from_templates(rule, channel.kind, record, recipient)
        is_somebody = kind._is_personal and recipient.partner
        problem = self._obstacle(recipient, kind) if is_somebody else None
        due_at, digest_at = self._due(rule, recipient, urgent)
        return {
            "event_id": self.id,
            "rule_id": rule.id,
            "res_model": self.res_model,
            "res_id": self.res_id,
            "partner_id": recipient.partner.id,
            "user_id": recipient.user.id,
            "channel_id": channel.id,
            "is_outside": channel.is_outside,
            "number": 1,
            "reasons": recipient.reasons,
            **words,
            "is_urgent": urgent,
            "due_at": due_at,
            "digest_at": digest_at,
            "state": "skipped" if problem else "collected" if digest_at else "due",
            "problem": problem or False,
        }

    def _obstacle(self, recipient, kind) -> list | None:
        """Why somebody gets no message this way, as ``scrm.notice.problem`` says."""
        if recipient.is_customer and recipient.partner.scrm_notice_opt_out:
            return ["opted_out", {}]
        return kind._unreachable(recipient.partner, recipient.user)

    def _due(self, rule, recipient, urgent):
        """When the message goes out, and when its digest, if it goes into one."""
        hours = {"delay": rule.delay_hours, "repeat": rule.delay_hours}
        moment = self.at + timedelta(hours=hours.get(rule.timing, 0))
        if urgent:
            return moment, False
        every, hour = self._pace(rule, recipient.user)
        is_digest = every in ("hour", "day")
        if is_digest:
            zone = recipient.partner.tz or self.env.company.partner_id.tz or "UTC"
            moment = notices.digest_at(moment, zone, every, hour)
        moment = self._after_quiet(rule, recipient.partner, recipient.user, moment)
        return moment, moment if is_digest else False

    def action_retry(self):
        """Look at failed events once more.

        :raise AccessError: the caller is no flow manager
        """
        self.env["scrm.notice.delivery"]._check_manager()
        self.check_access("read")
        # sudo: a manager who may read the records
        failed = self.sudo().filtered(lambda event: event.state == "error")
        failed.write({"state": "new", "error": False})
        return True


class ScrmFlowLog(models.Model):
    """Whatever the log of a flow keeps may be what a rule waits for."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.log"

    @api.model
    def _insert(self, rows, heads, along):
        result = super()._insert(rows, heads, along)
        rules = self.env["scrm.notice.rule"]
        events = []
        for row in rows:
            if not rules._concerning(row["res_model"]).get(row["event"]):
                continue
            run = self.env["scrm.flow.run"].browse(row["run_id"])
            if rules._of(
                row["res_model"], row["event"], run.flow_id.id, row.get("node_key")
            ):
                events.append(
                    {
                        "key": f"log:{row['run_id']}:{row['sequence']}",
                        "name": row["event"],
                        "res_model": row["res_model"],
                        "res_id": row["res_id"],
                        "run_id": row["run_id"],
                        "step_id": row.get("step_id"),
                        "node_key": row.get("node_key"),
                        "user_id": row.get("user_id"),
                        "at": row["at"],
                    }
                )
        if events:
            # sudo: the engine's own rows, whoever moves the record
            self.env["scrm.notice.event"].sudo()._insert(events)
        return result
