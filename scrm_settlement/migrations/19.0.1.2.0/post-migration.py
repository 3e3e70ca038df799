from datetime import timedelta

from odoo import SUPERUSER_ID, api
from odoo.tools import sql

#: What rows have in common that become one care plan.
PLAN = ("template_id", "product_id", "company_id", "days_ahead")


def migrate(cr, version):
    """Replenishment reminders become care plans with a member for each customer."""
    if not sql.table_exists(cr, "scrm_replenishment"):
        return
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    cr.execute("SELECT * FROM scrm_replenishment ORDER BY id")
    names = [column.name for column in cr.description]
    groups = {}
    for values in cr.fetchall():
        row = dict(zip(names, values, strict=True))
        groups.setdefault(tuple(row[name] for name in PLAN), []).append(row)
    for number, (key, rows) in enumerate(groups.items(), 1):
        _make_plan(env, number, dict(zip(PLAN, key, strict=True)), rows)
    cron = env.ref("scrm_settlement.ir_cron_replenishment", raise_if_not_found=False)
    if cron:
        action = cron.ir_actions_server_id
        cron.unlink()
        action.unlink()
    cr.execute("DROP TABLE scrm_replenishment")


def _make_plan(env, number, values, rows):
    plans = env["scrm.care.plan"]
    key = f"replenishment_{number}"
    while plans.search_count([("key", "=", key)], limit=1):
        key += "_old"
    ahead = timedelta(days=values["days_ahead"] or 0)
    product = env["product.product"].browse(values["product_id"])
    plan = plans.create(
        {
            "key": key,
            "name": product.display_name,
            "kind": "supply",
            "template_id": values["template_id"],
            "partner_condition": str([("id", "in", [r["partner_id"] for r in rows])]),
            "product_ids": product.ids,
            "offset_days": -ahead.days,
            "daily_use": 0,
            "learns_use": True,
        }
    )
    cares = []
    for row in rows:
        common = {
            "plan_id": plan.id,
            "partner_id": row["partner_id"],
            "product_id": product.id,
        }
        told, due = row["reminded_for"], row["due_date"]
        if told:
            cares.append({**common, "due_on": told - ahead, "state": "done"})
        if due and due != told:
            cares.append({**common, "due_on": due - ahead})
    env["scrm.care"].create(cares)
    env["scrm.care.member"].create(
        [
            {
                "plan_id": plan.id,
                "partner_id": row["partner_id"],
                "daily_use": row["use_entered"],
            }
            for row in rows
            if row["use_entered"]
        ]
    )
