from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..matching import offers


class ScrmOffer(models.Model):
    """Something to offer with a service: when, with which words, for how much."""

    _name = "scrm.offer"
    _inherit = "scrm.keywords.mixin"
    _description = "Offer"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    key = fields.Char(
        help="Unique name by which packs refer to the offer.", copy=False, index=True
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    # when
    keywords = fields.Text(
        help="One of them stands in the ticket; one a line or with commas between.",
    )
    product_ids = fields.Many2many(
        "product.product",
        string="Products of the Ticket",
        help="The ticket is about one of them: its device, or a part it needs.",
    )
    bought_product_ids = fields.Many2many(
        "product.product",
        "scrm_offer_bought_rel",
        string="Bought Before",
        help="The customer has bought one of them.",
    )
    partner_tag_ids = fields.Many2many(
        "res.partner.category",
        string="Customer Tags",
        help="The customer has one of these tags.",
    )
    template_ids = fields.Many2many(
        "scrm.ticket.template", string="Scenarios", help="Only on such tickets."
    )
    team_ids = fields.Many2many(
        "helpdesk.ticket.team",
        string="Departments",
        help="The ticket is with one of these teams.",
    )
    node_keys = fields.Char(
        string="Nodes Reached",
        help="Keys of flow nodes, with commas between; one of them was reached.",
    )
    device_months = fields.Integer(
        string="Device Age (Months)", help="The device is at least so old; 0: any."
    )
    at_warranty_end = fields.Boolean(
        string="At the End of Warranty", help="Only while the warranty runs out."
    )
    warranty_days = fields.Integer(
        string="Days Before",
        default=30,
        help="So many days before the device's warranty ends, and ever after.",
    )
    # what
    script = fields.Text(
        string="Talk Script",
        translate=True,
        help="What to say to the customer.",
    )
    product_id = fields.Many2one(
        "product.product", string="Product Offered", domain="[('sale_ok', '=', True)]"
    )
    amount = fields.Monetary(
        help="Expected revenue of an accepted offer; 0: the product's price."
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", string="Currency"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        domain="[('share', '=', False)]",
        help="Who follows accepted offers; empty: who accepts, if they sell.",
    )
    to_sales = fields.Boolean(
        string="Hand to Sales at Once",
        help="High intent: the opportunity is made without waiting for an answer, "
        "and the salesperson gets a to-do.",
    )
    made_count = fields.Integer(compute="_compute_made_count", string="Made")

    _key_unique = models.UniqueIndex(
        "(key) WHERE key IS NOT NULL", "Another offer has this key."
    )

    @api.depends("company_id")
    def _compute_currency_id(self):
        for offer in self:
            offer.currency_id = (offer.company_id or self.env.company).currency_id

    def _compute_made_count(self):
        counts = dict(
            self.env["scrm.ticket.offer"]._read_group(
                [("offer_id", "in", self.ids)], ["offer_id"], ["__count"]
            )
        )
        for offer in self:
            offer.made_count = counts.get(offer._origin, 0)

    @api.constrains("device_months", "warranty_days", "amount")
    def _check_figures(self):
        for offer in self:
            for name in ("device_months", "warranty_days", "amount"):
                if offer[name] < 0:
                    raise ValidationError(
                        self.env._(
                            "“%(offer)s”: %(field)s cannot be negative.",
                            offer=offer.name,
                            field=offer._fields[name]._description_string(self.env),
                        )
                    )

    @api.constrains(
        "keywords",
        "product_ids",
        "bought_product_ids",
        "partner_tag_ids",
        "template_ids",
        "team_ids",
        "node_keys",
        "device_months",
        "at_warranty_end",
        "active",
    )
    def _check_trigger(self):
        for offer in self:
            if offer.active and offer._trigger().is_empty:
                raise ValidationError(
                    self.env._(
                        "“%(offer)s” says nowhere when it is made: give it keywords, "
                        "products, tags, scenarios, teams, nodes, an age or a "
                        "warranty.",
                        offer=offer.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _trigger(self):
        """When the offer is made; keywords of all languages count."""
        self.ensure_one()
        return offers.Trigger(
            keywords=self._words(),
            products=frozenset(self.product_ids.ids),
            bought=frozenset(self.bought_product_ids.ids),
            tags=frozenset(self.partner_tag_ids.ids),
            templates=frozenset(self.template_ids.ids),
            teams=frozenset(self.team_ids.ids),
            nodes=offers.words(self.node_keys),
            device_months=self.device_months,
            warranty_days=self.warranty_days if self.at_warranty_end else None,
        )

    @api.model
    @tools.ormcache()
    def _triggers(self):
        """[(offer's id, its company's id or None, trigger)] of all that are active."""
        # sudo: the rules by which offers come up, for whoever opens the ticket
        return [
            (offer.id, offer.company_id.id or None, offer._trigger())
            for offer in self.sudo().search([])
        ]

    @api.model
    def _topics(self, text):
        """Keywords of any offer that a text holds."""
        said = (text or "").casefold()
        return frozenset(
            word
            for _offer, _company, trigger in self._triggers()
            for word in trigger.keywords
            if word.casefold() in said
        )

    def _amount(self):
        self.ensure_one()
        return self.amount or self.product_id.lst_price

    def action_view_made(self):
        """The tickets on which the offer was made."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "scrm_opportunity.scrm_ticket_offer_action"
        )
        action["domain"] = [("offer_id", "=", self.id)]
        return action
