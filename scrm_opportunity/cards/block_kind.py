from odoo import api, models


class ScrmCardBlockKind(models.AbstractModel):
    """What can be on a customer card. Addons add ``scrm.card.block.kind.<key>``."""

    _name = "scrm.card.block.kind"
    _inherit = "scrm.flow.kind"
    _description = "Card Block"

    @api.model
    def _rows(self, block, partner, text, record) -> list:
        """What the block shows, read with the user's rights.

        :param block: ``scrm.card.block``, its settings (sudo)
        :param partner: the customer, may be empty
        :param text: what the ticket or opportunity says
        :param record: the ticket or opportunity
        :return: list of {"label", "text"}, and "url" where it leads somewhere;
            empty: the block is left out
        """
        return []

    @api.model
    def _row(self, label, text, url=None):
        return {"label": label, "text": text, "url": url}

    @api.model
    def _tickets(self, block, partner, record):
        """Earlier tickets of the customer that the block rests on."""
        tickets = self.env["helpdesk.ticket"]
        entity = partner.commercial_partner_id
        if not entity or not tickets.has_access("read"):
            return tickets
        domain = [("partner_id", "child_of", entity.ids)]
        if block.template_ids:
            domain.append(("template_id", "in", block.template_ids.ids))
        return tickets.search(domain, order="id desc", limit=50)
