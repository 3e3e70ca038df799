"""Who stands by: on-call rosters, backup pools, and the nodes that use them."""

import pytz

from odoo import fields
from odoo.fields import Command

from . import fragments as f
from .registry import Extension, Kind, Section, register_extension, register_section

NODE = ("items", "properties", "nodes", "items")


@register_section
class RosterSection(Section):
    """On-call rosters: who is on duty when."""

    key = "rosters"
    addon = "scrm_flow"
    after = ("users",)
    kinds = {"roster": Kind("scrm.flow.roster", key_field="key")}
    schema = f.listing(
        "roster",
        {
            "name": f.TEXT,
            "timezone": f.described(f.STRING, "`Asia/Shanghai`"),
            "rotations": {
                "description": "people in turn; the import makes their shifts",
                "type": "array",
                "x-scrm-unique": "name",
                "items": f.obj(
                    {
                        "name": f.STRING,
                        "people": f.described(f.refs("user"), "in the order of turns"),
                        "first": f.described(f.DATE, "first day"),
                        "last": f.described(f.DATE, "last day"),
                        "days": f.described(f.INTEGER, "days of a turn; 7"),
                        "from": f.described(f.DECIMAL, "hour of the day; 0"),
                        "until": f.described(f.DECIMAL, "hour of the day; 24"),
                        "weekdays": f.described(
                            {"enum": ["all", "working", "weekend"]}, "`all`"
                        ),
                    },
                    ["name", "people", "first", "last"],
                ),
            },
            "shifts": {
                "description": "further shifts, and those changed by hand, in UTC",
                "type": "array",
                "items": f.obj(
                    {"person": f.ref("user"), "from": f.DATETIME, "until": f.DATETIME},
                    ["person", "from", "until"],
                ),
            },
        },
        required=["name", "timezone"],
    )

    def check(self, pack, value, report):
        timezones = pytz.all_timezones_set
        for number, item in enumerate(value):
            if item["timezone"] not in timezones:
                report(
                    f"$.rosters[{number}].timezone",
                    pack.user_env._("there is no time zone “%s”", item["timezone"]),
                )

    def load_item(self, pack, item):
        roster = pack.upsert(
            "roster",
            item["key"],
            "scrm.flow.roster",
            {"name": pack.text(item["name"]), "timezone": item["timezone"]},
        )
        rotations = []
        for number, turns in enumerate(item.get("rotations", ())):
            with pack.at(f".rotations[{number}]"):
                rotations.append((turns["name"], self._rotation_vals(pack, turns)))
        made = pack.sync(roster, "rotation_ids", rotations, key="name")
        people = [turns["people"] for turns in item.get("rotations", ())]
        for number, turns in enumerate(made):
            with pack.at(f".rotations[{number}].people"):
                self._set_people(turns, pack.refs("user", people[number]))
        made.action_generate()
        for number, shift in enumerate(item.get("shifts", ())):
            with pack.at(f".shifts[{number}]"):
                self._set_shift(pack, roster, shift)

    def _rotation_vals(self, pack, turns):
        return {
            "date_from": turns["first"],
            "date_to": turns["last"],
            "days": turns.get("days", 7),
            "hour_from": pack.decimal(turns.get("from", "0")),
            "hour_to": pack.decimal(turns.get("until", "24")),
            "weekdays": turns.get("weekdays", "all"),
        }

    def _set_people(self, turns, users):
        if [member.user_id.id for member in turns.member_ids] != users.ids:
            turns.member_ids = [
                Command.clear(),
                *(
                    Command.create({"rank": rank, "user_id": user.id})
                    for rank, user in enumerate(users)
                ),
            ]

    def _set_shift(self, pack, roster, shift):
        user = pack.ref("user", shift["person"], ".person")
        start, end = (
            fields.Datetime.to_datetime(shift[name]) for name in ("from", "until")
        )
        if not roster.shift_ids.filtered(
            lambda s: (s.user_id, s.start_at, s.end_at) == (user, start, end)
        ):
            pack.create(
                "scrm.flow.roster.shift",
                {
                    "roster_id": roster.id,
                    "user_id": user.id,
                    "start_at": start,
                    "end_at": end,
                },
            )

    def dump_item(self, pack, record):
        by_hand = record.shift_ids.filtered(
            lambda shift: shift.is_changed or not shift.rotation_id
        )
        return {
            "name": pack.dump_text(record, "name"),
            "timezone": record.timezone,
            "rotations": [self._dump_rotation(pack, r) for r in record.rotation_ids],
            "shifts": [
                {
                    "person": pack.key_of("user", shift.user_id),
                    "from": fields.Datetime.to_string(shift.start_at),
                    "until": fields.Datetime.to_string(shift.end_at),
                }
                for shift in by_hand
            ],
        }

    def _dump_rotation(self, pack, turns):
        return {
            "name": turns.name,
            "people": [pack.key_of("user", m.user_id) for m in turns.member_ids],
            "first": fields.Date.to_string(turns.date_from),
            "last": fields.Date.to_string(turns.date_to),
            "days": turns.days,
            "from": pack.dump_decimal(turns.hour_from),
            "until": pack.dump_decimal(turns.hour_to),
            "weekdays": turns.weekdays,
        }


@register_section
class BackupPoolSection(Section):
    """Backup pools: people who join in for a time."""

    key = "backup_pools"
    addon = "scrm_flow"
    after = ("users", "roles")
    kinds = {"backup_pool": Kind("scrm.flow.backup.pool", key_field="key")}
    schema = f.listing(
        "backup_pool",
        {
            "name": f.TEXT,
            "people": f.refs("user"),
            "role": f.described(f.ref("role"), "its members as well"),
            "hours": f.described(
                f.DECIMAL, "for how long it is switched on if nothing is said; 8"
            ),
        },
        required=["name"],
    )

    def load_item(self, pack, item):
        pack.upsert(
            "backup_pool",
            item["key"],
            "scrm.flow.backup.pool",
            {
                "name": pack.text(item["name"]),
                "user_ids": pack.refs("user", item.get("people"), ".people").ids,
                "group_id": pack.ref("role", item.get("role"), ".role").id,
                "hours": pack.decimal(item.get("hours", "8")),
            },
        )

    def dump_item(self, pack, record):
        return {
            "name": pack.dump_text(record, "name"),
            "people": pack.keys_of("user", record.user_ids),
            "role": pack.key_of("role", record.group_id),
            "hours": pack.dump_decimal(record.hours),
        }


@register_extension
class NodeStandby(Extension):
    """Who else gets the steps of a node."""

    section = "flows"
    addon = "scrm_flow"
    kind = "node"
    after = ("rosters", "backup_pools")
    pointer = NODE
    properties = {
        "location": f.described(
            f.STRING, "of the choice `nearest`: path to a contact; `partner_id`"
        ),
        "backup_pool": f.described(
            f.ref("backup_pool"), "gets steps as well while it is switched on"
        ),
        "stays_on_leave": f.described(
            f.BOOLEAN, "open steps of who goes on leave do not go to others"
        ),
    }

    def vals(self, pack, item):
        return {
            "location_path": item.get("location", False),
            "backup_pool_id": pack.ref("backup_pool", item.get("backup_pool")).id,
            "reassign_on_leave": not item.get("stays_on_leave", False),
        }

    def dump(self, pack, record):
        stays = bool(record.handler_rule) and not record.reassign_on_leave
        return {
            "location": record.location_path,
            "backup_pool": pack.key_of("backup_pool", record.backup_pool_id),
            "stays_on_leave": stays or None,
        }


@register_extension
class NodeHandlerStandby(Extension):
    """Handlers from a roster, and external partners."""

    section = "flows"
    addon = "scrm_flow"
    kind = "node"
    pointer = (*NODE, "properties", "handler")
    properties = {
        "roster": f.described(
            f.obj(
                {
                    "key": f.described(f.ref("roster"), "who is on duty gets it"),
                    "pass_on": f.described(
                        f.BOOLEAN, "open steps go on at the change of shift"
                    ),
                },
                ["key"],
            ),
            "who is on duty",
        ),
        "partner": f.described(
            f.obj(
                {
                    "path": f.described(f.STRING, "to a contact: `partner_id`"),
                    "company": f.described(
                        f.BOOLEAN, "everybody of the contact's company"
                    ),
                },
                ["path"],
            ),
            "a supplier, a franchisee: whoever logs in for that contact",
        ),
    }

    def vals(self, pack, item):
        handler = item.get("handler", {})
        roster, partner = handler.get("roster", {}), handler.get("partner", {})
        return {
            "handler_roster_id": pack.ref("roster", roster.get("key")).id,
            "is_passed_on": roster.get("pass_on", False),
            "partner_path": partner.get("path", False),
            "is_partner_company": partner.get("company", False),
        }

    def dump(self, pack, record):
        if record.handler_rule == "roster":
            roster = {
                "key": pack.key_of("roster", record.handler_roster_id),
                "pass_on": record.is_passed_on or None,
            }
            return {"handler": {"roster": roster}}
        if record.handler_rule == "partner":
            partner = {
                "path": record.partner_path,
                "company": record.is_partner_company or None,
            }
            return {"handler": {"partner": partner}}
        return {}
