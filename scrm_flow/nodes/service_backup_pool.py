from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowServiceBackupPool(models.AbstractModel):
    """Let a backup pool join in, or stop that."""

    _name = "scrm.flow.service.backup_pool"
    _inherit = "scrm.flow.service"
    _description = "Service Backup Pool"

    _label = _lt("Switch a Backup Pool")
    _kind_rank = 20
    _config_schema = {
        "type": "object",
        "required": ["pool", "on"],
        "additionalProperties": False,
        "properties": {
            "pool": {"type": "string", "description": "key of the backup pool"},
            "on": {"type": "boolean"},
            "hours": {
                "type": "number",
                "exclusiveMinimum": 0,
                "description": "for how long; the pool's own hours when left out",
            },
        },
    }

    @api.model
    def _check_config(self, model_name, config):
        problems = super()._check_config(model_name, config)
        if problems:
            return problems
        pool = self._pool(config)
        if not pool:
            return [self.env._("there is no backup pool “%s”", config["pool"])]
        if not pool.has_access("write"):
            return [self.env._("you may not switch the backup pool “%s”", pool.name)]
        return []

    @api.model
    def _pool(self, config):
        pools = self.env["scrm.flow.backup.pool"]
        return pools.search([("key", "=", config["pool"])])

    @api.model
    def run(self, record, step, config):
        # sudo: whoever published the flow may switch the pool
        pool = self.sudo()._pool(config)
        if not pool:
            raise UserError(
                self.env._("There is no backup pool “%s” any more.", config["pool"])
            )
        if config["on"]:
            pool._switch_on(config.get("hours"))
        else:
            pool._switch_off()

    @api.model
    def simulate(self, record, config):
        return {"pool": config["pool"], "on": config["on"]}
