{
    "name": "SCRM Sample",
    "summary": "What an addon can add to flows: the smallest example of each",
    "version": "19.0.1.0.0",
    "category": "Services",
    "license": "AGPL-3",
    "author": "SCRM for Odoo contributors",
    "depends": ["scrm_flow"],
    "data": [
        "security/ir.model.access.csv",
        "views/scrm_sample_loan_views.xml",
    ],
}
