import json
from datetime import timedelta
from types import SimpleNamespace

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.scrm_ticket.doors import signature

from ..shops.order import NoOrder
from ..shops.platform import Unanswered

#: What stands before the key of a shop in the name of its conversations: chat
#: accounts have keys without a dot.
PREFIX = "shop."
#: What changed shortly before the last look is asked for once more.
OVERLAP = timedelta(minutes=10)
#: How far back the first look goes.
FIRST = timedelta(days=1)


class ScrmShop(models.Model):
    """A shop on a platform, whose orders and conversations arrive here.

    What the platform sends to :attr:`url`, or answers when it is asked, is written
    down first (``scrm.shop.entry``): nothing is lost where it cannot be used yet.
    """

    _name = "scrm.shop"
    _inherit = "scrm.door.talk.mixin"
    _description = "Shop"
    _door_path = "/scrm/shop"

    name = fields.Char(help="The shop, as customers know it.")
    platform = fields.Selection(
        selection=lambda self: self.env["scrm.shop.platform"]._selection(),
        required=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    app_key = fields.Char(groups="scrm_opportunity.group_manager", copy=False)
    secret = fields.Char(
        string="App Secret",
        groups="scrm_opportunity.group_manager",
        copy=False,
        help="Signs what the platform sends and what it is asked.",
    )
    token = fields.Char(
        string="Access Token",
        groups="scrm_opportunity.group_manager",
        copy=False,
        help="With which the platform is asked: the session of the shop's owner.",
    )
    api_url = fields.Char(
        string="Platform's Address",
        groups="scrm_opportunity.group_manager",
        help="Empty: the one of the platform. Of an own shop: where its orders are "
        "asked for.",
    )
    asks = fields.Boolean(
        string="Ask for Changes",
        help="Every ten minutes, beside what the platform sends by itself.",
    )
    asked_until = fields.Datetime(readonly=True, copy=False)
    ask_error = fields.Char(string="Last Refusal", readonly=True, copy=False)
    answer_channel_id = fields.Many2one(
        domain="[('kind', 'in', ['douyin_chat', 'webhook'])]"
    )
    freight_product_id = fields.Many2one(
        "product.product",
        string="Freight",
        domain="[('type', '=', 'service')]",
        help="On the order, when the customer paid for the parcel.",
    )
    entry_ids = fields.One2many("scrm.shop.entry", "shop_id", string="Arrivals")
    failed_count = fields.Integer(compute="_compute_counts", string="Not Used")
    order_count = fields.Integer(compute="_compute_counts", string="Orders")

    _key_unique = models.Constraint("UNIQUE(key)", "Another shop already has this key.")

    def _compute_counts(self):
        failed = self.env["scrm.shop.entry"]._read_group(
            [("shop_id", "in", self.ids), ("state", "=", "failed")],
            ["shop_id"],
            ["__count"],
        )
        orders = self.env["sale.order"]._read_group(
            [("scrm_shop_id", "in", self.ids)], ["scrm_shop_id"], ["__count"]
        )
        failed, orders = dict(failed), dict(orders)
        for shop in self:
            shop.failed_count = failed.get(shop, 0)
            shop.order_count = orders.get(shop, 0)

    @api.constrains("secret", "platform")
    def _check_secret(self):
        for shop in self:
            if shop.platform in ("shop", "pos") and shop.secret:
                if not shop.secret.startswith("whsec_"):
                    raise ValidationError(
                        self.env._(
                            "The secret of “%s” begins with whsec_ and is of base64: "
                            "make one by the button.",
                            shop.name,
                        )
                    )

    def _kind(self):
        """The platform's class."""
        return self.env["scrm.shop.platform"]._kind(self.platform)

    def _acting(self):
        """The shop as its user sees it, who does what follows from arrivals."""
        # sudo: who acts is written on the shop
        user = self.sudo().user_id
        return self.with_user(user).with_company(self.sudo().company_id).sudo()

    # Conversations

    def _account(self):
        """What a chat account is for the tickets: see ``scrm.door.chat``."""
        return SimpleNamespace(
            key=f"{PREFIX}{self.key}",
            platform=self._kind()._channel,
            # sudo off again: the rights to the template are the user's own
            template_id=self.template_id.sudo(False),
            urgent_words=self.urgent_words,
            join_hours=self.join_hours,
            intake="ticket",
            keep_hours=0,
        )

    def _answer_address(self, ticket):
        """Whom the platform knows the customer of a ticket as, and what is answered."""
        _shop, _group, sender = ticket.scrm_chat_sender.split(":", 2)
        message = ticket._scrm_last_chat_id().partition(":")[2]
        conversation = ticket.scrm_chat_thread or ""
        return json.dumps(
            {"to": sender, "conversation": conversation, "message": message}
        )

    # Asking for what changed

    @api.model
    def _cron_ask(self):
        shops = self.search([("asks", "=", True)])
        self.env["ir.cron"]._commit_progress(remaining=len(shops))
        for shop in shops:
            shop._ask()
            if not self.env["ir.cron"]._commit_progress(1):
                break
        self.env["scrm.shop.entry"]._cron_retry()

    def action_ask(self):
        """Ask the platform for what changed, now.

        :raise AccessError: the user may not change shops
        """
        self.check_access("write")
        for shop in self:
            # sudo: asked with keys that nobody sees
            shop.sudo()._ask()
        return True

    def _ask(self):
        """Take in what changed on the platform since the last look; where it does not
        say, the next look begins where this one did."""
        self.ensure_one()
        now = self.env["scrm.clock"].now()
        since = (self.asked_until or now - FIRST) - OVERLAP
        kind = self._kind()
        try:
            for key, said in kind._changed(self, since, now):
                what, key = key if isinstance(key, tuple) else ("order", key)
                self.env["scrm.shop.entry"]._take(self, what, key, said)
        except (Unanswered, NoOrder) as problem:
            self.ask_error = str(problem)
            return False
        self.write({"asked_until": now, "ask_error": False})
        return True

    # Screens

    def action_new_secret(self):
        """Make a secret for a system of ours.

        :raise AccessError: the user may not change shops
        """
        self.check_access("write")
        for shop in self:
            shop.secret = signature.new_secret()

    def action_orders(self):
        """Open the orders of the shop."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Orders"),
            "res_model": "sale.order",
            "view_mode": "list,kanban,form",
            "domain": [("scrm_shop_id", "=", self.id)],
            "context": {"create": False},
        }

    def action_entries(self):
        """Open what arrived and could not be used."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "scrm_opportunity.scrm_shop_entry_action"
            ),
            "domain": [("shop_id", "=", self.id)],
            "context": {"search_default_failed": 1},
        }
