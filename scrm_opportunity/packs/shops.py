"""Shops on platforms in a pack: what they are, never their keys."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import Kind, Section, register_section


@register_section
class ShopSection(Section):
    """Shops whose orders and conversations arrive. Keys are entered afterwards."""

    key = "shops"
    addon = "scrm_opportunity"
    after = ("company", "users", "products", "templates", "notice_channels")
    kinds = {"shop": Kind("scrm.shop", key_field="key")}
    schema = f.listing(
        "shop",
        {
            "name": f.TEXT,
            "platform": f.described(f.STRING, "`douyin`, `tmall`, `shop`, `pos`"),
            "user": f.ref("user"),
            "template": f.described(
                f.ref("template"), "of messages in which no template's words fall"
            ),
            "urgent_words": f.TEXT,
            "join_hours": {"type": "integer", "minimum": 0},
            "freight": f.described(
                f.ref("product"), "on orders with a parcel paid for"
            ),
            "answers_by": f.ref("notice_channel"),
            "asks": f.described(f.BOOLEAN, "it is asked for changes; false"),
        },
        required=["name", "platform", "user"],
    )

    def load_item(self, pack, item):
        platforms = dict(pack.env["scrm.shop.platform"]._selection())
        if item["platform"] not in platforms:
            raise pack.error(
                pack.user_env._("there is no platform “%s”", item["platform"]),
                ".platform",
            )
        vals = {
            "name": pack.text(item["name"]),
            "platform": item["platform"],
            "user_id": pack.ref("user", item["user"], ".user").id,
            "template_id": pack.ref("template", item.get("template"), ".template").id,
            "urgent_words": pack.words(item.get("urgent_words"), is_translated=False),
            "join_hours": item.get("join_hours", 24),
            "freight_product_id": pack.ref(
                "product", item.get("freight"), ".freight"
            ).id,
            "answer_channel_id": pack.ref(
                "notice_channel", item.get("answers_by"), ".answers_by"
            ).id,
            "asks": item.get("asks", False),
        }
        pack.upsert("shop", item["key"], "scrm.shop", vals)

    def dump_item(self, pack, record):
        return {
            "name": pack.dump_text(record, "name"),
            "platform": record.platform,
            "user": pack.key_of("user", record.user_id),
            "template": pack.key_of("template", record.template_id),
            "urgent_words": record.urgent_words or None,
            "join_hours": record.join_hours,
            "freight": pack.key_of("product", record.freight_product_id),
            "answers_by": pack.key_of("notice_channel", record.answer_channel_id),
            "asks": record.asks or None,
        }
