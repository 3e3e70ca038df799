"""What customers get by themselves: tags by how they ask, coupons."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import (
    Extension,
    Kind,
    Section,
    register_extension,
    register_section,
)

from .tags import tags_of


@register_section
class CustomerTagSection(Section):
    """Tags that customers get by the channels they ask by."""

    key = "customer_tags"
    addon = "scrm_ticket"
    after = ("company", "fields", "templates")
    kinds = {"customer_tag": Kind("scrm.customer.tag.rule", key_field="key")}
    schema = f.listing(
        "customer_tag",
        {
            "name": f.TEXT,
            "tag": f.described(f.STRING, "its name; a new one is made"),
            "condition": f.described(
                f.STRING, "a domain of tickets: `[('scrm_channel', '=', 'phone')]`"
            ),
            "days": f.described(f.INTEGER, "in the last so many; 90"),
            "least": f.described(f.INTEGER, "so many of such tickets; 3"),
            "percent": f.described(f.DECIMAL, "and this share of all; any"),
            "keeps": f.described(f.BOOLEAN, "the tag stays once it was given"),
        },
        required=["name", "tag", "condition"],
    )

    def load_item(self, pack, item):
        vals = {
            "name": pack.text(item["name"]),
            "tag_id": tags_of(pack, [item["tag"]]).id,
            "condition": item["condition"],
            "days": item.get("days", 90),
            "least": item.get("least", 3),
            "percent": pack.decimal(item.get("percent", "0")),
            "keeps": item.get("keeps", False),
        }
        pack.upsert("customer_tag", item["key"], "scrm.customer.tag.rule", vals)

    def dump_item(self, pack, record):
        share = record.percent
        return {
            "name": pack.dump_text(record, "name"),
            "tag": record.tag_id.name,
            "condition": record.condition,
            "days": record.days,
            "least": record.least,
            "percent": pack.dump_decimal(share) if share else None,
            "keeps": record.keeps or None,
        }


@register_section
class CouponSection(Section):
    """Coupons of which each customer gets one. Codes are never part of a pack."""

    key = "coupons"
    addon = "scrm_ticket"
    after = ("company",)
    kinds = {"coupon": Kind("scrm.coupon.campaign", key_field="key")}
    schema = f.listing(
        "coupon",
        {
            "name": f.TEXT,
            "valid_until": f.DATE,
            "makes_codes": f.described(
                f.BOOLEAN, "false: only codes that are entered are given out"
            ),
            "prefix": f.STRING,
        },
        required=["name"],
    )

    def load_item(self, pack, item):
        vals = {
            "name": pack.text(item["name"]),
            "valid_until": item.get("valid_until", False),
            "makes_codes": item.get("makes_codes", True),
            "prefix": item.get("prefix", False),
        }
        pack.upsert("coupon", item["key"], "scrm.coupon.campaign", vals)

    def dump_item(self, pack, record):
        until = record.valid_until
        return {
            "name": pack.dump_text(record, "name"),
            "valid_until": until.isoformat() if until else None,
            "makes_codes": None if record.makes_codes else False,
            "prefix": record.prefix or None,
        }


@register_extension
class NoticeCoupon(Extension):
    """The coupons that a rule gives out."""

    section = "notices"
    addon = "scrm_ticket"
    kind = "notice"
    after = ("coupons",)
    properties = {
        "coupon": f.described(
            f.ref("coupon"), "one code each; `{{ coupon }}` in the text"
        )
    }

    def vals(self, pack, item):
        campaign = pack.ref("coupon", item.get("coupon"), ".coupon")
        return {"coupon_campaign_id": campaign.id}

    def dump(self, pack, record):
        return {"coupon": pack.key_of("coupon", record.coupon_campaign_id)}
