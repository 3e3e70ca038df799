"""What customers of a member level are due."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import Kind, Section, register_section

from .tags import tag_names, tags_of


@register_section
class ServicePlanSection(Section):
    """Service plans of member levels; the first that fits is loaded onto a ticket."""

    key = "service_plans"
    addon = "scrm_ticket"
    after = ("users", "teams", "products", "templates")
    kinds = {"service_plan": Kind("scrm.service.plan", key_field="key")}
    schema = f.listing(
        "service_plan",
        {
            "name": f.TEXT,
            "sequence": f.described(
                f.INTEGER, "of several that fit, the lowest counts; 10 if left out"
            ),
            "levels": f.described(
                {"type": "array", "items": f.STRING},
                "tags of customers; all known customers if left out",
            ),
            "templates": f.described(f.refs("template"), "all of them if left out"),
            "priority": {
                "enum": ["0", "1", "2", "3"],
                "description": "at least: 0 low, 1 medium, 2 high, 3 very high",
            },
            "team": f.described(f.ref("team"), "instead of the template's"),
            "adviser": f.described(
                {"enum": ["salesperson", "person"]},
                "who is there for them: the customer's salesperson, or `person`",
            ),
            "person": f.described(
                f.ref("user"), "of `adviser`; also where there is no salesperson"
            ),
            "answer_hours": f.described(f.DECIMAL, "until somebody answers"),
            "working_hours": f.described(f.BOOLEAN, "only these count for the answer"),
            "deadline_percent": f.described(
                f.INTEGER, "of the deadlines of steps; 100 if left out"
            ),
            "services": f.described(f.refs("product"), "go onto the ticket"),
            "benefits": f.described(f.TEXT, "one a line"),
            "note": f.described(f.TEXT, "for colleagues"),
            "portal": f.described(f.BOOLEAN, "whether the customer sees it"),
        },
        required=["name"],
    )

    def load_item(self, pack, item):
        if item.get("adviser") == "person" and not item.get("person"):
            raise pack.error(
                pack.user_env._("it must say who the adviser is"), ".person"
            )
        pack.upsert(
            "service_plan",
            item["key"],
            "scrm.service.plan",
            {
                "name": pack.text(item["name"]),
                "sequence": item.get("sequence", 10),
                "level_ids": tags_of(pack, item.get("levels", ())).ids,
                "template_ids": pack.refs(
                    "template", item.get("templates"), ".templates"
                ).ids,
                "priority": item.get("priority", False),
                "team_id": pack.ref("team", item.get("team"), ".team").id,
                "adviser_kind": item.get("adviser", False),
                "adviser_id": pack.ref("user", item.get("person"), ".person").id,
                "answer_hours": pack.decimal(item.get("answer_hours", "0")),
                "answer_working": item.get("working_hours", False),
                "deadline_percent": item.get("deadline_percent", 100),
                "service_ids": pack.refs(
                    "product", item.get("services"), ".services"
                ).ids,
                "benefits": pack.text(item["benefits"])
                if "benefits" in item
                else False,
                "note": pack.text(item["note"]) if "note" in item else False,
                "portal_published": item.get("portal", False),
            },
        )

    def dump_item(self, pack, record):
        hours, percent = record.answer_hours, record.deadline_percent
        return {
            "name": pack.dump_text(record, "name"),
            "sequence": None if record.sequence == 10 else record.sequence,
            "levels": tag_names(record.level_ids) or None,
            "templates": pack.keys_of("template", record.template_ids),
            "priority": record.priority or None,
            "team": pack.key_of("team", record.team_id),
            "adviser": record.adviser_kind or None,
            "person": pack.key_of("user", record.adviser_id),
            "answer_hours": pack.dump_decimal(hours) if hours else None,
            "working_hours": record.answer_working or None,
            "deadline_percent": None if percent == 100 else percent,
            "services": pack.keys_of("product", record.service_ids),
            "benefits": pack.dump_text(record, "benefits") if record.benefits else None,
            "note": pack.dump_text(record, "note") if record.note else None,
            "portal": record.portal_published or None,
        }
