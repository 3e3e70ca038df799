"""Written forms of company names put the place last now; all are made again."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    leads = env["crm.lead"].with_context(active_test=False).search([])
    for name in ("scrm_company_key", "scrm_person_key"):
        env.add_to_compute(env["crm.lead"]._fields[name], leads)
    env["crm.lead"].flush_model()
