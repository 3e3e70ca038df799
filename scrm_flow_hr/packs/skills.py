"""Skills in packs: what there is to know, who knows it, what a node asks for."""

from odoo.fields import Command

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.errors import PackError
from odoo.addons.scrm_flow.packs.registry import (
    Extension,
    Kind,
    Section,
    register_extension,
    register_section,
)

from .people import employee_of

NODE = ("items", "properties", "nodes", "items")
LEVEL = {"type": "integer", "minimum": 0, "maximum": 100}
#: A pack says what somebody can do, not since when: also on days that a scenario
#: plays in.
KNOWN_SINCE = "2000-01-01"


@register_section
class SkillSection(Section):
    """Skills by their types, with the levels of each type."""

    key = "skills"
    addon = "scrm_flow_hr"
    kinds = {"skill_type": Kind("hr.skill.type"), "skill": Kind("hr.skill")}
    schema = f.listing(
        "skill_type",
        {
            "name": f.TEXT,
            "levels": {
                "type": "array",
                "minItems": 1,
                "x-scrm-unique": "level",
                "items": f.obj(
                    {"name": f.STRING, "level": f.described(LEVEL, "0 to 100")},
                    ["name", "level"],
                ),
            },
            "skills": f.listing("skill", {"name": f.TEXT}, ["name"]),
        },
        required=["name", "levels", "skills"],
    )

    def load_item(self, pack, item):
        kind = pack.upsert(
            "skill_type",
            item["key"],
            "hr.skill.type",
            {"name": pack.text(item["name"])},
        )
        present = {level.level_progress: level for level in kind.skill_level_ids}
        for level in item["levels"]:
            known = present.get(level["level"])
            vals = {"name": level["name"]}
            if known:
                pack.write(known, vals)
            else:
                vals |= {"skill_type_id": kind.id, "level_progress": level["level"]}
                pack.create("hr.skill.level", vals)
        for number, skill in enumerate(item["skills"]):
            with pack.at(f".skills[{number}]"):
                pack.upsert(
                    "skill",
                    skill["key"],
                    "hr.skill",
                    {"name": pack.text(skill["name"]), "skill_type_id": kind.id},
                )

    def dump_item(self, pack, record):
        return {
            "name": pack.dump_text(record, "name"),
            "levels": [
                {"name": level.name, "level": level.level_progress}
                for level in record.skill_level_ids.sorted("level_progress")
            ],
            "skills": [
                {"key": key, "name": pack.dump_text(skill, "name")}
                for key, skill in pack.records("skill")
                if skill.skill_type_id == record
            ],
        }


@register_extension
class UserSkills(Extension):
    """What a colleague can do; makes an employee of a user who is none yet."""

    section = "users"
    addon = "scrm_flow_hr"
    kind = "user"
    after = ("skills",)
    properties = {
        "skills": {
            "type": "array",
            "x-scrm-unique": "skill",
            "items": f.obj(
                {"skill": f.ref("skill"), "level": f.described(LEVEL, "0 to 100")},
                ["skill", "level"],
            ),
        }
    }

    def load(self, pack, item, record):
        if "skills" not in item:
            return
        employee = employee_of(pack, record)
        for number, row in enumerate(item["skills"]):
            with pack.at(f".skills[{number}]"):
                self._load_skill(pack, employee, row)

    def _load_skill(self, pack, employee, row):
        skill = pack.ref("skill", row["skill"], ".skill")
        level = skill.skill_type_id.skill_level_ids.filtered(
            lambda level: level.level_progress == row["level"]
        )[:1]
        if not level:
            raise PackError(
                ".level",
                pack.user_env._(
                    "“%(type)s” has no level of %(level)s %%",
                    type=skill.skill_type_id.name,
                    level=row["level"],
                ),
            )
        known = employee.current_employee_skill_ids.filtered(
            lambda one: one.skill_id == skill
        )
        if known.skill_level_id != level:
            command = Command.create(
                {
                    "skill_id": skill.id,
                    "skill_type_id": skill.skill_type_id.id,
                    "skill_level_id": level.id,
                    "valid_from": KNOWN_SINCE,
                }
            )
            if known:
                command = Command.update(known[0].id, {"skill_level_id": level.id})
            employee.write({"current_employee_skill_ids": [command]})
            pack.counts["updated"] += 1

    def dump(self, pack, record):
        # sudo: the export is a flow manager's, who may not read employees
        employees = pack.env["hr.employee"].sudo()
        employee = employees.search([("user_id", "=", record.id)], limit=1)
        return {
            "skills": [
                {"skill": key, "level": one.level_progress}
                for one in employee.current_employee_skill_ids
                if (key := pack.key_of_known("skill", one.skill_id))
            ]
        }


@register_extension
class NodeSkills(Extension):
    """Which skills the work at a node needs."""

    section = "flows"
    addon = "scrm_flow_hr"
    kind = "node"
    after = ("skills", "decision_tables")
    pointer = NODE
    properties = {
        "skills": {
            "description": "of the handlers or the choice `skill`",
            "type": "array",
            "x-scrm-unique": "skill",
            "items": f.obj(
                {
                    "skill": f.ref("skill"),
                    "level": f.described(LEVEL, "at least so good; 0"),
                },
                ["skill"],
            ),
        },
        "skill_table": f.described(
            f.obj(
                {
                    "table": f.ref("decision_table"),
                    "level": f.described(LEVEL, "at least so good; 0"),
                },
                ["table"],
            ),
            "one more skill, by a decision table",
        ),
        "skill_role": f.described(
            f.ref("role"), "of the handlers `skill`: only members of this role"
        ),
    }

    def vals(self, pack, item):
        by_table = item.get("skill_table", {})
        role = {}
        if "skill" in item.get("handler", {}):
            role["handler_group_id"] = pack.ref("role", item.get("skill_role")).id
        return {
            **role,
            "skill_ids": [
                Command.create(
                    {
                        "skill_id": pack.ref("skill", row["skill"]).id,
                        "level": row.get("level", 0),
                    }
                )
                for row in item.get("skills", ())
            ],
            "skill_table_id": pack.ref("decision_table", by_table.get("table")).id,
            "skill_table_level": by_table.get("level", 0),
        }

    def dump(self, pack, record):
        return {
            "skills": [
                {
                    "skill": pack.key_of("skill", row.skill_id),
                    "level": row.level or None,
                }
                for row in record.skill_ids
            ],
            "skill_table": {
                "table": pack.key_of("decision_table", record.skill_table_id),
                "level": record.skill_table_level or None,
            },
            "skill_role": pack.key_of("role", record.handler_group_id)
            if record.handler_rule == "skill"
            else None,
        }


@register_extension
class NodeHandlerSkill(Extension):
    """Handlers by their skills."""

    section = "flows"
    addon = "scrm_flow_hr"
    kind = "node"
    pointer = (*NODE, "properties", "handler")
    properties = {"skill": f.described({"const": True}, "who has the node's skills")}

    def dump(self, pack, record):
        if record.handler_rule != "skill":
            return {}
        return {"handler": {"skill": True}}
