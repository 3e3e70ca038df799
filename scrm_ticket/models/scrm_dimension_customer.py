from odoo import api, models

from odoo.addons.scrm_flow.models.scrm_dimension import Dimension


class ScrmDimension(models.AbstractModel):
    """What a customer has bought before: rules send buyers of a product to whoever
    knows it best."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.dimension"

    @api.model
    def _definitions(self, model_name):
        found = super()._definitions(model_name)
        if model_name == "helpdesk.ticket":
            label = self.env._("Products of the Customer")
            found["customer_products"] = Dimension(
                "customer_products", label, "text", self._scrm_product_names
            )
        return found

    @api.model
    def _scrm_product_names(self, ticket):
        """References and names of these products, in all languages."""
        products = self._scrm_products_of(ticket.commercial_partner_id)
        words = {code for code in products.mapped("default_code") if code}
        for template in products.product_tmpl_id:
            names = template._fields["name"]._get_stored_translations(template)
            words.update(names.values())
        return ", ".join(sorted(words)) or None

    @api.model
    def _scrm_products_of(self, partner):
        """The products that a customer has: here, those of its devices.

        :param partner: the commercial entity, ``res.partner``
        :return: ``product.product``, with sudo
        """
        # sudo: compared by rules, whoever raises the ticket; not shown
        lots = self.env["stock.lot"].sudo()
        if not partner:
            return lots.product_id
        owner = "scrm_partner_id.commercial_partner_id"
        return lots.search([(owner, "=", partner.id)]).product_id
