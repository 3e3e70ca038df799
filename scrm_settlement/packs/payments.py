"""Which posts see how far tickets are paid."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import Extension, register_extension


@register_extension
class TemplatePayments(Extension):
    """Payment progress that only some roles see."""

    section = "templates"
    addon = "scrm_settlement"
    kind = "template"
    properties = {
        "payments_for": f.described(
            f.refs("role"),
            "of the colleagues only these, and the store's manager, see what is paid",
        ),
    }

    def vals(self, pack, item):
        roles = pack.refs("role", item.get("payments_for"), ".payments_for")
        return {"payment_group_ids": roles.ids}

    def dump(self, pack, record):
        return {"payments_for": pack.keys_of("role", record.payment_group_ids) or None}
