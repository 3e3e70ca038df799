import logging
import time
from datetime import timedelta

import requests

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.scrm_flow.engine import notices

from ..engine import payout

_logger = logging.getLogger(__name__)

#: Seconds beyond the timeout of a provider after which its caller is given up.
GRACE = 120
#: Bytes of an answer that are read.
LIMIT = 65536
#: How long an order waits for somebody to remove what hinders it.
PATIENCE = timedelta(hours=1)


class ScrmSettlementPayout(models.Model):
    """Handing orders to the provider, of which nothing can be undone.

    An order is marked ``sending`` and committed, then the provider is called with no
    transaction open, then its answer is written and committed. Whoever dies between
    leaves the mark; after its lease the order is sent again, by the same number and in
    the same words, so that the provider pays it once. Only signed words count: an
    error page, a timeout or a cut line leaves the order waiting for its next attempt.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.settlement.payout"

    @api.model
    def _cron_send(self):
        """Send what is due and ask for what nobody answered."""
        self._end_leases()
        self.env["scrm.flow.work"]._in_chunks(self._send_next, 1)

    @api.model
    def _send_next(self, _done):
        """Call the provider for one order; how many there were."""
        order = self._claim()
        if order:
            order._call()
        return len(order)

    @api.model
    def _end_leases(self):
        """What dead processes left waits for its next attempt again."""
        # real time: how long a process lives is no business of the product's clock
        self.env.execute_query(
            SQL(
                """
                UPDATE scrm_settlement_payout
                   SET state = 'due', lease_until = NULL
                 WHERE id IN (SELECT id FROM scrm_settlement_payout
                               WHERE state = 'sending' AND lease_until < %s
                                 FOR NO KEY UPDATE SKIP LOCKED)
             RETURNING id
                """,
                fields.Datetime.now(),
            )
        )
        self.invalidate_model()
        self.env["ir.cron"]._commit_progress()

    @api.model
    def _claim(self):
        """The next order to call for, marked and committed; empty without any."""
        while True:
            self.flush_model()
            now = self.env["scrm.clock"].now()
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT id FROM scrm_settlement_payout
                     WHERE next_at <= %s AND state IN ('due', 'accepted', 'paid')
                  ORDER BY next_at, id LIMIT 1
                       FOR NO KEY UPDATE SKIP LOCKED
                    """,
                    now,
                )
            )
            order = self.browse(row[0] for row in rows)
            if not order:
                return order
            order.invalidate_recordset()
            is_going = order._prepare_call(now)
            self.env["ir.cron"]._commit_progress()
            if is_going:
                return order

    def _prepare_call(self, now):
        """Mark a claimed order; whether the provider is to be called for it."""
        if self.state == "paid":  # paid, but the books did not take it
            self._enter()
            return False
        if self.state == "due" and not self.attempts:
            fault = self._hindrance()
            if fault:
                self._step({"fault": fault, "next_at": now + PATIENCE})
                self._wake()
                return False
        vals = {
            "attempts": self.attempts + 1,
            "lease_until": fields.Datetime.now()  # real time, as above
            + timedelta(seconds=self.provider_id.timeout + GRACE),
        }
        if not self.attempts:
            # sudo: what is sent is the system's, with the payee's account in it
            self.sudo()._step({"payload": self._make_payload()})
        if self.state == "due":
            vals["state"] = "sending"
        # should this process die, it is asked for again after its lease
        vals["next_at"] = notices.retry_at(now, self.attempts + 1) or now + timedelta(
            days=1
        )
        self._step(vals)
        return True

    def _call(self):
        """Call the provider and note its answer."""
        self.ensure_one()
        try:
            answer = self._ask(*self._words())
        except (payout.Unreadable, requests.RequestException, UserError) as error:
            self._unknown(error)
            return
        try:
            self._take(answer)
        except UserError as error:
            _logger.warning("payout order %s: %s", self.name, error)

    def _words(self):
        """(address, headers, body, seconds to wait) of this order."""
        provider = self.provider_id
        url, _secret = provider._connection()
        # sudo: as it was made when it was first sent
        body = payout.body(self.sudo().payload)
        headers = provider._headers(self.name, body)
        return f"{url}/payouts", headers, body, provider.timeout

    def _ask(self, url, headers, body, seconds):
        """What the provider says to this order, in signed words.

        :raise Unreadable: it does not say it in signed words
        :raise RequestException: it does not answer
        """
        # no transaction is open while the provider is waited for
        self.env["ir.cron"]._commit_progress()
        deadline = time.monotonic() + seconds
        with requests.post(
            url,
            data=body,
            headers=headers,
            timeout=seconds,
            allow_redirects=False,
            stream=True,
        ) as response:
            content = b""
            for part in response.iter_content(8192):
                content += part
                if len(content) > LIMIT or time.monotonic() > deadline:
                    raise payout.Unreadable(str(response.status_code))
        if not self.provider_id._is_from_provider(response.headers, content):
            raise payout.Unreadable(str(response.status_code))
        answer = payout.read(content)
        if answer.order != self.name:
            raise payout.Unreadable("order")
        return answer

    def _unknown(self, error):
        """Nobody knows whether it was taken: the same order again, later."""
        self._lock_order()
        if self.state not in ("sending", "accepted"):
            return  # the provider reported meanwhile
        if isinstance(error, requests.RequestException):
            # without the address: it may hold a key
            words = self.env._(
                "The provider did not answer (%s).", type(error).__name__
            )
        elif isinstance(error, payout.Unreadable):
            words = self.env._("The provider gave no signed answer (%s).", error)
        else:
            words = str(error)
        vals = {"fault": words, "lease_until": False}
        if self.state == "sending":
            vals["state"] = "due"
        self._step(vals)
        self._wake()
