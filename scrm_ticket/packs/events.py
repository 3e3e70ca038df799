"""Events, signed webhooks, chat accounts: what opens tickets with no colleague."""

from ast import literal_eval

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import Kind, Section, register_section


@register_section
class EventSection(Section):
    """What happens to records of Odoo and opens a ticket."""

    key = "events"
    addon = "scrm_ticket"
    after = ("company", "users", "fields", "templates")
    kinds = {"event": Kind("scrm.door.event", key_field="key")}
    schema = f.listing(
        "event",
        {
            "name": f.TEXT,
            "model": f.described(f.STRING, "technical name, as `payment.transaction`"),
            "condition": f.described(
                f.STRING, "domain: the ticket is opened when it begins to hold"
            ),
            "repeats": f.BOOLEAN,
            "template": f.ref("template"),
            "user": f.ref("user"),
            "customer": f.described(f.STRING, "path to the contact, as `partner_id`"),
            "subject": f.described(f.TEXT, "paths in braces: `{display_name}`"),
            "description": f.TEXT,
            "values": f.described(
                f.keyed_list(
                    {
                        "field": f.ref("field"),
                        "path": f.described(f.STRING, "field of the record"),
                    },
                    ["path"],
                    key="field",
                ),
                "which fields of the form are filled in from the record",
            ),
        },
        required=["name", "model", "condition", "template", "user"],
    )

    def load_item(self, pack, item):
        if item["model"] not in pack.env:
            raise pack.error(
                pack.user_env._("there are no records “%s” here", item["model"]),
                ".model",
            )
        try:
            literal_eval(item["condition"])
        except (ValueError, SyntaxError) as fault:
            raise pack.error(
                pack.user_env._("“%s” is no condition", item["condition"]),
                ".condition",
            ) from fault
        vals = {
            "name": pack.text(item["name"]),
            "model_id": pack.env["ir.model"]._get_id(item["model"]),
            "domain": item["condition"],
            "repeats": item.get("repeats", False),
            "template_id": pack.ref("template", item["template"], ".template").id,
            "user_id": pack.ref("user", item["user"], ".user").id,
            "partner_path": item.get("customer", False),
            "subject": pack.text(item.get("subject", "")),
            "description": pack.text(item.get("description", "")),
        }
        event = pack.upsert("event", item["key"], "scrm.door.event", vals)
        rows = []
        for number, line in enumerate(item.get("values", ())):
            field = pack.ref("field", line["field"], f".values[{number}].field")
            rows.append((field.id, {"path": line["path"], "sequence": number}))
        pack.sync(event, "value_ids", rows, key="field_id")

    def dump_item(self, pack, record):
        return {
            "name": pack.dump_text(record, "name"),
            "model": record.model,
            "condition": record.domain,
            "repeats": record.repeats or None,
            "template": pack.key_of("template", record.template_id),
            "user": pack.key_of("user", record.user_id),
            "customer": record.partner_path or None,
            "subject": pack.dump_text(record, "subject"),
            "description": pack.dump_text(record, "description"),
            "values": [
                {"field": pack.key_of("field", line.field_id), "path": line.path}
                for line in record.value_ids
            ],
        }


@register_section
class WebhookSection(Section):
    """Systems that send signed messages. Secrets are made here, never carried along."""

    key = "webhooks"
    addon = "scrm_ticket"
    after = ("company", "users", "templates")
    kinds = {"webhook": Kind("scrm.door.webhook", key_field="key")}
    schema = f.listing(
        "webhook",
        {
            "name": f.TEXT,
            "user": f.ref("user"),
            "template": f.described(
                f.ref("template"), "of all messages; else messages name theirs"
            ),
        },
        required=["name", "user"],
    )

    def load_item(self, pack, item):
        vals = {
            "name": pack.text(item["name"]),
            "user_id": pack.ref("user", item["user"], ".user").id,
            "template_id": pack.ref("template", item.get("template"), ".template").id,
        }
        pack.upsert("webhook", item["key"], "scrm.door.webhook", vals)

    def dump_item(self, pack, record):
        return {
            "name": pack.dump_text(record, "name"),
            "user": pack.key_of("user", record.user_id),
            "template": pack.key_of("template", record.template_id),
        }


@register_section
class ChatSection(Section):
    """Accounts where customers chat. Tokens and keys are made here, never carried
    along: they are entered on the platform."""

    key = "chat_accounts"
    addon = "scrm_ticket"
    after = ("company", "users", "templates", "notice_channels")
    kinds = {"chat_account": Kind("scrm.door.chat", key_field="key")}
    schema = f.listing(
        "chat_account",
        {
            "name": f.TEXT,
            "platform": {"enum": ["wechat", "wecom"]},
            "receiver": f.described(f.STRING, "AppID or CorpID"),
            "user": f.ref("user"),
            "template": f.described(
                f.ref("template"), "of messages in which no template's words fall"
            ),
            "urgent_words": f.described(
                f.TEXT, "give a ticket the highest priority; separated by commas"
            ),
            "join_hours": {"type": "integer", "minimum": 0},
            "answers_by": f.described(
                f.ref("notice_channel"), "what colleagues answer leaves by it"
            ),
            "intake": f.described(
                {"enum": ["ticket", "panel"]},
                "what messages to us become: a `ticket`, or they wait for a colleague "
                "on the page beside the chat (`panel`)",
            ),
            "keep_hours": f.described(
                {"type": "integer", "minimum": 0},
                "how long messages are shown on the page beside the chat",
            ),
        },
        required=["name", "platform", "receiver", "user"],
    )

    def load_item(self, pack, item):
        vals = {
            "name": pack.text(item["name"]),
            "platform": item["platform"],
            "receiver": item["receiver"],
            "user_id": pack.ref("user", item["user"], ".user").id,
            "template_id": pack.ref("template", item.get("template"), ".template").id,
            "urgent_words": pack.words(item.get("urgent_words"), is_translated=False),
            "join_hours": item.get("join_hours", 24),
            "answer_channel_id": pack.ref(
                "notice_channel", item.get("answers_by"), ".answers_by"
            ).id,
            "intake": item.get("intake", "ticket"),
            "keep_hours": item.get("keep_hours", 0),
        }
        pack.upsert("chat_account", item["key"], "scrm.door.chat", vals)

    def dump_item(self, pack, record):
        return {
            "name": pack.dump_text(record, "name"),
            "platform": record.platform,
            "receiver": record.receiver,
            "user": pack.key_of("user", record.user_id),
            "template": pack.key_of("template", record.template_id),
            "urgent_words": record.urgent_words or None,
            "join_hours": record.join_hours,
            "answers_by": pack.key_of("notice_channel", record.answer_channel_id),
            "intake": record.intake if record.intake != "ticket" else None,
            "keep_hours": record.keep_hours or None,
        }
