from odoo.http import request, route

from odoo.addons.sale.controllers.portal import CustomerPortal


class ScrmQuotationPortal(CustomerPortal):
    """The customer's side of a quotation: he signs it, printer or not."""

    @route()
    def portal_quote_accept(self, *args, **kwargs):
        """Sign; without the program that prints PDF files there is no printed copy.

        The signature, its day and the name stay with the order all the same.
        """
        if not request.env["sale.order"]._scrm_prints():
            request.update_context(scrm_without_reports=True)
        return super().portal_quote_accept(*args, **kwargs)
