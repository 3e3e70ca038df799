"""Parts as service tasks: reserve, fetch, issue at one node, consume at a later one."""

from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowServiceParts(models.AbstractModel):
    """What both services share; without a label it is no service itself."""

    _name = "scrm.flow.service.parts"
    _inherit = "scrm.flow.service"
    _description = "Service Parts"

    @api.model
    def _check_config(self, model_name, config):
        if model_name != "helpdesk.ticket":
            return [self.env._("only tickets have parts")]
        return super()._check_config(model_name, config)

    @api.model
    def simulate(self, record, config):
        return {
            "parts": [
                {"product": line.product_id.display_name, "quantity": line.quantity}
                for line in record.part_line_ids
                if line.state in ("draft", "waiting", "reserved")
            ]
        }


class ScrmFlowServicePartsReserve(models.AbstractModel):
    """Hold every part of the ticket in the warehouse, or do something about it."""

    _name = "scrm.flow.service.parts_reserve"
    _inherit = "scrm.flow.service.parts"
    _description = "Service Reserve Parts"

    _label = _lt("Reserve Parts")
    _kind_rank = 50
    _config_schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "short": {
                "enum": ["stop", "wait", "fetch", "order"],
                "description": "what a short part does: stop the flow with the reason "
                "(if left out), go on and wait for it, have it fetched from another "
                "place, have it ordered",
            },
            "item": {
                "type": "string",
                "description": "key of the form's field that names a product: it is "
                "reserved too, for an exchange say",
            },
            "quantity": {
                "type": "string",
                "description": "key of the form's field that says how many of it",
            },
        },
        "dependentRequired": {"quantity": ["item"]},
    }

    @api.model
    def _check_config(self, model_name, config):
        problems = super()._check_config(model_name, config)
        for name, kinds in (("item", ("stock", "record")), ("quantity", ("number",))):
            key = not problems and config.get(name)
            if not key:
                continue
            field = self.env["scrm.form.field"].search([("key", "=", key)])
            if field.type not in kinds:
                problems.append(
                    self.env._("the form has no such field for a product: %s", key)
                    if name == "item"
                    else self.env._("the form has no such number: %s", key)
                )
        return problems

    @api.model
    def run(self, record, step, config):
        short = config.get("short", "stop")
        if config.get("item"):
            record._scrm_need_item(config["item"], config.get("quantity"))
        record.part_line_ids._scrm_reserve(wait=short != "stop")
        if short == "fetch":
            record.action_scrm_parts_fetch()
        elif short == "order":
            record.action_scrm_parts_order()


class ScrmFlowServicePartsFetch(models.AbstractModel):
    """Have missing parts fetched from the warehouse or van that has most of them."""

    _name = "scrm.flow.service.parts_fetch"
    _inherit = "scrm.flow.service.parts"
    _description = "Service Fetch Parts"

    _label = _lt("Fetch Missing Parts")
    _kind_rank = 52

    @api.model
    def run(self, record, step, config):
        record.action_scrm_parts_fetch()


class ScrmFlowServicePartsReceive(models.AbstractModel):
    """Finish the transfers for the ticket: its parts have arrived."""

    _name = "scrm.flow.service.parts_receive"
    _inherit = "scrm.flow.service.parts"
    _description = "Service Receive Parts"

    _label = _lt("Receive Fetched Parts")
    _kind_rank = 53

    @api.model
    def run(self, record, step, config):
        record.action_scrm_parts_receive()


class ScrmFlowServicePartsIssue(models.AbstractModel):
    """Hand the parts out to the technician: they lie in his van now."""

    _name = "scrm.flow.service.parts_issue"
    _inherit = "scrm.flow.service.parts"
    _description = "Service Issue Parts"

    _label = _lt("Issue Parts to the Van")
    _kind_rank = 54

    @api.model
    def run(self, record, step, config):
        record.part_line_ids._scrm_issue(record._scrm_van())


class ScrmFlowServicePartsOrder(models.AbstractModel):
    """Order missing parts."""

    _name = "scrm.flow.service.parts_order"
    _inherit = "scrm.flow.service.parts"
    _description = "Service Order Parts"

    _label = _lt("Order Missing Parts")
    _kind_rank = 55

    @api.model
    def run(self, record, step, config):
        record.action_scrm_parts_order()


class ScrmFlowServicePartsConsume(models.AbstractModel):
    """Take the used parts of the ticket out of stock; the rest is free again."""

    _name = "scrm.flow.service.parts_consume"
    _inherit = "scrm.flow.service.parts"
    _description = "Service Consume Parts"

    _label = _lt("Consume Parts")
    _kind_rank = 51

    @api.model
    def run(self, record, step, config):
        record.part_line_ids._scrm_consume()
