import logging
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..engine import notices
from .scrm_flow_work import INTERRUPTIONS

_logger = logging.getLogger(__name__)

#: Deliveries inside the database that are claimed, sent and committed together.
CHUNK = 100

#: Name of the event of a message by which somebody tries a rule.
TEST = "test"
NOT_SENT = frozenset({"failed", "uncertain"})
#: In the queue for e-mails or SMS, or on its way from there.
IN_QUEUE = frozenset({"queued", "sending"})


class ScrmNoticeDelivery(models.Model):
    """One message to one recipient by one channel, unique for ever.

    ``due``: waits for its moment;
    ``collected``: waits for its digest;
    ``sending``: handed to a gateway outside right now;
    ``queued``: in the queue for e-mails or SMS;
    ``sent``: arrived where it could be handed over;
    ``uncertain``: nobody knows whether the gateway took it; it can be sent again;
    ``failed``: given up, see the reason; it can be sent again;
    ``cancelled``: what it was about does not last any more;
    ``merged``: the same text went out in another message;
    ``skipped``: the recipient cannot be reached this way, or does not want it.
    """

    _name = "scrm.notice.delivery"
    _inherit = "scrm.flow.trace.mixin"
    _description = "Notification"
    _order = "due_at desc, id desc"
    _rec_name = "subject"
    _log_access = False

    event_id = fields.Many2one("scrm.notice.event", readonly=True, ondelete="cascade")
    rule_id = fields.Many2one("scrm.notice.rule", readonly=True, ondelete="set null")
    partner_id = fields.Many2one(
        "res.partner", string="Recipient", readonly=True, ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    channel_id = fields.Many2one(
        "scrm.notice.channel", required=True, readonly=True, ondelete="restrict"
    )
    is_outside = fields.Boolean(readonly=True)
    number = fields.Integer(
        string="No.", readonly=True, help="Which one, where it is told repeatedly."
    )
    reasons = fields.Json(readonly=True, help="Why this recipient gets it, by key.")
    why = fields.Char(
        string="Told Because",
        compute="_compute_why",
        help="Why this recipient gets it.",
    )
    subject = fields.Char(readonly=True)
    body = fields.Text(string="Text", readonly=True)
    body_html = fields.Html(string="E-Mail", readonly=True, sanitize="email_outgoing")
    is_urgent = fields.Boolean(string="Urgent", readonly=True)
    due_at = fields.Datetime(string="Due", required=True, readonly=True)
    digest_at = fields.Datetime(string="Digest of", readonly=True)
    digest_id = fields.Many2one(
        "scrm.notice.delivery", string="Told in", readonly=True, ondelete="set null"
    )
    state = fields.Selection(
        [
            ("due", "Waiting"),
            ("collected", "Waiting for its digest"),
            ("sending", "Being sent"),
            ("queued", "Handed to the queue"),
            ("sent", "Sent"),
            ("uncertain", "Uncertain"),
            ("failed", "Failed"),
            ("cancelled", "Not needed any more"),
            ("merged", "Sent with another"),
            ("skipped", "Cannot be reached"),
        ],
        required=True,
        readonly=True,
    )
    attempts = fields.Integer(readonly=True)
    lease_until = fields.Datetime(readonly=True)
    sent_at = fields.Datetime(string="Sent on", readonly=True)
    problem = fields.Json(
        readonly=True, help="Why it did not arrive, by key, or a text from outside."
    )
    error = fields.Text(string="Reason", compute="_compute_error")
    gateway_ref = fields.Char(string="Reference of the Gateway", readonly=True)
    mail_id = fields.Many2one("mail.mail", readonly=True, ondelete="set null")
    sms_id = fields.Many2one("sms.sms", readonly=True, ondelete="set null")

    _once = models.UniqueIndex(
        "(event_id, rule_id, COALESCE(partner_id, 0), channel_id, number) "
        "WHERE event_id IS NOT NULL"
    )
    _digest_once = models.UniqueIndex(
        "(COALESCE(partner_id, 0), channel_id, digest_at) "
        "WHERE event_id IS NULL AND state = 'due'"
    )
    _inside_idx = models.Index(
        "(due_at, id) WHERE state = 'due' AND is_outside IS NOT TRUE"
    )
    _outside_idx = models.Index(
        "(channel_id, due_at, id) WHERE state = 'due' AND is_outside"
    )
    _sending_idx = models.Index("(lease_until) WHERE state = 'sending'")
    _trouble_idx = models.Index("(id) WHERE state IN ('failed', 'uncertain')")
    _digest_idx = models.Index("(digest_id) WHERE digest_id IS NOT NULL")
    _record_idx = models.Index("(res_model, res_id)")
    _recipient_idx = models.Index("(partner_id, channel_id, sent_at)")
    _mail_idx = models.Index("(mail_id) WHERE mail_id IS NOT NULL")
    _sms_idx = models.Index("(sms_id) WHERE sms_id IS NOT NULL")

    @api.depends("reasons", "res_model")
    @api.depends_context("lang")
    def _compute_why(self):
        people = self.env["scrm.notice.people"]
        for delivery in self:
            delivery.why = people._reason_words(delivery.reasons, delivery.res_model)

    @api.depends("problem")
    @api.depends_context("lang")
    def _compute_error(self):
        problems = self.env["scrm.notice.problem"]
        for delivery in self:
            delivery.error = problems._words(delivery.problem)

    # Putting in --------------------------------------------------------------

    @api.model
    def _insert(self, rows: list[dict]) -> int:
        """Write deliveries with one statement; those that exist already stay out.

        :param rows: values by field name
        :return: how many are new
        """
        for row in rows:
            if row["state"] == "collected":
                row["digest_id"] = self._digest_of(row)
        if not rows:
            return 0
        insert = self._insert_sql(rows)
        self.env.cr.execute(SQL("%s ON CONFLICT DO NOTHING", insert))
        return self.env.cr.rowcount

    # Sending inside the database ---------------------------------------------

    @api.model
    def _cron_send(self):
        self._send_due()

    @api.model
    def _send_due(self) -> int:
        """Send what is due and stays in our database; commits after each chunk."""
        now = self.env["scrm.clock"].now()

        def work(total):
            claimed = self._claim(now)
            if len(claimed) == CHUNK and not total:
                self._call_for_help("scrm_flow.ir_cron_notice_send_2")
            claimed._sift(now)._send_all(now)
            return len(claimed)

        return self.env["scrm.flow.work"]._in_chunks(work, CHUNK)

    @api.model
    def _call_for_help(self, *xmlids):
        for xmlid in xmlids:
            if cron := self.env.ref(xmlid, raise_if_not_found=False):
                cron._trigger()

    @api.model
    def _claim(self, now):
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id
                  FROM scrm_notice_delivery
                 WHERE state = 'due'
                   AND is_outside IS NOT TRUE
                   AND due_at <= %s
                 ORDER BY due_at, id
                 LIMIT %s
                   FOR NO KEY UPDATE SKIP LOCKED
                """,
                now,
                CHUNK,
            )
        )
        return self.browse(delivery_id for (delivery_id,) in rows)

    def _sift(self, now):
        """Those of the claimed ones that go out now; the others get their state."""
        records = self._records()
        lasting = self.filtered(lambda one: one._lasts(records.get(one.id)))
        (self - lasting).write({"state": "cancelled"})
        return lasting._aim(records, now)._merge_equal()._within_caps(now)

    def _lasts(self, record) -> bool:
        """Whether it is still to be told.

        :param record: the business record, None when it is gone
        """
        rule = self.rule_id
        if not self.event_id:
            return True  # a digest looks at what is in it
        if record is None:
            return False
        if rule.timing not in ("delay", "repeat") or not rule.only_lasting:
            if rule.timing != "repeat":
                return True
        step = self.event_id.step_id
        if step and step.state != "open":
            return False
        run = self.event_id.run_id
        if run and not step and run.state not in ("running", "incident"):
            return False
        return rule._holds(record)

    def _merge_equal(self):
        """The first of those that say the same to the same person."""
        seen, rest = {}, self.browse()
        for delivery in self:
            words = (
                delivery.partner_id.id,
                delivery.channel_id.id,
                delivery.subject,
                delivery.body,
                delivery.res_model,
                delivery.res_id,
            )
            if delivery.event_id and words in seen:
                delivery.write({"state": "merged", "digest_id": seen[words]})
                continue
            seen[words] = delivery.id
            rest += delivery
        return rest

    def _within_caps(self, now):
        """Those that their recipients can get in this hour; the others wait."""
        rest = self.browse()
        groups = self.grouped("channel_id")
        for channel in self.channel_id.sorted("id"):
            group = groups[channel]
            if not channel.cap_per_hour:
                rest += group
                continue
            taken = self._taken(channel, group.partner_id, now)
            for delivery in group:
                moments = taken.setdefault(delivery.partner_id.id, [])
                at = now
                if not delivery.is_urgent:
                    at = notices.free_at(now, moments, channel.cap_per_hour)
                if at > now:
                    delivery.write({"due_at": at})
                else:
                    moments.append(now)
                    rest += delivery
        return rest.sorted(lambda delivery: (delivery.due_at, delivery.id))

    @api.model
    def _taken(self, channel, partners, now) -> dict[int, list]:
        """When these people got messages by a channel in the last hour.

        Who counts what somebody got keeps others from counting for the same person
        until the end of the transaction, in the same order everywhere. What those
        have committed meanwhile is not in our snapshot: it is read past it.
        """
        self.flush_model()
        for partner in partners.sorted("id"):
            self.env.cr.execute(
                SQL("SELECT pg_advisory_xact_lock(%s, %s)", channel.id, partner.id)
            )
        with self.env.registry.cursor() as cr:
            cr.execute(
                SQL(
                    """
                    SELECT partner_id, COALESCE(sent_at, %(now)s)
                      FROM scrm_notice_delivery
                     WHERE partner_id = ANY(%(partners)s)
                       AND channel_id = %(channel)s
                       AND (sent_at > %(since)s OR state = 'sending')
                       AND digest_id IS NULL
                    """,
                    partners=partners.ids,
                    channel=channel.id,
                    now=now,
                    since=now - timedelta(hours=1),
                )
            )
            rows = cr.fetchall()
        taken = {}
        for partner_id, sent_at in rows:
            taken.setdefault(partner_id, []).append(sent_at)
        return taken

    def _send_all(self, now):
        """Channel by channel; when one fails, each of its messages for itself."""
        for channel, group in self.grouped("channel_id").items():
            group._make_digests()
            group = group.filtered(lambda delivery: delivery.state == "due")
            try:
                with self.env.cr.savepoint():
                    group._send_by(channel, now)
                continue
            except INTERRUPTIONS:
                raise  # not the messages' fault: the whole chunk is repeated
            except Exception as error:
                _logger.info("notifications are sent one by one: %s", error)
            for delivery in group:
                delivery._send_alone(channel, now)

    def _send_alone(self, channel, now):
        try:
            with self.env.cr.savepoint():
                self._send_by(channel, now)
        except INTERRUPTIONS:
            raise  # as above
        except Exception as error:
            # the savepoint undid what was done; the delivery keeps the reason
            if not isinstance(error, UserError):
                _logger.exception("notification %s was not sent", self.id)
            self._put_off(str(error) or type(error).__name__, now)

    def _send_by(self, channel, now):
        if not self:
            return
        channel._kind()._send(self)
        for delivery in self:
            vals = {"sent_at": now, "attempts": delivery.attempts + 1, "problem": False}
            if delivery.state == "due":  # the kind may have set another one
                vals["state"] = "sent"
            delivery.write(vals)
        self._after_sending(now)

    def _after_sending(self, now):
        """What follows from messages that went out."""
        for delivery in self:
            delivery._items().write(
                {"state": delivery.state, "sent_at": now, "problem": False}
            )
        self._insert([row for delivery in self for row in delivery._repetition(now)])

    def _repetition(self, now) -> list[dict]:
        """Values of the next one, where it is told again and again."""
        rule = self.rule_id
        if not self.event_id or rule.timing != "repeat" or not rule.active:
            return []
        if self.event_id.name == TEST:
            return []
        due_at = self.due_at + timedelta(hours=rule.repeat_hours)
        if due_at <= now:  # nobody was there to send it: not several at once
            due_at = now + timedelta(hours=rule.repeat_hours)
        if not self.is_urgent:
            due_at = self.event_id._after_quiet(
                rule, self.partner_id, self.user_id, due_at
            )
        names = "res_model res_id is_outside reasons subject body body_html is_urgent"
        return [
            {
                **{name: self[name] for name in names.split()},
                "event_id": self.event_id.id,
                "rule_id": rule.id,
                "partner_id": self.partner_id.id,
                "user_id": self.user_id.id,
                "channel_id": self.channel_id.id,
                "number": self.number + 1,
                "due_at": due_at,
                "state": "due",
            }
        ]

    # What became of it -------------------------------------------------------

    def _note_sent(self):
        """A queue says that these went out."""
        for delivery in self.filtered(lambda delivery: delivery.state in IN_QUEUE):
            vals = {"state": "sent", "lease_until": False}
            (delivery + delivery._items()).write(vals)

    def _note_failed(self, problem):
        """A queue says that these did not go out."""
        for delivery in self.filtered(lambda delivery: delivery.state in IN_QUEUE):
            vals = {"state": "failed", "problem": problem, "lease_until": False}
            vals["sent_at"] = False
            (delivery + delivery._items()).write(vals)

    def _put_off(self, problem, now):
        """Try again later, or give up, keeping the reason."""
        for delivery in self:
            attempts = delivery.attempts + 1
            again = notices.retry_at(now, attempts)
            vals = {"attempts": attempts, "problem": problem, "lease_until": False}
            if again:
                vals |= {"state": "due", "due_at": again}
            else:
                vals["state"] = "failed"
            delivery.write(vals)
            if not again:
                delivery._items().write({"state": "failed", "problem": problem})

    def _check_manager(self):
        if not self.env.user.has_group("scrm_flow.group_manager"):
            raise AccessError(
                self.env._("Only a flow manager may send notifications again.")
            )

    def action_resend(self):
        """Send once more what failed, or what nobody knows of.

        :raise AccessError: the caller is no flow manager
        :raise UserError: it went out, or still waits
        """
        self._check_manager()
        self.check_access("read")
        # sudo: a manager who may read the records; sending is the cron's work
        self.sudo()._resend()
        return True

    def _resend(self):
        """The same, for whoever was found to be allowed to."""
        if self.filtered(lambda delivery: delivery.state not in NOT_SENT):
            raise UserError(
                self.env._("Only failed and uncertain notifications are sent again.")
            )
        now = self.env["scrm.clock"].now()
        for delivery in self:
            whole = delivery.digest_id if delivery.digest_id.state in NOT_SENT else None
            again = whole or delivery
            vals = {"problem": False, "sent_at": False}
            again._items().write({**vals, "state": "collected"})
            again.write({**vals, "state": "due", "due_at": now, "attempts": 0})

    # For scenarios -----------------------------------------------------------

    @api.model
    def _run_all(self) -> int:
        """Let all happen that is due by now."""
        self.env["scrm.notice.event"]._expand_due()
        return self._send_due()


class ScrmFlowTimer(models.Model):
    """Where the clock of a scenario jumps, notifications go out as well."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.timer"

    @api.model
    def run_due(self):
        count = super().run_due()
        self.env["scrm.notice.delivery"].with_user(SUPERUSER_ID)._run_all()
        return count
