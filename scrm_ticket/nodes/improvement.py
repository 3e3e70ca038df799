from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowServiceImprovement(models.AbstractModel):
    """Raise an improvement of the product from the ticket of a customer.

    It opens with the recording and all similar feedback of the last three months, as
    far as who published the flow may read it. A ticket that comes here again raises no
    second one.
    """

    _name = "scrm.flow.service.improvement"
    _inherit = "scrm.flow.service"
    _description = "Service Improvement"

    _label = _lt("Raise an Improvement")
    _kind_rank = 48
    _config_schema = {
        "type": "object",
        "required": ["template"],
        "additionalProperties": False,
        "properties": {
            "template": {
                "type": "string",
                "description": "key of a template for improvements",
            }
        },
    }

    @api.model
    def _check_config(self, model_name, config):
        problems = super()._check_config(model_name, config)
        if problems:
            return problems
        if model_name != "helpdesk.ticket":
            return [self.env._("only tickets raise improvements")]
        template = self._template(config).filtered("is_improvement")
        company = template.company_id or self.env.company
        is_import = self.env.uid == SUPERUSER_ID  # a pack, at the command line
        may = is_import or template in template._scrm_improvements(company)
        if not template or not may:
            return [
                self.env._(
                    "there is no template for improvements “%s” that you may raise",
                    config["template"],
                )
            ]
        return []

    @api.model
    def _template(self, config):
        templates = self.env["scrm.ticket.template"]
        return templates.search([("key", "=", config["template"])], limit=1)

    @api.model
    def run(self, record, step, config):
        template = self._template(config).filtered("is_improvement")
        if not template:
            raise UserError(
                self.env._(
                    "The template for improvements “%s” is gone.", config["template"]
                )
            )
        if record.template_id.is_improvement:
            raise UserError(self.env._("An improvement does not raise another one."))
        if template in record.scrm_improvement_ids.template_id:
            return
        author = step.run_id.version_id.published_by_id
        seen = record.with_user(author)
        alike = seen._scrm_alike() if author and seen.has_access("read") else []
        record._scrm_open_improvement(template, alike, user=author)

    @api.model
    def simulate(self, record, config):
        return {"improvement": self._template(config).name}
