from odoo import api, fields, models
from odoo.fields import Domain


class ScrmFittingMixin(models.AbstractModel):
    """Something that holds for the tickets of some templates and companies.

    What fits is asked for each new ticket: answers are kept until one of the rows
    changes. Models add ``template_ids``, the templates; none means all.
    """

    _name = "scrm.fitting.mixin"
    _inherit = "scrm.key.mixin"
    _description = "Fits Template and Company"

    #: Fields whose change changes what fits; None: all of them.
    _fitting_fields: frozenset | None = None

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Company",
        help="Leave empty to use the plan in all companies.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        self.env.registry.clear_cache()
        return rows

    def write(self, vals):
        result = super().write(vals)
        if self._fitting_fields is None or not self._fitting_fields.isdisjoint(vals):
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    def _fitting_domain(self, template_id, company_id):
        """Those for tickets of a template and a company, by their ids."""
        return Domain("company_id", "in", [False, company_id]) & (
            Domain("template_ids", "=", False)
            | Domain("template_ids", "in", [template_id])
        )
