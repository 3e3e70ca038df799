"""Teams and stages of tickets, and the stage that a node of a flow shows."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import (
    Extension,
    Kind,
    Section,
    register_extension,
    register_section,
)


@register_section
class TeamSection(Section):
    """Helpdesk teams."""

    key = "teams"
    addon = "scrm_ticket"
    after = ("company", "users")
    kinds = {"team": Kind("helpdesk.ticket.team")}
    schema = f.listing(
        "team",
        {"name": f.TEXT, "leader": f.ref("user"), "members": f.refs("user")},
        required=["name"],
    )

    def load_item(self, pack, item):
        vals = {
            "name": pack.text(item["name"]),
            "user_id": pack.ref("user", item.get("leader"), ".leader").id,
            "user_ids": pack.refs("user", item.get("members"), ".members").ids,
            "company_id": pack.env.company.id,
        }
        vals.update(self.extra_vals(pack, "team", item))
        team = pack.upsert("team", item["key"], "helpdesk.ticket.team", vals)
        self.extra_load(pack, "team", item, team)

    def dump_item(self, pack, record):
        return {
            "name": pack.dump_text(record, "name"),
            "leader": pack.key_of("user", record.user_id),
            "members": pack.keys_of("user", record.user_ids),
        }


@register_section
class StageSection(Section):
    """Stages of tickets, besides those that helpdesk_mgmt brings."""

    key = "stages"
    addon = "scrm_ticket"
    after = ("company", "teams")
    kinds = {"stage": Kind("helpdesk.ticket.stage")}
    schema = f.listing(
        "stage",
        {
            "name": f.TEXT,
            "sequence": f.INTEGER,
            "closed": f.BOOLEAN,
            "fold": f.BOOLEAN,
            "teams": f.refs("team"),
        },
        required=["name"],
    )

    def load_item(self, pack, item):
        vals = {
            "name": pack.text(item["name"]),
            "sequence": item.get("sequence", 10),
            "closed": item.get("closed", False),
            "fold": item.get("fold", False),
            "team_ids": pack.refs("team", item.get("teams"), ".teams").ids,
            "company_id": False,
        }
        vals.update(self.extra_vals(pack, "stage", item))
        pack.upsert("stage", item["key"], "helpdesk.ticket.stage", vals)

    def dump_item(self, pack, record):
        return {
            "name": pack.dump_text(record, "name"),
            "sequence": record.sequence,
            "closed": record.closed,
            "fold": record.fold,
            "teams": pack.keys_of("team", record.team_ids),
        }


@register_extension
class NodeStage(Extension):
    """The stage that tickets show while they are at a node."""

    section = "flows"
    addon = "scrm_ticket"
    kind = "node"
    after = ("stages",)
    pointer = ("items", "properties", "nodes", "items")
    properties = {
        "stage": {
            **f.ref("stage"),
            "description": "Stage that tickets show while they are here.",
        }
    }

    def vals(self, pack, item):
        return {"ticket_stage_id": pack.ref("stage", item.get("stage"), ".stage").id}

    def dump(self, pack, record):
        return {"stage": pack.key_of("stage", record.ticket_stage_id)}
