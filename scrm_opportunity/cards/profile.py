from odoo import api, models
from odoo.tools.translate import LazyTranslate

from ..matching import habits, offers
from ..models.scrm_profile_entry import BROWSE

_lt = LazyTranslate(__name__)
SHOWN = 5


class ScrmCardBlockKindProfile(models.AbstractModel):
    """Entries of the profile: a risk test, advice, a wish, what a device did."""

    _name = "scrm.card.block.kind.profile"
    _inherit = "scrm.card.block.kind"
    _description = "Card Block Profile"

    _label = _lt("Known about the Customer")
    _kind_rank = 10

    @api.model
    def _rows(self, block, partner, text, record):
        entries = self.env["scrm.profile.entry"]
        if not partner or not entries.has_access("read"):
            return []
        kinds = list(offers.words(block.entry_kinds)) or ["learned"]
        found = entries._of(partner, kinds)[:SHOWN]
        return [
            self._row(entry.name, f"{entry.details} ({entry.at:%Y-%m-%d})")
            for entry in found
        ]


class ScrmCardBlockKindBrowsing(models.AbstractModel):
    """What the customer looked at for long or put into the cart, and did not buy."""

    _name = "scrm.card.block.kind.browsing"
    _inherit = "scrm.card.block.kind"
    _description = "Card Block Browsing"

    _label = _lt("Suggestion from Browsing")
    _kind_rank = 60

    @api.model
    def _rows(self, block, partner, text, record):
        entries = self.env["scrm.profile.entry"]
        if not partner or not entries.has_access("read"):
            return []
        visits = [
            (
                entry.product_id.id,
                (entry.facts or {}).get("seconds", 0),
                (entry.facts or {}).get("cart", 0),
            )
            for entry in entries._of(partner, [BROWSE])
            if entry.product_id
        ]
        # sudo: what was bought is only left out, nothing of it is shown
        bought = (
            self.env["helpdesk.ticket"]
            .sudo()
            ._scrm_bought(partner.sudo().commercial_partner_id)
        )
        found = habits.interests(visits, bought.ids)[:SHOWN]
        # sudo: names of products that the customer has looked at in the shop
        products = self.env["product.product"].sudo()
        return [
            self._row(
                self.env._("Suggestion"),
                self._speak_about(
                    products.browse(product_id).display_name, seconds, carts
                ),
            )
            for product_id, seconds, carts in found
        ]

    @api.model
    def _speak_about(self, name, seconds, carts):
        """What to speak about and why, in words.

        :param carts: how often the product was put into the cart
        """
        minutes = f"{seconds / 60:.1f}".removesuffix(".0")
        if carts > 1:
            return self.env._(
                "Speak about %(product)s: put into the cart %(times)s times, "
                "looked at for %(minutes)s min, not bought.",
                product=name,
                times=carts,
                minutes=minutes,
            )
        if carts:
            return self.env._(
                "Speak about %(product)s: put into the cart once, looked at for "
                "%(minutes)s min, not bought.",
                product=name,
                minutes=minutes,
            )
        return self.env._(
            "Speak about %(product)s: looked at for %(minutes)s min, not bought.",
            product=name,
            minutes=minutes,
        )
