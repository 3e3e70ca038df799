"""Templates by which improvements of a product are raised."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import Extension, register_extension


@register_extension
class TemplateImprovement(Extension):
    """Raised from a customer's ticket, with the recording and similar feedback."""

    section = "templates"
    addon = "scrm_ticket"
    kind = "template"
    properties = {
        "improvement": f.described(
            f.BOOLEAN, "raised from tickets, with recording and similar feedback"
        ),
        "improvement_by": f.described(
            f.refs("role"), "who may raise it; everybody who opens tickets"
        ),
    }

    def vals(self, pack, item):
        roles = pack.refs("role", item.get("improvement_by"), ".improvement_by")
        return {
            "is_improvement": item.get("improvement", False),
            "improvement_group_ids": roles.ids,
        }

    def dump(self, pack, record):
        return {
            "improvement": record.is_improvement or None,
            "improvement_by": pack.keys_of("role", record.improvement_group_ids)
            or None,
        }
