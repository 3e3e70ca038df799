"""When customers are thought of again: after visits and purchases, on their dates."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import Kind, Section, register_section

KINDS = ["visit", "purchase", "supply", "date"]


@register_section
class CarePlanSection(Section):
    """Care plans. Their members are customers, who are no part of a pack."""

    key = "care_plans"
    addon = "scrm_ticket"
    after = ("products", "templates")
    kinds = {"care_plan": Kind("scrm.care.plan", key_field="key")}
    schema = f.listing(
        "care_plan",
        {
            "name": f.TEXT,
            "when": {"enum": KINDS},
            "template": f.described(f.ref("template"), "of the ticket that is opened"),
            "contacts": f.described(f.STRING, "a domain on contacts; all of them"),
            "days": f.described(
                f.INTEGER,
                "after the purchase, the date, or when it is used up; negative: before",
            ),
            "visits": f.described(
                f.refs("template"), "of `when`: `visit`; templates that count as one"
            ),
            "cycle_days": f.described(f.INTEGER, "of `when`: `visit`; 30"),
            "products": f.refs("product"),
            "unit_content": f.described(f.DECIMAL, "of `when`: `supply`; 1"),
            "daily_use": f.described(f.DECIMAL, "of `when`: `supply`; 1"),
            "learns_use": f.described(
                f.BOOLEAN, "of `when`: `supply`; the use as earlier purchases tell it"
            ),
            "date": f.described(
                f.STRING, "of `when`: `date`; field of the contact: `scrm_birthday`"
            ),
            "stages": f.described(
                {
                    "type": "array",
                    "x-scrm-unique": "months",
                    "items": f.obj(
                        {"months": f.INTEGER, "name": f.TEXT, "content": f.TEXT},
                        ["months", "name"],
                    ),
                },
                "by age, each once; without any, every year",
            ),
            "favourite": f.described(
                f.BOOLEAN, "what the customer had most often is a part of the ticket"
            ),
            "coupon_days": f.described(
                f.INTEGER, "a coupon comes with it, good for so many days"
            ),
        },
        required=["name", "when", "template"],
    )

    def load_item(self, pack, item):
        field = pack.env["ir.model.fields"]
        if "date" in item:
            field = field._get("res.partner", item["date"])
            if field.ttype != "date":
                text = pack.user_env._("contacts have no date “%s”", item["date"])
                raise pack.error(text, ".date")
        visits = pack.refs("template", item.get("visits"), ".visits")
        products = pack.refs("product", item.get("products"), ".products")
        plan = pack.upsert(
            "care_plan",
            item["key"],
            "scrm.care.plan",
            {
                "name": pack.text(item["name"]),
                "kind": item["when"],
                "template_id": pack.ref("template", item["template"], ".template").id,
                "partner_condition": item.get("contacts", "[]"),
                "offset_days": item.get("days", 0),
                "visit_template_ids": visits.ids,
                "cycle_days": item.get("cycle_days", 30),
                "product_ids": products.ids,
                "unit_content": pack.decimal(item.get("unit_content", "1")),
                "daily_use": pack.decimal(item.get("daily_use", "1")),
                "learns_use": item.get("learns_use", False),
                "date_field_id": field.id,
                "adds_favourite": item.get("favourite", False),
                "coupon_days": item.get("coupon_days", 0),
            },
        )
        rows = [
            (
                stage["months"],
                {
                    "name": pack.text(stage["name"]),
                    "content": pack.text(stage["content"])
                    if "content" in stage
                    else False,
                },
            )
            for stage in item.get("stages", ())
        ]
        pack.sync(plan, "stage_ids", rows, key="months")

    def dump_item(self, pack, record):
        is_supply, is_visit = record.kind == "supply", record.kind == "visit"
        contacts = record.partner_condition
        return {
            "name": pack.dump_text(record, "name"),
            "when": record.kind,
            "template": pack.key_of("template", record.template_id),
            "contacts": contacts if contacts and contacts != "[]" else None,
            "days": record.offset_days or None,
            "visits": pack.keys_of("template", record.visit_template_ids),
            "cycle_days": record.cycle_days if is_visit else None,
            "products": pack.keys_of("product", record.product_ids),
            "unit_content": pack.dump_decimal(record.unit_content)
            if is_supply
            else None,
            "daily_use": pack.dump_decimal(record.daily_use) if is_supply else None,
            "learns_use": record.learns_use or None,
            "date": record.date_field_id.name or None,
            "stages": [self._dump_stage(pack, stage) for stage in record.stage_ids],
            "favourite": record.adds_favourite or None,
            "coupon_days": record.coupon_days or None,
        }

    def _dump_stage(self, pack, stage):
        values = {"months": stage.months, "name": pack.dump_text(stage, "name")}
        if stage.content:
            values["content"] = pack.dump_text(stage, "content")
        return values
