{
    "name": "SCRM with Purchases (for tests)",
    "summary": "Tickets beside Odoo's purchases, which ours do not depend on",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "Hidden",
    "author": "SCRM for Odoo contributors",
    "depends": ["scrm_ticket", "purchase_stock"],
    "installable": True,
}
