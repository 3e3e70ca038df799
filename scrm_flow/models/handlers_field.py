from odoo import fields


class HandlersField(fields.Many2many):
    """A Many2many with a table of its own in every model that inherits it."""

    def _get_attrs(self, model_class, name):
        attrs = super()._get_attrs(model_class, name)
        if not model_class._abstract:
            attrs.setdefault("relation", f"{model_class._table}_scrm_handler_rel")
            # the table goes with the addon that lets the model have flows
            joined_by = model_class._inherit_module.get("scrm.flow.mixin")
            attrs["_module"] = joined_by or attrs.get("_module")
        return attrs
