import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import notices
from ..notices.channel_kind import NotDelivered, NotKnown

_logger = logging.getLogger(__name__)

#: Messages that a channel gets before the next one has its turn.
TURN = 20
#: Seconds beyond the timeout of a channel after which its sender is given up.
GRACE = 120


class ScrmNoticeDelivery(models.Model):
    """Sending by gateways outside, of which nothing can be undone.

    Each message is marked ``sending`` and committed, then the gateway is called with
    no transaction open, then its answer is written and committed. Whoever dies
    between leaves the mark: after its lease the message is tried again where the
    gateway drops what it already has, and is ``uncertain`` elsewhere. A gateway that
    does not answer rests for a while and harms no other channel.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.notice.delivery"

    @api.model
    def _cron_call(self):
        self._call_due()

    @api.model
    def _call_due(self) -> int:
        """Hand to gateways what is due; commits before and after each call."""
        self._end_leases()
        now = self.env["scrm.clock"].now()
        total, time_left, busy = 0, True, True
        while busy and time_left:
            busy = False
            for channel in self._channels_with_work(now):
                for _number in range(TURN):
                    delivery = self._claim_for(channel, now)
                    if not delivery:
                        break
                    total += 1
                    busy = True
                    is_well = delivery._hand_over(channel, now)
                    time_left = self.env["ir.cron"]._commit_progress(1)
                    if not is_well or not time_left:
                        break
        return total

    @api.model
    def _channels_with_work(self, now):
        """Channels that have something due and do not rest, by one query."""
        self.flush_model()
        self.env["scrm.notice.channel"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT channel.id
                  FROM scrm_notice_channel channel
                 WHERE channel.is_outside
                   AND (channel.rests_until IS NULL OR channel.rests_until <= %(now)s)
                   AND EXISTS (SELECT 1
                                 FROM scrm_notice_delivery delivery
                                WHERE delivery.channel_id = channel.id
                                  AND delivery.state = 'due'
                                  AND delivery.is_outside
                                  AND delivery.due_at <= %(now)s)
                 ORDER BY channel.id
                """,
                now=now,
            )
        )
        self.env.invalidate_all(flush=False)
        return self.env["scrm.notice.channel"].browse(row_id for (row_id,) in rows)

    @api.model
    def _claim_for(self, channel, now):
        """One message of a channel, marked and committed; empty when there is none."""
        while True:
            self.flush_model()
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT id
                      FROM scrm_notice_delivery
                     WHERE state = 'due'
                       AND is_outside
                       AND channel_id = %s
                       AND due_at <= %s
                     ORDER BY due_at, id
                     LIMIT 1
                       FOR NO KEY UPDATE SKIP LOCKED
                    """,
                    channel.id,
                    now,
                )
            )
            delivery = self.browse(delivery_id for (delivery_id,) in rows)
            if not delivery:
                return delivery
            going = delivery._sift(now)
            going._make_digests()
            if going.state == "due":
                # the server's own time: how long a process lives is no business;
                # sudo: the timeout stands beside secrets, and only it is read
                lease = timedelta(seconds=channel.sudo().timeout + GRACE)
                going.write(
                    {
                        "state": "sending",
                        "attempts": going.attempts + 1,
                        "lease_until": fields.Datetime.now() + lease,
                    }
                )
            self.env["ir.cron"]._commit_progress()
            if going.state == "sending":
                return going

    def _hand_over(self, channel, now) -> bool:
        """Call the gateway and keep its answer; whether it is well."""
        kind = channel._kind()
        try:
            reference = kind._call(self)
        except NotDelivered as problem:
            self._refused(problem.problem, now, problem.is_final)
            return problem.is_final or self._rest(channel, problem.problem, now)
        except NotKnown as problem:
            if kind._is_idempotent:
                self._refused(problem.problem, now)
            else:
                self._doubt(problem.problem)
            return self._rest(channel, problem.problem, now)
        except Exception as error:
            # it may have happened on the way there or on the way back
            _logger.exception("notification %s: the gateway's kind failed", self.id)
            self._doubt(f"{type(error).__name__}: {error}")
            return True
        self.write(
            {
                "state": "sent",
                "sent_at": now,
                "problem": False,
                "lease_until": False,
                "gateway_ref": reference or False,
            }
        )
        self._after_sending(now)
        if channel.failures:
            # sudo: what the cron learnt of the channel
            channel.sudo().write(
                {"failures": 0, "problem": False, "rests_until": False}
            )
        return True

    def _refused(self, problem, now, is_final=False):
        """The gateway surely did not take it: later again, or never."""
        again = None if is_final else notices.retry_at(now, self.attempts)
        vals = {"problem": problem, "lease_until": False}
        if again:
            self.write({**vals, "state": "due", "due_at": again})
        else:
            (self + self._items()).write({**vals, "state": "failed"})

    def _doubt(self, problem):
        """Nobody knows whether it was taken; people decide."""
        (self + self._items()).write(
            {"state": "uncertain", "problem": problem, "lease_until": False}
        )

    def _rest(self, channel, problem, now) -> bool:
        """Leave a gateway alone for a while that does not do its work."""
        failures = channel.failures + 1
        until = notices.retry_at(now, min(failures, len(notices.RETRY_MINUTES)))
        # sudo: what the cron learnt of the channel
        channel.sudo().write(
            {"failures": failures, "problem": problem, "rests_until": until}
        )
        return False

    @api.model
    def _end_leases(self):
        """What dead processes left: again where that is safe, else in doubt."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id
                  FROM scrm_notice_delivery
                 WHERE state = 'sending' AND lease_until < %s
                   FOR NO KEY UPDATE SKIP LOCKED
                """,
                fields.Datetime.now(),
            )
        )
        for delivery in self.browse(delivery_id for (delivery_id,) in rows):
            if delivery.channel_id._kind()._is_idempotent:
                delivery.write({"state": "due", "lease_until": False})
            else:
                delivery._doubt(["server_stopped", {}])
        self.env["ir.cron"]._commit_progress()

    @api.model
    def _run_all(self):
        count = super()._run_all()
        return count + self._call_due()
