{
    "name": "SCRM Flow with Employees",
    "summary": "Departments, their heads and skills as handlers of flow steps",
    "version": "19.0.1.0.0",
    "category": "Services",
    "license": "AGPL-3",
    "author": "SCRM for Odoo contributors",
    "depends": ["scrm_flow", "hr_skills"],
    "data": [
        "security/ir.model.access.csv",
        "views/scrm_flow_node_views.xml",
    ],
    "auto_install": ["scrm_flow", "hr_skills"],
}
