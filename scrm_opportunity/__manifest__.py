{
    "name": "SCRM Opportunities",
    "summary": "Finds the opportunity a ticket belongs to and says why",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "Sales/CRM",
    "author": "SCRM for Odoo contributors",
    "depends": ["scrm_ticket", "sale_crm"],
    "data": [
        "security/scrm_opportunity_groups.xml",
        "security/ir.model.access.csv",
        "views/scrm_match_views.xml",
        "views/helpdesk_ticket_views.xml",
        "views/crm_lead_views.xml",
        "views/scrm_opportunity_menus.xml",
    ],
    "application": True,
    "installable": True,
}
