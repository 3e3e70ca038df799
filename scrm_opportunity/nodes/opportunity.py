"""Opportunities as service tasks of ticket flows: begin one, move the linked ones."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)
_STAGE = {
    "type": "string",
    "minLength": 1,
    "description": "XML id or name of a stage of opportunities",
}


class ScrmFlowServiceOpportunity(models.AbstractModel):
    """What both services share; without a label it is no service itself."""

    _name = "scrm.flow.service.opportunity"
    _inherit = "scrm.flow.service"
    _description = "Service Opportunity"

    @api.model
    def _check_config(self, model_name, config):
        if model_name != "helpdesk.ticket":
            return [self.env._("only tickets are linked with opportunities")]
        problems = super()._check_config(model_name, config)
        if not problems and config.get("stage") and not self._stage(config["stage"]):
            problems.append(
                self.env._("there is no stage “%(stage)s”", stage=config["stage"])
            )
        if not problems and not self.env["crm.lead"].has_access("create"):
            problems.append(self.env._("you may not create opportunities"))
        return problems

    @api.model
    def _stage(self, name):
        """The stage of this XML id, or of this name in any language."""
        # sudo: stages are no secret, and the engine runs without a person
        stages = self.env["crm.stage"].sudo()
        if "." in name:
            found = self.env.ref(name, raise_if_not_found=False)
            if found and found._name == "crm.stage":
                return stages.browse(found.id)
        for lang, _label in self.env["res.lang"].get_installed():
            found = stages.with_context(lang=lang).search([("name", "=", name)])
            if found:
                return found[:1]
        return stages

    @api.model
    def _linked(self, ticket):
        """Open opportunities linked with the ticket."""
        linked = ticket.match_ids.filtered(lambda match: match.state == "linked")
        return linked.lead_id.filtered(lambda lead: lead.won_status == "pending")


class ScrmFlowServiceOpportunityStage(models.AbstractModel):
    """Move the linked opportunities to a stage; never back to an earlier one."""

    _name = "scrm.flow.service.opportunity_stage"
    _inherit = "scrm.flow.service.opportunity"
    _description = "Service Move Opportunity"

    _label = _lt("Move the Opportunity")
    _kind_rank = 70
    _config_schema = {
        "type": "object",
        "required": ["stage"],
        "additionalProperties": False,
        "properties": {"stage": _STAGE},
    }

    @api.model
    def run(self, record, step, config):
        stage = self._stage(config["stage"])
        if not stage:
            raise UserError(
                self.env._("there is no stage “%(stage)s”", stage=config["stage"])
            )
        self._linked(record)._scrm_reach_stage(stage)

    @api.model
    def simulate(self, record, config):
        return {
            "opportunities": self._linked(record).mapped("name"),
            "stage": self._stage(config["stage"]).name,
        }


class ScrmFlowServiceOpportunityCreate(models.AbstractModel):
    """Begin an opportunity with the ticket, unless one is linked already."""

    _name = "scrm.flow.service.opportunity_create"
    _inherit = "scrm.flow.service.opportunity"
    _description = "Service Create Opportunity"

    _label = _lt("Create an Opportunity")
    _kind_rank = 71
    _config_schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "stage": _STAGE,
            "source": {
                "type": "string",
                "minLength": 1,
                "description": "source channel: its name, made when there is none",
            },
            "amount": {
                "type": "string",
                "pattern": "^[0-9]+(\\.[0-9]+)?$",
                "description": "expected revenue",
            },
        },
    }

    @api.model
    def run(self, record, step, config):
        if self._linked(record):
            return
        vals = record._scrm_opportunity_vals()
        vals["user_id"] = False
        if config.get("stage"):
            vals["stage_id"] = self._stage(config["stage"]).id
        if config.get("source"):
            vals["source_id"] = self._source(config["source"]).id
        if config.get("amount"):
            vals["expected_revenue"] = float(config["amount"])
        record._scrm_link(self.env["crm.lead"].create(vals))

    @api.model
    def _source(self, name):
        """The source channel of this name in any language; a new one else."""
        # sudo: the flow's author has named it, who handles the ticket need not market
        sources = self.env["utm.source"].sudo()
        for lang, _label in self.env["res.lang"].get_installed():
            found = sources.with_context(lang=lang).search([("name", "=", name)])
            if found:
                return found[:1]
        return sources.create({"name": name})

    @api.model
    def simulate(self, record, config):
        return {"creates": not self._linked(record), **config}
