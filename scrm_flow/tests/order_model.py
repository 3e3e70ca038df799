"""A small business model that exists only while the engine's tests run."""

from odoo import fields, models


def order_model():
    """Build the class anew: a class is bound to the registry it is added to."""

    class ScrmTestOrder(models.Model):
        _module = None  # belongs to no addon: never loaded, never updated
        _name = "scrm.test.order"
        _inherit = ["scrm.flow.mixin"]
        _description = "Test Order"

        name = fields.Char(required=True)
        area = fields.Float()
        floor = fields.Integer()
        urgent = fields.Boolean()
        note = fields.Char()
        day = fields.Date()
        priority = fields.Selection([("0", "Normal"), ("1", "High")], default="0")
        secret = fields.Char(groups="base.group_system")
        kind = fields.Selection([("new", "New"), ("old", "Old")])
        owner_id = fields.Many2one("res.users")
        company_id = fields.Many2one("res.company")
        parent_id = fields.Many2one("scrm.test.order")
        child_ids = fields.One2many("scrm.test.order", "parent_id")
        partner_id = fields.Many2one("res.partner")
        events = fields.Char(default="")

        def _event(self, text):
            self.sudo().events = f"{self.events or ''}{text} "

        def _scrm_step_opened(self, step):
            self._event(f"opened:{step.node_key}")
            return super()._scrm_step_opened(step)

        def _scrm_step_done(self, step):
            self._event(f"done:{step.node_key}")
            return super()._scrm_step_done(step)

        def _scrm_run_ended(self, run):
            self._event("ended")
            return super()._scrm_run_ended(run)

        def _scrm_run_cancelled(self, run):
            self._event("cancelled")
            return super()._scrm_run_cancelled(run)

    return ScrmTestOrder


def add_model(registry, cr, model_class):
    """Add a model to the registry and create its table."""
    from odoo.orm.model_classes import add_to_registry

    add_to_registry(registry, model_class)
    registry._setup_models__(cr, [])
    registry.init_models(cr, [model_class._name], {"module": None})


def remove_model(registry, cr, name):
    """Take the model out of the registry again."""
    for parent in ("scrm.flow.mixin", "base"):
        registry[parent]._inherit_children.discard(name)
    del registry.models[name]
    registry._setup_models__(cr, [])
    registry.clear_all_caches()
