from datetime import timedelta

from odoo import api, fields, models

from ..doors import signature
from ..doors.errors import Unproven

#: Seconds that a message may be old, or ahead of our clock.
TOLERANCE = 300
#: Days that the earlier secret is good after a new one was made.
OVERLAP_DAYS = 7


class ScrmDoorWebhook(models.Model):
    """A system that sends signed messages, each of which becomes a ticket."""

    _name = "scrm.door.webhook"
    _inherit = ["scrm.door.address.mixin", "scrm.door.user.mixin"]
    _description = "Webhook for Tickets"
    _door_path = "/scrm/hook"

    name = fields.Char(help="The system that sends.")
    template_id = fields.Many2one(
        help="Of all messages. Leave empty when messages name their template."
    )
    secret_ids = fields.One2many(
        comodel_name="scrm.door.webhook.secret",
        inverse_name="webhook_id",
        string="Secrets",
        copy=False,
    )

    _key_unique = models.Constraint(
        "UNIQUE(key)", "Another webhook already has this key."
    )

    @api.model_create_multi
    def create(self, vals_list):
        hooks = super().create(vals_list)
        for hook in hooks:
            if not hook.secret_ids:
                hook.action_new_secret()
        return hooks

    def action_new_secret(self):
        """Make a new secret; earlier ones are good for some days yet."""
        now = self.env["scrm.clock"].now()
        end = now + timedelta(days=OVERLAP_DAYS)
        for hook in self:
            for secret in hook.secret_ids:
                if not secret.valid_until or secret.valid_until > end:
                    secret.valid_until = end
            hook.secret_ids.create(
                {"webhook_id": hook.id, "value": signature.new_secret()}
            )

    def _good_secrets(self):
        """The secrets that messages may be signed with now."""
        now = self.env["scrm.clock"].now()
        return self.secret_ids.filtered(
            lambda secret: not secret.valid_until or secret.valid_until > now
        ).mapped("value")

    def _check_signature(self, headers, body):
        """Whether a message comes from who knows the secret, and just now.

        :param headers: name -> text
        :param body: bytes
        :return: the id of the message
        :raise Unproven: naming the header that is missing or wrong
        """
        sent = {}
        for part in ("id", "timestamp", "signature"):
            name = f"webhook-{part}"
            sent[part] = headers.get(name) or ""
            if not sent[part]:
                raise Unproven(self.env._("The header %s is missing.", name))
        moment = sent["timestamp"]
        if not (moment.isascii() and moment.isdecimal()):
            raise Unproven(
                self.env._(
                    "The header webhook-timestamp must be seconds since 1970, not "
                    "“%s”.",
                    moment[:40],
                )
            )
        if not signature.is_recent(moment, self.env["scrm.clock"].now(), TOLERANCE):
            raise Unproven(
                self.env._(
                    "The message was signed more than %s minutes before or after now. "
                    "Sign it anew, and check your clock.",
                    TOLERANCE // 60,
                )
            )
        if not signature.is_signed(
            self._good_secrets(), sent["signature"], sent["id"], moment, body
        ):
            raise Unproven(
                self.env._("The signature fits neither this message nor our secret.")
            )
        return sent["id"]


class ScrmDoorWebhookSecret(models.Model):
    """What sender and receiver know; it can be replaced without a gap."""

    _name = "scrm.door.webhook.secret"
    _description = "Secret of a Webhook"
    _order = "id desc"

    webhook_id = fields.Many2one(
        comodel_name="scrm.door.webhook",
        string="Webhook",
        required=True,
        ondelete="cascade",
        index=True,
    )
    value = fields.Char(string="Secret", required=True, readonly=True)
    valid_until = fields.Datetime(help="Leave empty while the secret is in use.")
