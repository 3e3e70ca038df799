from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: Written by the engine or by Odoo itself, never by a service.
RESERVED = frozenset(models.MAGIC_COLUMNS) | {
    "scrm_run_id",
    "scrm_handler_ids",
    "scrm_node_key",
}
WRITABLE_TYPES = frozenset(
    {
        "boolean",
        "char",
        "date",
        "datetime",
        "float",
        "integer",
        "many2one",
        "monetary",
        "selection",
        "text",
    }
)


class ScrmFlowServiceSetValues(models.AbstractModel):
    """Write fixed values to fields of the record."""

    _name = "scrm.flow.service.set_values"
    _inherit = "scrm.flow.service"
    _description = "Service Set Values"

    _label = _lt("Set Values")
    _kind_rank = 10
    _config_schema = {
        "type": "object",
        "required": ["values"],
        "additionalProperties": False,
        "properties": {
            "values": {
                "type": "object",
                "minProperties": 1,
                "description": "field name -> value",
            }
        },
    }

    @api.model
    def _check_config(self, model_name, config):
        problems = super()._check_config(model_name, config)
        if problems:
            return problems
        model = self.env[model_name]
        if not model.has_access("write"):
            return [self.env._("you may not change %(model)s", model=model_name)]
        wrong = []
        for name in config["values"]:
            field = model._fields.get(name)
            if (
                field is None
                or name in RESERVED
                or field.readonly
                and not field.store
                or field.type not in WRITABLE_TYPES
                or not model._has_field_access(field, "write")
            ):
                wrong.append(
                    self.env._("the field “%(field)s” cannot be set", field=name)
                )
        return wrong

    @api.model
    def run(self, record, step, config):
        record.write(self._values(record, config))

    @api.model
    def simulate(self, record, config):
        return {"values": self._values(record, config)}

    @api.model
    def _values(self, record, config):
        return {
            name: value
            for name, value in config["values"].items()
            if name in record._fields and name not in RESERVED
        }
