from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.scrm_flow.engine import decision


class ScrmPriceOffer(models.Model):
    """What may be added to a ticket: accessories, a package, a charged service.

    States: ``requested`` (a dealer asks for it in his region), ``published`` (offered
    on the tickets it is for), ``refused``, ``draft`` (head office prepares it).
    """

    _name = "scrm.price.offer"
    _description = "Price Offer"
    _inherit = ["scrm.key.mixin", "mail.thread"]
    _order = "sequence, id"

    key = fields.Char(required=True, copy=False, help="Stable name used by packs.")
    name = fields.Char(required=True, translate=True)
    description = fields.Char(translate=True, help="Why the customer may want it.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("requested", "Requested"),
            ("published", "Published"),
            ("refused", "Refused"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    region = fields.Char(help="Only on tickets of stores there. Empty: everywhere.")
    template_ids = fields.Many2many(
        "scrm.ticket.template", string="Templates", help="Empty: all that are priced."
    )
    condition_ids = fields.One2many(
        "scrm.price.condition", "offer_id", "Conditions", copy=True
    )
    line_ids = fields.One2many(
        "scrm.price.offer.line", "offer_id", "Contents", copy=True
    )
    requester_id = fields.Many2one(
        "res.users", "Requested by", readonly=True, copy=False, ondelete="restrict"
    )
    decider_id = fields.Many2one(
        "res.users", "Decided by", readonly=True, copy=False, ondelete="restrict"
    )

    _key_unique = models.Constraint(
        "UNIQUE(key, company_id)", "Another offer already has this key."
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_head_office():
            for vals in vals_list:
                vals |= {
                    "state": "requested",
                    "requester_id": self.env.uid,
                    "decider_id": False,
                }
        offers = super().create(vals_list)
        offers._check_dealer()
        return offers

    def write(self, vals):
        if not self._is_head_office():
            if vals.keys() & {"state", "requester_id", "decider_id", "company_id"}:
                raise AccessError(self.env._("Head office decides on offers."))
            self._check_dealer()
        result = super().write(vals)
        self._check_dealer()
        return result

    def unlink(self):
        self._check_dealer()
        return super().unlink()

    def _is_head_office(self):
        return self.env.su or self.env.user.has_group("scrm_settlement.group_manager")

    def _check_dealer(self):
        """A dealer asks only for his own regions, and changes only what waits."""
        if self._is_head_office():
            return
        user = self.env.user
        # sudo: only the regions of his own stores
        stores = self.env["scrm.store"].sudo()
        own = stores.search(
            ["|", ("manager_id", "=", user.id), ("user_ids", "in", user.ids)]
        )
        regions = set(own.filtered("region").mapped("region"))
        for offer in self:
            if offer.requester_id != user or offer.state != "requested":
                raise AccessError(
                    self.env._("You may change only offers you have requested.")
                )
            if offer.region not in regions:
                raise UserError(
                    self.env._(
                        "You may request charged services only for your own region: "
                        "%s.",
                        ", ".join(sorted(regions)) or self.env._("(none)"),
                    )
                )

    def action_publish(self):
        """Offer it from now on: head office approves."""
        self._decide("published")

    def action_refuse(self):
        """Head office does not want it."""
        self._decide("refused")

    def _decide(self, state):
        if not self._is_head_office():
            raise AccessError(self.env._("Head office decides on offers."))
        for offer in self:
            if state == "published" and not offer.line_ids:
                raise UserError(
                    self.env._("The offer “%s” has no contents.", offer.name)
                )
        self.write({"state": state, "decider_id": self.env.uid})

    def action_add_to_ticket(self):
        """Add what is offered to the ticket in the context key ``scrm_ticket``."""
        self.ensure_one()
        ticket = self.env["helpdesk.ticket"].browse(self.env.context.get("scrm_ticket"))
        ticket.check_access("write")
        if self not in ticket.scrm_offer_ids:
            raise UserError(
                self.env._(
                    "“%(offer)s” is not offered on ticket %(ticket)s.",
                    offer=self.name,
                    ticket=ticket.number,
                )
            )
        self.env["scrm.price.charge"].create(
            [
                {
                    "ticket_id": ticket.id,
                    "product_id": line.product_id.id,
                    "quantity": line.quantity,
                    "offer_id": self.id,
                }
                for line in self.line_ids
            ]
        )
        return True

    def _applies(self, ticket, values):
        """Whether it is offered on a ticket.

        :param values: of all dimensions the conditions ask
        """
        self.ensure_one()
        conditions = [condition._as_condition() for condition in self.condition_ids]
        return (
            (not self.region or self.region == ticket.store_id.region)
            and (not self.template_ids or ticket.template_id in self.template_ids)
            and decision.matches(conditions, values)
        )


class ScrmPriceOfferLine(models.Model):
    _name = "scrm.price.offer.line"
    _description = "Price Offer Line"
    _order = "offer_id, id"

    offer_id = fields.Many2one(
        "scrm.price.offer", required=True, ondelete="cascade", index=True
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        ondelete="restrict",
        domain=[("sale_ok", "=", True)],
    )
    quantity = fields.Float(required=True, default=1.0, digits="Product Unit")

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "An offer has a quantity of everything in it."
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.offer_id._check_dealer()
        return lines

    def write(self, vals):
        self.offer_id._check_dealer()
        result = super().write(vals)
        self.offer_id._check_dealer()
        return result

    def unlink(self):
        self.offer_id._check_dealer()
        return super().unlink()
