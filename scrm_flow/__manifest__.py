{
    "name": "SCRM Flow",
    "summary": "Business processes on any record: nodes, handlers, versions, trace",
    "version": "19.0.1.0.0",
    "category": "Services",
    "license": "AGPL-3",
    "author": "SCRM for Odoo contributors",
    "depends": ["mail", "portal", "sms", "resource", "queue_job"],
    "external_dependencies": {"python": ["jsonschema"]},
    "data": [
        "security/scrm_flow_groups.xml",
        "security/ir.model.access.csv",
        "security/scrm_flow_security.xml",
        "views/scrm_flow_run_views.xml",
        "views/scrm_flow_step_views.xml",
        "views/scrm_flow_log_views.xml",
        "views/scrm_flow_version_views.xml",
        "views/scrm_flow_views.xml",
        "views/scrm_decision_table_views.xml",
        "views/scrm_flow_menus.xml",
        "wizards/scrm_pack_import_views.xml",
        "wizards/scrm_pack_export_views.xml",
        "views/scrm_pack_views.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "scrm_flow/static/src/**/*",
        ],
        "web.assets_unit_tests": [
            "scrm_flow/static/tests/**/*",
        ],
    },
    "application": True,
}
