import logging
from datetime import timedelta

from odoo import models

from .scrm_flow_work import INTERRUPTIONS
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
            except INTERRUPTIONS:
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
        rule = self.rule_id
        lang = self.env.company.partner_id.lang or "en_US"
        event = self.event_id.with_context(lang=lang)
        targets, _channels, urgent = event._aims(rule, record)
        aims = {(one.partner.id, channel.id): one for one, channel in targets}
        others = self._tell_others(event, record, aims, urgent, now)
        key = (self.partner_id.id, self.channel_id.id)
        if key not in aims:
            self._let_go(any(partner_id for partner_id, _channel_id in aims), now)
            return others
        mine = event._delivery(rule, record, aims[key], self.channel_id, urgent)
        names = ("reasons", "subject", "body", "body_html", "is_urgent")
        self.write({name: mine.get(name, False) for name in names})
        if mine["state"] == "skipped":
            self.write({"state": "skipped", "problem": mine["problem"]})
            return others
        return self + others

    def _let_go(self, is_somebody, now):
        """Nobody gets this one; where it recurs the next one waits for somebody.

        :param is_somebody: whether others are told
        """
        rule = self.rule_id
        if rule.timing == "repeat" and not is_somebody:
            self._insert(
                [
                    {
                        "res_model": self.res_model,
                        "res_id": self.res_id,
                        "is_outside": self.is_outside,
                        "subject": self.subject,
                        "event_id": self.event_id.id,
                        "rule_id": rule.id,
                        "channel_id": self.channel_id.id,
                        "reasons": self.env["scrm.notice.people"]._nobody_yet().reasons,
                        "number": self.number + 1,
                        "due_at": now + timedelta(hours=rule.repeat_hours),
                        "state": "due",
                    }
                ]
            )
        problem = "others_told" if is_somebody else "nobody_concerned"
        self.write({"state": "cancelled", "problem": [problem, {}]})

    def _tell_others(self, event, record, aims, urgent, now):
        """Put in one for everybody who is concerned by now and has none.

        Whoever gets a step has an event of his own where a rule waits for that.

        :param aims: (ID of the partner, ID of the channel) -> ``Recipient``
        :return: those that go out together with the claimed ones
        """
        rule = self.rule_id
        of_rule = [("event_id", "=", event.id), ("rule_id", "=", rule.id)]
        known = self.search(of_rule)
        served = {
            (one.partner_id.id, one.channel_id.id)
            for one in known
            if one.number >= self.number or one.state in PENDING
        }
        handlers = self.env["res.partner"]
        if rule.event == "assigned" and rule.to_handlers:
            handlers = event.step_id._handlers().partner_id
        new = []
        for key, recipient in aims.items():
            if key in served or recipient.partner in handlers:
                continue
            channel = self.channel_id.browse(key[1])
            row = event._delivery(rule, record, recipient, channel, urgent)
            due_at = self.due_at
            if not urgent:
                due_at = event._after_quiet(
                    rule, recipient.partner, recipient.user, now
                )
            new.append({**row, "number": self.number, "due_at": due_at})
        if not new or not self._insert(new) or self.is_outside:
            return self.browse()  # those to gateways are claimed one by one
        return (self.search(of_rule) - known).filtered(
            lambda one: one.state == "due" and not one.is_outside and one.due_at <= now
        )
