from odoo import Command, api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowServiceMark(models.AbstractModel):
    """Tag a ticket and set its priority, as what comes in by one channel deserves."""

    _name = "scrm.flow.service.mark"
    _inherit = "scrm.flow.service"
    _description = "Service Tag and Priority"

    _label = _lt("Tag and Prioritise")
    _kind_rank = 12
    _config_schema = {
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "properties": {
            "tags": {
                "type": "array",
                "minItems": 1,
                "items": {"type": "string", "minLength": 1},
                "description": "names of tags; those that are not there are made",
            },
            "priority": {
                "enum": ["0", "1", "2", "3"],
                "description": "0 low, 1 medium, 2 high, 3 very high",
            },
        },
    }

    @api.model
    def _check_config(self, model_name, config):
        if model_name != "helpdesk.ticket":
            return [self.env._("only tickets are tagged")]
        return super()._check_config(model_name, config)

    @api.model
    def run(self, record, step, config):
        vals = {}
        if "priority" in config:
            vals["priority"] = config["priority"]
        if tags := self._tags(record, config):
            vals["tag_ids"] = [Command.link(tag.id) for tag in tags]
        record.write(vals)

    @api.model
    def _tags(self, record, config):
        """The tags of the company by their names, made when there are none."""
        # sudo: the flow says which tags there are, whoever moves the ticket
        tags = self.env["helpdesk.ticket.tag"].sudo()
        found = tags
        for name in config.get("tags", ()):
            tag = tags.search(
                [
                    ("name", "=", name),
                    ("company_id", "in", [False, record.company_id.id]),
                ],
                limit=1,
            )
            found |= tag or tags.create(
                {"name": name, "company_id": record.company_id.id}
            )
        return found

    @api.model
    def simulate(self, record, config):
        values = {"priority": config["priority"]} if "priority" in config else {}
        return {"tags": config.get("tags", []), "values": values}
