"""Departments in packs: who belongs to them, who heads them, and nodes that ask."""

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
HANDLER = (*NODE, "properties", "handler")
#: Rules of a node that name a department.
RULES = ("department", "manager")
#: Parts of a node's handlers whose rule may be the head of a department.
PARTS = ("dispatcher", "fallback")


@register_section
class DepartmentSection(Section):
    """Departments, each after the one above it."""

    key = "departments"
    addon = "scrm_flow_hr"
    after = ("users",)
    kinds = {"department": Kind("hr.department")}
    schema = f.listing(
        "department",
        {
            "name": f.TEXT,
            "parent": f.described(f.ref("department"), "the department above it"),
            "head": f.described(f.ref("user"), "a colleague who is no employee is one"),
            "members": f.described(
                f.refs("user"),
                "who works there; somebody works in one department",
            ),
        },
        required=["name"],
    )

    def load_item(self, pack, item):
        head = pack.ref("user", item.get("head"), ".head")
        members = pack.refs("user", item.get("members"), ".members")
        department = pack.upsert(
            "department",
            item["key"],
            "hr.department",
            {
                "name": pack.text(item["name"]),
                "parent_id": pack.ref("department", item.get("parent"), ".parent").id,
                "manager_id": employee_of(pack, head).id if head else False,
            },
        )
        for user in members:
            pack.write(employee_of(pack, user), {"department_id": department.id})

    def dump_item(self, pack, record):
        # sudo: the export is a flow manager's, who may not read employees
        department = record.sudo()
        users = department.member_ids.user_id.sorted("id")
        return {
            "name": pack.dump_text(record, "name"),
            "parent": pack.key_of("department", department.parent_id),
            "head": pack.key_of("user", department.manager_id.user_id),
            "members": [pack.key_of("user", user) for user in users],
        }

    def dump(self, pack):
        """Those above come first: what is named must be there already."""
        found = {item["key"]: item for item in super().dump(pack)}
        ordered = {}

        def place(item):
            if item.get("parent") in found and item["parent"] not in ordered:
                place(found[item["parent"]])
            ordered.setdefault(item["key"], item)

        for item in found.values():
            place(item)
        return list(ordered.values())


@register_extension
class NodeHandlerDepartment(Extension):
    """The members of a department, or its head, handle a node."""

    section = "flows"
    addon = "scrm_flow_hr"
    kind = "node"
    after = ("departments",)
    pointer = HANDLER
    properties = {
        "department": f.described(
            f.ref("department"), "its members and those of the departments below"
        ),
        "manager": f.described(f.ref("department"), "who heads it, or the one above"),
    }

    def vals(self, pack, item):
        handler = item.get("handler", {})
        named = {key: handler[key] for key in RULES if key in handler}
        named |= {
            f"{part}.manager": handler[part]["manager"]
            for part in PARTS
            if "manager" in handler.get(part, {})
        }
        if len(set(named.values())) > 1:
            raise PackError(
                ".handler",
                pack.user_env._(
                    "a node names one department, not %s",
                    ", ".join(sorted(set(named.values()))),
                ),
            )
        place, key = next(iter(named.items()), ("", None))
        department = pack.ref("department", key, f".handler.{place}")
        return {"handler_department_id": department.id}

    def dump(self, pack, record):
        key = pack.key_of("department", record.handler_department_id)
        handler = {}
        if record.handler_rule in RULES:
            handler[record.handler_rule] = key
        for part in PARTS:
            if record[f"{part}_rule"] == "manager":
                handler[part] = {"manager": key}
        return {"handler": handler} if handler else {}


class PartManager(Extension):
    """The head of a department hands out the work, or takes what finds nobody."""

    section = "flows"
    addon = "scrm_flow_hr"
    kind = "node"
    properties = {
        "manager": f.described(
            f.ref("department"), "who heads it; the department of the node's rule"
        ),
    }


@register_extension
class DispatcherManager(PartManager):
    pointer = (*HANDLER, "properties", "dispatcher")


@register_extension
class FallbackManager(PartManager):
    pointer = (*HANDLER, "properties", "fallback")
