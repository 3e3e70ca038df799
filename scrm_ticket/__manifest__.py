{
    "name": "SCRM Tickets",
    "summary": "Ticket templates, forms, portal, stores and parts on helpdesk tickets",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "After-Sales",
    "author": "SCRM for Odoo contributors",
    "depends": ["scrm_flow", "helpdesk_mgmt", "helpdesk_mgmt_rating", "stock"],
    "data": [
        "security/scrm_ticket_groups.xml",
        "security/ir.model.access.csv",
        "security/scrm_ticket_security.xml",
        "data/ir_config_parameter.xml",
        "views/scrm_form_field_views.xml",
        "views/scrm_store_views.xml",
        "views/scrm_part_line_views.xml",
        "views/scrm_flow_views.xml",
        "views/scrm_ticket_template_views.xml",
        "views/helpdesk_ticket_views.xml",
        "views/portal_templates.xml",
        "views/portal_ticket_templates.xml",
        "views/scrm_ticket_menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "scrm_ticket/static/src/form_values/*",
        ],
        "web.assets_frontend": [
            "scrm_ticket/static/src/portal/*",
        ],
    },
    "application": True,
    "installable": True,
}
