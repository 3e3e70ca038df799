"""Cost centres: analytic accounts that settlement shares amounts out to."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import Kind, Section, register_section


@register_section
class CostCentreSection(Section):
    """Analytic accounts of the company's projects."""

    key = "cost_centres"
    addon = "scrm_settlement"
    after = ("company",)
    kinds = {"cost_centre": Kind("account.analytic.account")}
    schema = f.listing(
        "cost_centre",
        {
            "name": f.TEXT,
            "budget": f.described(f.DECIMAL, "tickets show how much of it is used"),
        },
        required=["name"],
    )

    def load_item(self, pack, item):
        plan = pack.env["account.analytic.plan"].search([], limit=1)
        if not plan:
            plan = pack.env["account.analytic.plan"].create(
                {"name": pack.env._("Projects")}
            )
        pack.upsert(
            "cost_centre",
            item["key"],
            "account.analytic.account",
            {
                "name": pack.text(item["name"]),
                "scrm_budget": pack.decimal(item.get("budget")),
            },
            create_vals={"plan_id": plan.id, "company_id": pack.env.company.id},
        )

    def dump_item(self, pack, record):
        return {
            "name": pack.dump_text(record, "name"),
            "budget": pack.dump_decimal(record.scrm_budget)
            if record.scrm_budget
            else None,
        }
