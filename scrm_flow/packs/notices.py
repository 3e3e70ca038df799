"""Who is told what when something happens, and by which channels."""

from . import fragments as f
from .registry import Kind, Section, register_section

EVENTS = [
    *("reached", "assigned", "accepted", "completed", "rejected", "deadline"),
    *("reminder", "escalated", "stuck", "frozen", "released", "started"),
    *("ended", "cancelled", "reopened", "field", "date"),
    *("surge", "share", "rise", "called"),
]
#: JSON value of "to" -> field of the rule
PEOPLE = {
    "handlers": "to_handlers",
    "previous": "to_previous",
    "originator": "to_originator",
    "customer": "to_customer",
    "owner": "to_owner",
}
TIMINGS = ["now", "delay", "repeat", "hour", "day"]
CONDITION = f.described(f.STRING, "a domain: `[('priority', '=', '3')]`")


@register_section
class NoticeChannelSection(Section):
    """Ways to reach people. Addresses and secrets are never part of a pack: an
    administrator enters them after the import."""

    key = "notice_channels"
    addon = "scrm_flow"
    kinds = {"notice_channel": Kind("scrm.notice.channel", key_field="key")}
    schema = f.listing(
        "notice_channel",
        {
            "name": f.TEXT,
            "kind": f.described(
                f.STRING,
                "`inbox`, `activity`, `email`, `sms`, `sms_gateway`, `voice`, "
                "`wecom_app`, `wechat`, `wechat_service`, `wecom_chat`, "
                "`wecom_robot`, `dingtalk_robot`, `feishu_robot`, `apprise`, "
                "`webhook`",
            ),
            "per_hour": f.described(
                f.INTEGER, "messages that one person gets in an hour; no limit"
            ),
            "timeout": f.described(f.INTEGER, "seconds; 10"),
            "mentions_all": f.described(
                f.BOOLEAN, "a robot calls everybody in its group"
            ),
        },
        required=["name", "kind"],
    )

    def check(self, pack, value, report):
        kinds = dict(pack.env["scrm.notice.channel.kind"]._selection())
        for number, item in enumerate(value):
            if item["kind"] not in kinds:
                report(
                    f"$.notice_channels[{number}].kind",
                    pack.user_env._("there is no kind of channel “%s”", item["kind"]),
                )

    def load_item(self, pack, item):
        pack.upsert(
            "notice_channel",
            item["key"],
            "scrm.notice.channel",
            {
                "name": pack.text(item["name"]),
                "kind": item["kind"],
                "cap_per_hour": item.get("per_hour", 0),
                "timeout": item.get("timeout", 10),
                "mentions_all": item.get("mentions_all", False),
            },
        )

    def dump(self, pack):
        """Those made here: every database has the ones that come with the addon."""
        channels = pack.env["scrm.notice.channel"].search([])
        names = channels.get_external_id()
        shipped = {
            channel.key
            for channel in channels
            if names[channel.id].startswith("scrm_flow.")
        }
        return [item for item in super().dump(pack) if item["key"] not in shipped]

    def dump_item(self, pack, record):
        return {
            "name": pack.dump_text(record, "name"),
            "kind": record.kind,
            "per_hour": record.cap_per_hour or None,
            "timeout": record.timeout,
            "mentions_all": record.mentions_all or None,
        }


@register_section
class NoticeSection(Section):
    """Notification rules: event, condition, people, channels, time, words."""

    key = "notices"
    addon = "scrm_flow"
    after = (
        "notice_channels",
        "users",
        "roles",
        "rosters",
        "backup_pools",
        "flows",
    )
    kinds = {"notice": Kind("scrm.notice.rule", key_field="key")}
    schema = f.listing(
        "notice",
        {
            "name": f.TEXT,
            "model": f.described(f.STRING, "of the records; `helpdesk.ticket`"),
            "flow": f.described(f.ref("flow"), "only records that run through it"),
            "when": {"enum": EVENTS},
            "nodes": f.described(
                {"type": "array", "items": f.KEY}, "keys of nodes; all of them"
            ),
            "field": f.described(f.STRING, "of `when`: `field` or `date`"),
            "hours": f.described(
                f.DECIMAL, "after the date, or of the delay; negative: before the date"
            ),
            "condition": CONDITION,
            "count": f.described(
                f.obj(
                    {
                        "hours": f.described(f.DECIMAL, "in the last so many; 24"),
                        "percent": f.described(
                            f.DECIMAL, "growth, or more than this share; 15"
                        ),
                        "least": f.described(f.INTEGER, "fewer are never told of; 5"),
                        "by": f.described(f.STRING, "field: each value for itself"),
                        "of": f.described(
                            f.STRING, "a domain: what a share is a part of"
                        ),
                    }
                ),
                "of `when`: `surge`, `share` or `rise`",
            ),
            "to": {"type": "array", "items": {"enum": sorted(PEOPLE)}},
            "pools": f.described(
                f.refs("backup_pool"), "are switched on when it happens"
            ),
            "calls": f.described(
                f.refs("notice"),
                "rules with `when`: `called`; they tell of each record",
            ),
            "people": f.refs("user"),
            "roles": f.refs("role"),
            "on_duty": f.refs("roster"),
            "path": f.described(f.STRING, "to people: `store_id.manager_id`"),
            "also_actor": f.described(
                f.BOOLEAN, "people are told what they did themselves"
            ),
            "channels": f.described(
                f.refs("notice_channel"), "`inbox`, `activity`, `email`, `sms`, or own"
            ),
            "severities": {
                "type": "array",
                "items": f.obj(
                    {
                        "name": f.TEXT,
                        "condition": CONDITION,
                        "channels": f.refs("notice_channel"),
                        "urgent": f.BOOLEAN,
                    },
                    ["name"],
                ),
            },
            "subject": f.TEXT,
            "text": f.described(f.TEXT, "with `{{ record }}`, `{{ node }}`, ..."),
            "texts": f.described(
                f.keyed_list({"text": f.TEXT}, ["text"], key="node"),
                "what is said at a node instead",
            ),
            "timing": f.described({"enum": TIMINGS}, "`now`"),
            "every": f.described(f.DECIMAL, "hours, of `timing`: `repeat`; 2"),
            "even_if_over": f.described(
                f.BOOLEAN, "delayed ones are sent though the step is done"
            ),
            "digest_hour": f.described(f.DECIMAL, "of the recipient's day; 18"),
            "urgent": f.BOOLEAN,
            "urgent_if": CONDITION,
            "quiet": f.described(
                f.obj({"from": f.DECIMAL, "until": f.DECIMAL}, ["from", "until"]),
                "hours of the recipient's day in which only urgent ones go out",
            ),
        },
        required=["name", "when", "channels"],
    )

    def load(self, pack, value):
        """Rules that others call come first: they are named by those."""
        for is_called in (True, False):
            for number, item in enumerate(value):
                if (item["when"] == "called") == is_called:
                    with pack.at(f"[{number}]"):
                        self.load_item(pack, item)

    def load_item(self, pack, item):
        model = item.get("model", "helpdesk.ticket")
        flow = pack.ref("flow", item.get("flow"), ".flow")
        model_id = flow.model_id or pack.env["ir.model"]._get(model)
        if not model_id:
            raise pack.error(pack.user_env._("there is no model “%s”", model), ".model")
        fields = pack.env["ir.model.fields"]
        field = fields._get(model_id.model, item["field"]) if "field" in item else None
        hours = pack.decimal(item.get("hours", "0"))
        quiet = item.get("quiet", {})
        count = item.get("count", {})
        is_date = item["when"] == "date"
        rule = pack.upsert(
            "notice",
            item["key"],
            "scrm.notice.rule",
            {
                "name": pack.text(item["name"]),
                "model_id": model_id.id,
                "flow_id": flow.id,
                "event": item["when"],
                "node_keys": ", ".join(item.get("nodes", ())) or False,
                "field_id": field.id if field else False,
                "date_hours": hours if is_date else 0,
                "condition": item.get("condition", "[]"),
                "count_hours": pack.decimal(count.get("hours", "24")),
                "count_percent": pack.decimal(count.get("percent", "15")),
                "count_least": count.get("least", 5),
                "count_by": count.get("by", False),
                "count_of": count.get("of", "[]"),
                **{name: key in item.get("to", ()) for key, name in PEOPLE.items()},
                "user_ids": pack.refs("user", item.get("people"), ".people").ids,
                "group_ids": pack.refs("role", item.get("roles"), ".roles").ids,
                "backup_pool_ids": pack.refs(
                    "backup_pool", item.get("pools"), ".pools"
                ).ids,
                "next_rule_ids": pack.refs("notice", item.get("calls"), ".calls").ids,
                "roster_ids": pack.refs("roster", item.get("on_duty"), ".on_duty").ids,
                "field_path": item.get("path", False),
                "skip_actor": not item.get("also_actor", False),
                "channel_ids": self._channels(pack, item).ids,
                "subject": pack.text(item["subject"]) if "subject" in item else False,
                "body": pack.text(item["text"]) if "text" in item else False,
                "timing": item.get("timing", "now"),
                "delay_hours": 0 if is_date else hours,
                "repeat_hours": pack.decimal(item.get("every", "2")),
                "only_lasting": not item.get("even_if_over", False),
                "digest_hour": pack.decimal(item.get("digest_hour", "18")),
                "is_urgent": item.get("urgent", False),
                "urgent_condition": item.get("urgent_if", False),
                "holds_at_night": bool(quiet),
                "quiet_from": pack.decimal(quiet.get("from", "22")),
                "quiet_until": pack.decimal(quiet.get("until", "8")),
                **self.extra_vals(pack, "notice", item),
            },
        )
        self.extra_load(pack, "notice", item, rule)
        pack.sync(
            rule,
            "level_ids",
            [
                (
                    number,
                    {
                        "name": pack.text(level["name"]),
                        "condition": level.get("condition", "[]"),
                        "channel_ids": self._channels(pack, level).ids,
                        "is_urgent": level.get("urgent", False),
                    },
                )
                for number, level in enumerate(item.get("severities", ()))
            ],
            key="sequence",
        )
        pack.sync(
            rule,
            "sentence_ids",
            [
                (one["node"], {"body": pack.text(one["text"]), "sequence": number})
                for number, one in enumerate(item.get("texts", ()))
            ],
            key="node_key",
        )

    def _channels(self, pack, item):
        return pack.refs("notice_channel", item.get("channels"), ".channels")

    def dump_item(self, pack, record):
        is_date = record.event == "date"
        hours = record.date_hours if is_date else record.delay_hours
        repeats, daily = record.timing == "repeat", record.timing == "day"
        quiet = {
            "from": pack.dump_decimal(record.quiet_from),
            "until": pack.dump_decimal(record.quiet_until),
        }
        return {
            "name": pack.dump_text(record, "name"),
            "model": record.model if not record.flow_id else None,
            "flow": pack.key_of("flow", record.flow_id),
            "when": record.event,
            "nodes": record._keys(),
            "field": record.field_id.name,
            "hours": pack.dump_decimal(hours) if hours else None,
            "condition": self._condition(record.condition),
            "count": self._dump_count(pack, record),
            "to": sorted(key for key, name in PEOPLE.items() if record[name]),
            "people": pack.keys_of("user", record.user_ids),
            "roles": pack.keys_of("role", record.group_ids),
            "pools": pack.keys_of("backup_pool", record.backup_pool_ids),
            "calls": pack.keys_of("notice", record.next_rule_ids),
            "on_duty": pack.keys_of("roster", record.roster_ids),
            "path": record.field_path,
            "also_actor": not record.skip_actor,
            "channels": pack.keys_of("notice_channel", record.channel_ids),
            "severities": [self._dump_level(pack, level) for level in record.level_ids],
            "subject": pack.dump_text(record, "subject"),
            "text": pack.dump_text(record, "body"),
            "texts": [
                {"node": one.node_key, "text": pack.dump_text(one, "body")}
                for one in record.sentence_ids
            ],
            "timing": record.timing,
            "every": pack.dump_decimal(record.repeat_hours) if repeats else None,
            "even_if_over": not record.only_lasting,
            "digest_hour": pack.dump_decimal(record.digest_hour) if daily else None,
            "urgent": record.is_urgent,
            "urgent_if": self._condition(record.urgent_condition),
            "quiet": quiet if record.holds_at_night else None,
        }

    def _dump_count(self, pack, record):
        if record.event not in ("surge", "share", "rise"):
            return None
        values = {
            "hours": pack.dump_decimal(record.count_hours),
            "percent": pack.dump_decimal(record.count_percent),
            "least": record.count_least,
            "by": record.count_by or None,
            "of": self._condition(record.count_of),
        }
        return {key: value for key, value in values.items() if value is not None}

    def _dump_level(self, pack, level):
        values = {
            "name": pack.dump_text(level, "name"),
            "condition": self._condition(level.condition),
            "channels": pack.keys_of("notice_channel", level.channel_ids),
            "urgent": level.is_urgent,
        }
        return {key: value for key, value in values.items() if value}

    def _condition(self, text):
        return text if text and text != "[]" else None
