import secrets

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import SQL

#: Letters and digits of codes that nobody mixes up.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
#: So many of them make a code.
LENGTH = 10


class ScrmCouponCampaign(models.Model):
    """Coupons of which each customer gets one, with a code of his or her own.

    Where they are redeemed (a shop platform, the till) knows the codes: either they
    come from there, or the ones that are made here are entered there.
    """

    _name = "scrm.coupon.campaign"
    _inherit = "scrm.key.mixin"
    _description = "Coupons for Customers"
    _order = "id desc"

    name = fields.Char(required=True, translate=True)
    key = fields.Char(required=True, copy=False)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    valid_until = fields.Date(help="Nobody gets one after this day.")
    makes_codes = fields.Boolean(
        string="Make Codes Here",
        default=True,
        help="Else only the codes are given out that are entered below.",
    )
    prefix = fields.Char(help="What codes that are made here begin with.")
    new_codes = fields.Text(
        string="More Codes",
        compute="_compute_new_codes",
        inverse="_inverse_new_codes",
        help="As the shop gave them, one a line.",
    )
    coupon_ids = fields.One2many("scrm.coupon", "campaign_id", string="Coupons")
    given_count = fields.Integer(string="Given", compute="_compute_counts")
    free_count = fields.Integer(string="Left", compute="_compute_counts")
    used_count = fields.Integer(string="Redeemed", compute="_compute_counts")

    _key_unique = models.Constraint("UNIQUE(key)", "Another campaign has this key.")

    @api.depends("coupon_ids.partner_id", "coupon_ids.used_at")
    def _compute_counts(self):
        coupons = self.env["scrm.coupon"]
        rows = coupons._read_group(
            [("campaign_id", "in", self.ids)],
            ["campaign_id"],
            ["__count", "partner_id:count", "used_at:count"],
        )
        counts = {campaign: figures for campaign, *figures in rows}
        for campaign in self:
            total, given, used = counts.get(campaign, (0, 0, 0))
            campaign.given_count = given
            campaign.free_count = total - given
            campaign.used_count = used

    def _compute_new_codes(self):
        self.new_codes = False

    def _inverse_new_codes(self):
        for campaign in self:
            codes = [line.strip() for line in (campaign.new_codes or "").splitlines()]
            self.env["scrm.coupon"].create(
                [
                    {"campaign_id": campaign.id, "code": code}
                    for code in dict.fromkeys(codes)
                    if code
                ]
            )

    def _problem(self):
        """Why nobody gets one now, as ``scrm.notice.problem`` says; None when they are
        given out."""
        self.ensure_one()
        if not self.active:
            return ["coupon_over", {"campaign": self.name}]
        today = self.env["scrm.clock"].now().date()
        if self.valid_until and self.valid_until < today:
            return ["coupon_over", {"campaign": self.name}]
        return None

    def _give(self, partner, record):
        """The customer's coupon: the one of before, else a new one.

        :param record: what it is given for
        :raise UserError: there is none left
        """
        self.ensure_one()
        coupons = self.env["scrm.coupon"]
        own = [("campaign_id", "=", self.id), ("partner_id", "=", partner.id)]
        if coupon := coupons.search(own, limit=1):
            return coupon
        about = {
            "partner_id": partner.id,
            "ticket_id": record.id if record._name == "helpdesk.ticket" else False,
            "given_at": self.env["scrm.clock"].now(),
        }
        coupon = self._next_free()
        try:
            with self.env.cr.savepoint():
                if coupon:
                    coupon.write(about)
                elif self.makes_codes:
                    code = "".join(secrets.choice(ALPHABET) for _time in range(LENGTH))
                    code = f"{self.prefix or ''}{code}"
                    about |= {"campaign_id": self.id, "code": code}
                    coupon = coupons.create(about)
                else:
                    raise UserError(
                        self.env._("“%s” has no coupon code left.", self.name)
                    )
                coupons.flush_model()
        except UniqueViolation as error:
            # somebody gives this customer one just now: seen when it is tried anew
            raise ConcurrencyError(
                self.env._("The customer is being given a coupon.")
            ) from error
        return coupon

    def _next_free(self):
        """A code that nobody has and nobody else is just taking."""
        coupons = self.env["scrm.coupon"]
        coupons.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM scrm_coupon
                 WHERE campaign_id = %s AND partner_id IS NULL
              ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
                """,
                self.id,
            )
        )
        return coupons.browse([coupon_id for (coupon_id,) in rows])


class ScrmCoupon(models.Model):
    """One code, of one customer."""

    _name = "scrm.coupon"
    _description = "Coupon"
    _order = "id desc"
    _rec_name = "code"

    campaign_id = fields.Many2one(
        "scrm.coupon.campaign", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="campaign_id.company_id", store=True)
    code = fields.Char(required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", index="btree_not_null", readonly=True
    )
    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        string="Given for",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    given_at = fields.Datetime(string="Given", readonly=True)
    used_at = fields.Datetime(string="Redeemed", readonly=True)
    used_for = fields.Char(string="Order", readonly=True)

    _code_unique = models.Constraint(
        "UNIQUE(campaign_id, code)", "This code is there already."
    )
    _customer_once = models.UniqueIndex(
        "(campaign_id, partner_id) WHERE partner_id IS NOT NULL"
    )

    @api.model
    def _redeem(self, code, reference):
        """Note that a code was used.

        :param reference: the order, as the shop calls it
        :return: the coupon; empty for codes that are not ours, or were used before
        """
        coupon = self.search(
            [
                ("code", "=", code),
                ("used_at", "=", False),
                ("company_id", "=", self.env.company.id),
            ],
            limit=1,
        )
        coupon.write({"used_at": self.env["scrm.clock"].now(), "used_for": reference})
        return coupon
