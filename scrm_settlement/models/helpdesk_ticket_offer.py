from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    """What may be offered with the ticket's work, as long as it is not on it."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_offer_ids = fields.Many2many(
        "scrm.price.offer",
        string="Offers",
        compute="_compute_scrm_offer_ids",
        compute_sudo=True,
    )

    @api.depends(
        "template_id",
        "store_id.region",
        "scrm_values",
        "scrm_lot_id",
        "scrm_charge_ids.offer_id",
    )
    def _compute_scrm_offer_ids(self):
        dimensions = self.env["scrm.dimension"]
        offers = self.env["scrm.price.offer"].search([("state", "=", "published")])
        keys = set(offers.condition_ids.mapped("dimension"))
        known = dimensions._definitions(self._name) if keys else {}
        for ticket in self:
            if not ticket.scrm_price_enabled or not ticket._scrm_not_done():
                ticket.scrm_offer_ids = False
                continue
            company = ticket.company_id or self.env.company
            values = {key: known[key].getter(ticket) for key in keys if key in known}
            taken = ticket.scrm_charge_ids.offer_id
            ticket.scrm_offer_ids = (
                offers.filtered(
                    lambda offer, ticket=ticket, company=company, values=values: (
                        offer.company_id == company and offer._applies(ticket, values)
                    )
                )
                - taken
            )
