from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.scrm_flow.models.scrm_key_mixin import KEY_PATTERN

from ..fields import MaskedChar

#: Longest identity, in characters.
IDENTITY_LIMIT = 255


class ScrmCustomerChannel(models.Model):
    """By what a customer is known in a channel: the openid of an official account, the
    buyer's number of a shop, and the address or number it was first recognised by.

    A channel and identity mean one customer of a company. The index holds that also
    for two messages that come in at the same moment.
    """

    _name = "scrm.customer.channel"
    _inherit = "scrm.masking.mixin"
    _description = "Identity of a Customer in a Channel"
    _order = "channel, id"
    _rec_name = "channel"

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
    )
    channel = fields.Char(
        required=True, help="Its key: wechat, wecom, miniprogram, tmall, douyin."
    )
    identity = MaskedChar(
        masking="id", required=True, help="What the channel calls this customer."
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Company",
        required=True,
        default=lambda self: self.env.company,
        help="Each company has accounts of its own.",
    )

    _identity_unique = models.UniqueIndex(
        "(company_id, channel, identity)",
        "Another customer is known by this identity already.",
    )

    @api.constrains("channel", "identity")
    def _check_identity(self):
        for row in self:
            if not KEY_PATTERN.fullmatch(row.channel or ""):
                raise ValidationError(
                    self.env._(
                        "“%s” is no key of a channel: small letters, digits and "
                        "underscores.",
                        (row.channel or "")[:60],
                    )
                )
            if not (row.identity or "").strip() or len(row.identity) > IDENTITY_LIMIT:
                raise ValidationError(
                    self.env._(
                        "The identity in “%(channel)s” must have 1 to %(limit)s "
                        "characters.",
                        channel=row.channel,
                        limit=IDENTITY_LIMIT,
                    )
                )

    @api.model
    def _scrm_owner(self, channel, identity):
        """Who is known by an identity in the user's company: ``res.partner``."""
        found = self.search(
            [
                ("company_id", "=", self.env.company.id),
                ("channel", "=", channel),
                ("identity", "=", identity),
            ]
        )
        return found.partner_id

    @api.model
    def _scrm_queue(self, channel, identity):
        """From here on one after the other: what this customer sends by a channel.

        Who comes at the same moment fails with a SerializationFailure, also when it
        began before the other ended and comes here after it. Odoo then tries the
        request anew, which sees what became of the other.
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE scrm_customer_channel
                   SET write_date = now() AT TIME ZONE 'UTC'
                 WHERE company_id = %s AND channel = %s AND identity = %s
                """,
                self.env.company.id,
                channel,
                identity,
            ),
            log_exceptions=False,  # to come second is no fault
        )
        self.invalidate_model(["write_date"], flush=False)

    @api.model
    def _scrm_claim(self, partner, channel, identity):
        """Make an identity this customer's, whoever had it before.

        :return: whether it is; not when another transaction is just taking it
        """
        known = self.search(
            [
                ("company_id", "=", self.env.company.id),
                ("channel", "=", channel),
                ("identity", "=", identity),
            ]
        )
        if known:
            if known.partner_id != partner:
                known.partner_id = partner
            return True
        self.flush_model()
        partner.flush_recordset()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO scrm_customer_channel (
                       partner_id, channel, identity, company_id,
                       create_uid, write_uid, create_date, write_date)
                VALUES (%(partner)s, %(channel)s, %(identity)s, %(company)s,
                        %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC',
                        now() AT TIME ZONE 'UTC')
                    ON CONFLICT DO NOTHING
             RETURNING id
                """,
                partner=partner.id,
                channel=channel,
                identity=identity,
                company=self.env.company.id,
                uid=self.env.uid,
            ),
            log_exceptions=False,  # somebody else takes it just now
        )
        made = self.env.cr.fetchall()
        self.invalidate_model()
        partner.invalidate_recordset(["scrm_channel_ids"])
        return bool(made)
