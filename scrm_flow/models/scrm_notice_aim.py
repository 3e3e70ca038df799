import logging
from datetime import timedelta

import psycopg2

from odoo import models

from .scrm_notice_delivery import TEST

_logger = logging.getLogger(__name__)

#: It has not gone out yet.
PENDING = frozenset({"due", "collected", "sending"})


class ScrmNoticeDelivery(models.Model):
    """What had to wait goes to whoever is concerned when it goes out.

    Meanwhile the shift may have changed, the step may have been handed on, the
    customer may have said that he wants no messages. So people are looked for again,
    and the words are written again.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.notice.delivery"

    def _aim(self, records, now):
        """Those that go to who is still concerned; others get one instead of the rest.

        :param records: ID of a delivery -> its business record
        """
        rest = self.browse()
        for delivery in self:
            if not delivery._has_waited():
                rest += delivery
                continue
            try:
                with self.env.cr.savepoint():
                    rest += delivery._aim_one(records[delivery.id], now)
            except (psycopg2.OperationalError, psycopg2.InterfaceError):
                raise  # not the message's fault: the whole chunk is repeated
            except Exception as error:
                # the savepoint undid what was done; the delivery keeps the reason
                _logger.exception("notification %s has no recipient", delivery.id)
                delivery._put_off(f"{type(error).__name__}: {error}", now)
        return rest

    def _has_waited(self) -> bool:
        """Whether others may be concerned by now.

        What was handed to a gateway once stays whose it was.
        """
        event, rule = self.event_id, self.rule_id
        if not event or event.name == TEST or self.attempts:
            return False
        if self._waits_for_somebody():
            return True
        may_wait = rule.timing in ("delay", "repeat") or rule.holds_at_night
        return (may_wait or self.user_id.scrm_is_quiet) and self.due_at > event.at

    def _waits_for_somebody(self) -> bool:
        return not self.partner_id and self.channel_id._kind()._is_personal

    def _aim_one(self, record, now):
        """What goes out instead of this delivery: itself, with today's words, where it
        is still due to this recipient by this channel, and those of others."""
        lang = self.env.company.partner_id.lang or "en_US"
        event = self.event_id.with_context(lang=lang)
        rows = {
            (row["partner_id"], row["channel_id"]): row
            for row in event._rows(self.rule_id, record)
        }
        people = {key: row for key, row in rows.items() if self._is_somebody(*key)}
        mine = people.pop((self.partner_id.id, self.channel_id.id), None)
        others = self._tell_others(people.values(), now)
        if mine is None:
            self._let_go(rows, now)
            return others
        names = ("why", "subject", "body", "body_html", "is_urgent")
        self.write({name: mine.get(name, False) for name in names})
        if mine["state"] == "skipped":
            self.write({"state": "skipped", "error": mine["error"]})
            return others
        return self + others

    def _is_somebody(self, partner_id, channel_id) -> bool:
        channel = self.channel_id.browse(channel_id)
        return bool(partner_id) or not channel._kind()._is_personal

    def _let_go(self, rows, now):
        """Nobody gets this one; where it recurs the next one waits for somebody."""
        rule = self.rule_id
        is_nobody = not any(self._is_somebody(*key) for key in rows)
        if rule.timing == "repeat" and is_nobody:
            again = now + timedelta(hours=rule.repeat_hours)
            self._insert(
                [
                    {**row, "number": self.number + 1, "due_at": again}
                    for row in rows.values()
                ]
            )
        others = self.env._("Others are told by now, or by another channel.")
        nobody = self.env._("Nobody was concerned when it was due.")
        self.write({"state": "cancelled", "error": nobody if is_nobody else others})

    def _tell_others(self, rows, now):
        """Put in one for everybody who is concerned by now and has none.

        Whoever gets a step has an event of his own where a rule waits for that.

        :return: those that go out together with the claimed ones
        """
        event, rule = self.event_id, self.rule_id
        of_rule = [("event_id", "=", event.id), ("rule_id", "=", rule.id)]
        known = self.search(of_rule)
        served = {
            (one.partner_id.id, one.channel_id.id)
            for one in known
            if one.number >= self.number or one.state in PENDING
        }
        partners = handlers = self.env["res.partner"]
        if rule.event == "assigned" and rule.to_handlers:
            handlers = event.step_id._handlers().partner_id
        new = []
        for row in rows:
            partner = partners.browse(row["partner_id"] or [])
            if (partner.id, row["channel_id"]) in served or partner in handlers:
                continue
            due_at = self.due_at
            if not row["is_urgent"]:
                user = self.user_id.browse(row["user_id"] or [])
                due_at = event._after_quiet(rule, partner, user, now)
            new.append({**row, "number": self.number, "due_at": due_at})
        if not new or not self._insert(new) or self.is_outside:
            return self.browse()  # those to gateways are claimed one by one
        return (self.search(of_rule) - known).filtered(
            lambda one: one.state == "due" and not one.is_outside and one.due_at <= now
        )
