"""Open opportunities in a pack."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import (
    Extension,
    Kind,
    Section,
    register_extension,
    register_section,
)


@register_section
class OpportunitySection(Section):
    """Opportunities of the pack's customers."""

    key = "opportunities"
    addon = "scrm_opportunity"
    after = ("company", "users", "partners", "flows")
    kinds = {"opportunity": Kind("crm.lead"), "crm_stage": Kind("crm.stage")}
    schema = f.listing(
        "opportunity",
        {
            "name": f.STRING,
            "customer": f.ref("partner"),
            "salesperson": f.ref("user"),
            "stage": f.ref("crm_stage"),
            "expected_revenue": f.DECIMAL,
            "phone": f.STRING,
            "email": f.STRING,
        },
        required=["name"],
    )

    def load_item(self, pack, item):
        vals = {
            "name": item["name"],
            "type": "opportunity",
            "partner_id": pack.ref("partner", item.get("customer"), ".customer").id,
            "user_id": pack.ref("user", item.get("salesperson"), ".salesperson").id,
        }
        if "stage" in item:
            vals["stage_id"] = pack.ref("crm_stage", item["stage"], ".stage").id
        if "expected_revenue" in item:
            vals["expected_revenue"] = pack.decimal(item["expected_revenue"])
        # given only where they differ from the customer's, whose they are otherwise
        if "phone" in item:
            vals["phone"] = item["phone"]
        if "email" in item:
            vals["email_from"] = item["email"]
        pack.upsert("opportunity", item["key"], "crm.lead", vals)

    def dump_item(self, pack, record):
        customer = record.partner_id
        return {
            "name": record.name,
            "customer": pack.key_of("partner", customer),
            "salesperson": pack.key_of("user", record.user_id),
            "stage": pack.key_of("crm_stage", record.stage_id),
            "expected_revenue": (
                pack.dump_decimal(record.expected_revenue)
                if record.expected_revenue
                else None
            ),
            "phone": record.phone if record.phone != customer.phone else None,
            "email": record.email_from if record.email_from != customer.email else None,
        }


@register_extension
class StageOfOpportunities(Extension):
    """Where a status of tickets brings their opportunities."""

    section = "stages"
    addon = "scrm_opportunity"
    kind = "stage"
    properties = {
        "opportunity_stage": f.described(
            f.ref("crm_stage"), "stage to which linked opportunities move"
        )
    }

    def vals(self, pack, item):
        stage = pack.ref(
            "crm_stage", item.get("opportunity_stage"), ".opportunity_stage"
        )
        return {"scrm_lead_stage_id": stage.id}

    def dump(self, pack, record):
        return {
            "opportunity_stage": pack.key_of("crm_stage", record.scrm_lead_stage_id)
        }
