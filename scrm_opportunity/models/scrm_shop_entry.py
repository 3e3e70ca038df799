import json
import logging

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, LockError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.scrm_flow.models.scrm_flow_work import INTERRUPTIONS
from odoo.addons.scrm_ticket.fields_sealed import SealedJson

from ..shops.order import NoOrder
from ..shops.platform import Unanswered

_logger = logging.getLogger(__name__)

#: Times that an entry is tried by itself; afterwards somebody has to look.
ATTEMPTS = 6
#: Entries looked at together.
CHUNK = 50


class ScrmShopEntry(models.Model):
    """Something that arrived from a shop, as the platform said it.

    ``new``: written down; ``done``: an order, a message, or older than what is known;
    ``failed``: it cannot be used yet, see why; it can be tried again.
    """

    _name = "scrm.shop.entry"
    _description = "Arrival from a Shop"
    _order = "id desc"
    _rec_name = "key"

    shop_id = fields.Many2one(
        "scrm.shop", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="shop_id.company_id", store=True)
    kind = fields.Selection(
        [
            ("order", "Order"),
            ("message", "Message"),
            ("notice", "Order to be asked for"),
        ],
        required=True,
        readonly=True,
    )
    key = fields.Char(required=True, readonly=True, help="On the platform.")
    said = SealedJson(
        string="As It Was Said", readonly=True, groups="scrm_opportunity.group_manager"
    )
    state = fields.Selection(
        [("new", "New"), ("done", "Used"), ("failed", "Not used")],
        required=True,
        default="new",
        readonly=True,
    )
    error = fields.Text(string="Why", readonly=True)
    attempts = fields.Integer(readonly=True)
    at = fields.Datetime(string="Arrived", required=True, readonly=True)
    order_id = fields.Many2one(
        "sale.order", string="Order", readonly=True, ondelete="set null"
    )
    ticket_id = fields.Many2one(
        "helpdesk.ticket", string="Ticket", readonly=True, ondelete="set null"
    )

    _once = models.UniqueIndex("(shop_id, kind, key)")
    _open_idx = models.Index("(id) WHERE state <> 'done'")

    @api.model
    def _take(self, shop, kind, key, said):
        """Write down what arrived, once, and use it.

        :return: the entry; an earlier one where it arrived before
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO scrm_shop_entry (
                       shop_id, company_id, kind, key, said, state, attempts, at,
                       create_uid, write_uid, create_date, write_date)
                VALUES (%(shop)s, %(company)s, %(kind)s, %(key)s, %(said)s::jsonb,
                        'new', 0, %(at)s, %(uid)s, %(uid)s,
                        now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')
                    ON CONFLICT (shop_id, kind, key) DO NOTHING
             RETURNING id
                """,
                shop=shop.id,
                company=shop.company_id.id,
                kind=kind,
                key=key,
                said=json.dumps(self._fields["said"].kept(said, self.env)),
                at=self.env["scrm.clock"].now(),
                uid=self.env.uid,
            )
        )
        if not rows:
            return self.search(
                [("shop_id", "=", shop.id), ("kind", "=", kind), ("key", "=", key)]
            )
        entry = self.browse(rows[0][0])
        entry._use()
        return entry

    @api.model
    def _scrm_sealed_where(self):
        return SQL("TRUE")  # orders hold what the buyer wrote, too

    def _use(self):
        """Make an order or a message of it; where that fails nothing of it stays but
        the reason."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                vals = self._used()
            vals |= {"state": "done", "error": False}
        except INTERRUPTIONS:
            raise  # not the entry's fault: the request is repeated
        except LockError as problem:  # nor this: somebody is at the order or ticket
            raise ConcurrencyError(str(problem)) from problem
        except NoOrder as problem:
            vals = self._failure(self.env._("“%s” is missing or wrong.", str(problem)))
        except (UserError, Unanswered) as problem:
            vals = self._failure(str(problem))
        self.write({**vals, "attempts": self.attempts + 1})

    @api.model
    def _failure(self, reason):
        _logger.info("an arrival of a shop is not used: %s", reason)
        return {"state": "failed", "error": reason}

    def _used(self):
        """What became of it, as values of the entry."""
        shop = self.shop_id._acting()
        kind = shop._kind()
        said = self.said
        if self.kind == "notice":
            said = kind._order_asked(shop, said["order_id"])
        if self.kind == "message":
            return {"ticket_id": self._take_message(shop, kind, said).id}
        order = kind._order_of(shop, said)
        # the rights are the user's own
        taken = self.env["sale.order"].with_user(shop.user_id)
        taken = taken.with_company(shop.company_id)._scrm_take_order(shop, order)
        return {"order_id": taken.id}

    def _take_message(self, shop, kind, said):
        message = kind._message(shop, said)
        if not message:
            return self.env["helpdesk.ticket"]
        tickets = self.env["helpdesk.ticket"].with_user(shop.user_id)
        tickets = tickets.with_company(shop.company_id)
        ticket = tickets._scrm_take_chat(shop._account(), message)
        # sudo: what the platform says of the customer, and of the conversation
        ticket = ticket.sudo()
        if message.thread and ticket.scrm_chat_thread != message.thread:
            ticket.scrm_chat_thread = message.thread
        name = kind._sender_name(said)
        if name and ticket.partner_id.name == message.sender:
            ticket.partner_id.name = name
        return ticket

    # What could not be used

    def action_retry(self):
        """Try once more what could not be used.

        :raise AccessError: the user may not change arrivals
        """
        self.check_access("write")
        for entry in self.filtered(lambda one: one.state != "done"):
            # sudo: as when it arrived
            entry.sudo()._use()
        return True

    @api.model
    def _cron_retry(self):
        """Try by itself what may be possible by now; some times, not for ever."""
        domain = Domain("state", "!=", "done") & Domain("attempts", "<", ATTEMPTS)
        entries = self.search(domain, order="id", limit=CHUNK)
        for entry in entries:
            entry._use()
            if not self.env["ir.cron"]._commit_progress(1):
                break
