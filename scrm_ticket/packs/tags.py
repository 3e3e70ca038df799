"""Tags of customers in packs: by their names, as people know them."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import Extension, register_extension


def tags_of(pack, names):
    """``res.partner.category`` of these names; new ones are made."""
    tags = pack.env["res.partner.category"]
    found = tags.browse()
    for name in names:
        tag = tags.search([("name", "=", name)], limit=1)
        found |= tag or pack.create("res.partner.category", {"name": name})
    return found


def tag_names(tags):
    """The names of tags, for a pack."""
    return tags.mapped("name")


@register_extension
class PartnerTags(Extension):
    """Tags of customers, such as a member level."""

    section = "partners"
    addon = "scrm_ticket"
    kind = "partner"
    properties = {
        "tags": f.described(
            {"type": "array", "items": f.STRING},
            "such as a member level; new ones are made",
        )
    }

    def vals(self, pack, item):
        if "tags" not in item:
            return {}
        return {"category_id": tags_of(pack, item["tags"]).ids}

    def dump(self, pack, record):
        return {"tags": tag_names(record.category_id) or None}
