"""Offers in a pack."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import Kind, Section, register_section
from odoo.addons.scrm_ticket.packs.tags import tag_names, tags_of


@register_section
class OfferSection(Section):
    """What is offered on tickets: when, with which words, for how much."""

    key = "offers"
    addon = "scrm_opportunity"
    after = ("company", "users", "partners", "products", "templates", "teams")
    kinds = {"offer": Kind("scrm.offer", key_field="key")}
    schema = f.listing(
        "offer",
        {
            "name": f.TEXT,
            "keywords": f.described(f.TEXT, "one a line, or commas between"),
            "products": f.refs("product"),
            "bought": f.refs("product"),
            "templates": f.refs("template"),
            "customer_tags": f.described(
                {"type": "array", "items": f.STRING},
                "names of tags; the customer has one of them",
            ),
            "teams": f.described(f.refs("team"), "the ticket is with one of them"),
            "nodes": f.described(
                {"type": "array", "items": f.KEY}, "one of these nodes was reached"
            ),
            "device_months": f.INTEGER,
            "warranty_days": f.described(
                f.INTEGER, "so many days before the end of the warranty, and after"
            ),
            "script": f.described(f.TEXT, "what to say to the customer"),
            "message": f.described(f.TEXT, "what the customer is written"),
            "send_at_once": f.described(
                f.BOOLEAN, "the message is sent as soon as the offer comes up; false"
            ),
            "product": f.ref("product"),
            "amount": f.DECIMAL,
            "salesperson": f.ref("user"),
            "to_sales": f.described(
                f.BOOLEAN, "made into an opportunity at once, with a to-do; false"
            ),
        },
        required=["name"],
    )

    def load_item(self, pack, item):
        vals = {
            "name": pack.text(item["name"]),
            "keywords": pack.words(item.get("keywords")),
            "script": pack.text(item.get("script")),
            "customer_text": pack.text(item.get("message")),
            "send_at_once": item.get("send_at_once", False),
            "product_ids": pack.refs("product", item.get("products"), ".products").ids,
            "bought_product_ids": pack.refs(
                "product", item.get("bought"), ".bought"
            ).ids,
            "template_ids": pack.refs(
                "template", item.get("templates"), ".templates"
            ).ids,
            "partner_tag_ids": tags_of(pack, item.get("customer_tags", ())).ids,
            "team_ids": pack.refs("team", item.get("teams"), ".teams").ids,
            "node_keys": ", ".join(item.get("nodes", ())) or False,
            "device_months": item.get("device_months", 0),
            "at_warranty_end": "warranty_days" in item,
            "warranty_days": item.get("warranty_days", 30),
            "product_id": pack.ref("product", item.get("product"), ".product").id,
            "amount": pack.decimal(item.get("amount")),
            "user_id": pack.ref("user", item.get("salesperson"), ".salesperson").id,
            "to_sales": item.get("to_sales", False),
        }
        pack.upsert("offer", item["key"], "scrm.offer", vals)

    def dump_item(self, pack, record):
        return {
            "name": pack.dump_text(record, "name"),
            "keywords": pack.dump_text(record, "keywords"),
            "script": pack.dump_text(record, "script"),
            "message": pack.dump_text(record, "customer_text"),
            "send_at_once": record.send_at_once or None,
            "products": pack.keys_of("product", record.product_ids),
            "bought": pack.keys_of("product", record.bought_product_ids),
            "templates": pack.keys_of("template", record.template_ids),
            "customer_tags": tag_names(record.partner_tag_ids),
            "teams": pack.keys_of("team", record.team_ids),
            "nodes": list(record._trigger().nodes),
            "device_months": record.device_months or None,
            "warranty_days": record.warranty_days if record.at_warranty_end else None,
            "product": pack.key_of("product", record.product_id),
            "amount": pack.dump_decimal(record.amount) if record.amount else None,
            "salesperson": pack.key_of("user", record.user_id),
            "to_sales": record.to_sales or None,
        }
