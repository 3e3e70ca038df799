"""What `test_presets.py` does inside Odoo: run as `odoo shell -d DB < this file`.

Brings in every preset, twice, and sends one ticket of each template through its flow,
every step by somebody who has that step's role and no other one. Prints what it saw.
"""

import json
import os
from decimal import Decimal
from pathlib import Path

from odoo.exceptions import AccessError
from odoo.fields import Command

env = env  # noqa: F821, PLW0127 (the shell's own)
asked = json.loads(os.environ["SCRM_PRESETS"])
packs = {Path(name).stem: json.loads(Path(name).read_text()) for name in asked["files"]}
base = packs.pop("base_fields")  # changes all forms: at the end
found = {"again": {}, "tickets": {}, "roles": {}, "schemes": {}}

for pack in packs.values():
    env["scrm.pack"].import_pack(pack)
for name, pack in packs.items():
    report = env["scrm.pack"].import_pack(pack)
    found["again"][name] = [report["created"], report["updated"]]


def person(role):
    """A user with one role of a preset."""
    users = env["res.users"].with_context(no_reset_password=True)
    return users.create(
        {
            "name": role["key"],
            "login": role["key"],
            "group_ids": [
                Command.set(
                    env["res.groups"].search([("scrm_key", "=", role["key"])]).ids
                )
            ],
        }
    )


people = {
    role["key"]: person(role)
    for pack in packs.values()
    for role in pack.get("roles", ())
}
partner = env["res.partner"].create(
    {"name": "Mei", "phone": "13812342047", "street": "88 Century Avenue"}
)


def walk(ticket):
    """Complete every step, each by its handler alone.

    :return: [(node, handler, whether others were refused, state of each node)]
    """
    path = []
    while ticket.scrm_run_id.state == "running":
        step = ticket.scrm_step_ids.filtered(lambda step: step.state == "open")
        handlers = step.user_id or step.candidate_ids
        others = [user for user in people.values() if user not in handlers]
        refused = True
        for user in others[:2]:
            try:
                with env.cr.savepoint():
                    ticket.with_user(user).scrm_step_complete()
                refused = False
            except AccessError:
                pass
        shown = [(item["key"], item["state"]) for item in ticket._scrm_progress()]
        path.append([ticket.scrm_node_key, handlers.mapped("login"), refused, shown])
        ticket.with_user(handlers[0]).scrm_step_complete()
    return path


for key, values in asked["answers"].items():
    made = env["helpdesk.ticket"].scrm_submit(key, values, partner=partner.id)
    ticket = env["helpdesk.ticket"].browse(made["id"])
    found["tickets"][key] = dict(
        ticket.scrm_values._values,
        partner=ticket.partner_id == partner,
        priority=ticket.priority,
        path=walk(ticket),
        state=ticket.scrm_run_id.state,
        profile={
            name: words
            for entry in env["scrm.profile.entry"].search(
                [("ticket_id", "=", ticket.id), ("partner_id", "=", partner.id)]
            )
            for name, words in entry.facts.items()
        },
        shown_at_end=[item["state"] for item in ticket._scrm_progress()],
    )
    env.flush_all()
    found["tickets"][key]["reported"] = env["scrm.flow.step.report"].search_count(
        [("run_id", "=", ticket.scrm_run_id.id)]
    )

plan = env["scrm.settlement.plan"].search([("key", "=", "light_plan")])
plan.settle()
found["settled"] = [
    [record.payee_id.name, record.amount]
    for record in env["scrm.settlement.record"].search([("plan_id", "=", plan.id)])
]
for plan in env["scrm.settlement.plan"].search([("key", "=like", "settlement%")]):
    for kind in ("direct", "installer", "franchise", "dealer"):
        inputs = {"price_total": 900000, "period.count": 120, "store_class": kind}
        for component in plan._compile(plan.version_ids):
            result = plan._result(component, inputs, Decimal("0.01"))[0]
            if result:
                paid = [plan.key, component.key, float(result.amount)]
                found["schemes"].setdefault(kind, []).append(paid)
tickets = env["helpdesk.ticket"]
mine = tickets.search([("template_id.key", "=", "light_request")])
for key, user in people.items():
    if not key.startswith(("small_", "medium_", "chain_")):
        continue
    found["roles"][key] = {
        "reads": tickets.with_user(user).search_count([("id", "in", mine.ids)]),
        "writes": mine.with_user(user).has_access("write"),
        "sets_up": env["scrm.ticket.template"].with_user(user).has_access("write"),
        "sees_phones": user.has_group("scrm_ticket.group_personal_data"),
    }
admin = env.ref("base.user_admin")
start = env["scrm.start"].create({"preset": "renovation", "user_ids": admin.ids})
start.action_start()
found["one_click"] = start.template_ids.mapped("key")
env["scrm.pack"].import_pack(base)
report = env["scrm.pack"].import_pack(base)
found["again"]["base_fields"] = [report["created"], report["updated"]]
keys = [field["key"] for field in base["fields"]]
templates = env["scrm.ticket.template"].with_context(active_test=False).search([])
found["base"] = {
    template.key: sorted(
        line.field_key
        for line in template.line_ids
        if line.required and line.field_key in keys
    )
    for template in templates
}
print("FOUND" + json.dumps(found))  # noqa: T201
