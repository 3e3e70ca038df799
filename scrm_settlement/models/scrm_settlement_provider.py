import time
from datetime import datetime, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.scrm_ticket.doors import signature

#: Seconds that a message may be old, or ahead of our clock.
TOLERANCE = 300


class ScrmSettlementProvider(models.Model):
    """Who pays out for us: a payment provider with a signed interface.

    Address and secret are the system administrator's. What it pays is entered against
    its account: the money that lies with the provider.
    """

    _name = "scrm.settlement.provider"
    _inherit = "scrm.key.mixin"
    _description = "Payout Provider"
    _order = "name, id"
    _check_company_auto = True

    key = fields.Char(
        required=True,
        copy=False,
        help="Part of the address that the provider reports to.",
    )
    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    url = fields.Char(
        "Address",
        groups="base.group_system",
        copy=False,
        help="Orders are sent to this address followed by /payouts.",
    )
    secret = fields.Char(
        groups="base.group_system",
        copy=False,
        help="Signs orders, and the provider's answers and reports.",
    )
    report_url = fields.Char("Reports To", compute="_compute_report_url")
    timeout = fields.Integer(
        "Timeout (Seconds)",
        default=10,
        required=True,
        help="How long an answer of the provider is waited for.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        "Journal",
        required=True,
        ondelete="restrict",
        domain="[('type', 'in', ('bank', 'cash', 'general'))]",
        check_company=True,
        help="Payouts are entered here.",
    )
    account_id = fields.Many2one(
        "account.account",
        "Money at the Provider",
        required=True,
        ondelete="restrict",
        domain="[('account_type', 'in', ('asset_cash', 'asset_current'))]",
        check_company=True,
        help="Credited by what the provider paid out.",
    )

    _key_unique = models.Constraint(
        "UNIQUE (key)", "Another provider already has this key."
    )
    _timeout_positive = models.Constraint(
        "CHECK (timeout BETWEEN 1 AND 120)",
        "A provider is waited for between 1 and 120 seconds.",
    )

    @api.depends("key")
    def _compute_report_url(self):
        for provider in self:
            base = provider.get_base_url()
            provider.report_url = provider.key and f"{base}/scrm/payout/{provider.key}"

    @api.constrains("url")
    def _check_url(self):
        # sudo: the address is looked at, not shown
        for provider in self.sudo():
            if provider.url and not provider.url.startswith(("https://", "http://")):
                raise ValidationError(
                    self.env._(
                        "%(name)s: the address must begin with https:// or http://.",
                        name=provider.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.setdefault("secret", signature.new_secret())
        return super().create(vals_list)

    def _connection(self):
        """(address, secret).

        :raise UserError: one of them is missing
        """
        self.ensure_one()
        # sudo: used to send and to check, never shown
        provider = self.sudo()
        if not provider.url or not provider.secret:
            raise UserError(
                self.env._("%(name)s has no address or no secret yet.", name=self.name)
            )
        return provider.url.rstrip("/"), provider.secret

    def _headers(self, order, body):
        """Headers of a message of ours about an order."""
        _url, secret = self._connection()
        # the other side compares it with its own clock, which no test sets
        moment = int(time.time())
        return {
            "Content-Type": "application/json",
            "Idempotency-Key": order,
            "webhook-id": order,
            "webhook-timestamp": str(moment),
            "webhook-signature": signature.sign(secret, order, moment, body),
        }

    def _is_from_provider(self, headers, body):
        """Whether a message was signed by the provider, just now."""
        # sudo: compared only
        secret = self.sudo().secret
        moment = headers.get("webhook-timestamp") or ""
        # not the product's clock: see _headers
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        if not secret or not signature.is_recent(moment, now, TOLERANCE):
            return False
        sent = headers.get("webhook-signature") or ""
        message = headers.get("webhook-id") or ""
        return signature.is_signed([secret], sent, message, moment, body)
