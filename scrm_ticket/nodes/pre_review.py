from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowServicePreReview(models.AbstractModel):
    """A first review without a person: a decision table answers for the ticket.

    The answer is on the ticket, with its reason in the chatter; gateways behind it ask
    for ``scrm_pre_review``. Another reviewer, such as a model outside, is another
    service that writes the same field.
    """

    _name = "scrm.flow.service.pre_review"
    _inherit = "scrm.flow.service"
    _description = "Service Pre-Review"

    _label = _lt("Review First by Rules")
    _kind_rank = 45
    _config_schema = {
        "type": "object",
        "required": ["table"],
        "additionalProperties": False,
        "properties": {
            "table": {"type": "string", "description": "key of the decision table"}
        },
    }

    @api.model
    def _check_config(self, model_name, config):
        problems = super()._check_config(model_name, config)
        if problems:
            return problems
        if model_name != "helpdesk.ticket":
            return [self.env._("only tickets are reviewed first")]
        table = self._score_table(config)
        if not table or table.model != model_name:
            text = self.env._("there is no decision table “%s”", config["table"])
            return [text]
        return []

    @api.model
    def _score_table(self, config):
        return self.env["scrm.decision.table"].search([("key", "=", config["table"])])

    @api.model
    def run(self, record, step, config):
        answer, reason = self._answer(record, config)
        record.scrm_pre_review = answer
        record.message_post(body=reason, subtype_xmlid="mail.mt_note")

    @api.model
    def simulate(self, record, config):
        answer, _reason = self._answer(record, config)
        return {"values": {"scrm_pre_review": answer}}

    @api.model
    def _answer(self, record, config):
        """(key of the answer or False, the reason in words)

        :raise UserError: the table is gone
        """
        # sudo: whoever published the flow chose the table
        table = self.sudo()._score_table(config)
        if not table:
            raise UserError(
                self.env._("There is no decision table “%s” any more.", config["table"])
            )
        result = table.decide(record)
        if result is None:
            return False, self.env._("Reviewed first: no rule answers.")
        reason = self.env._("Reviewed first: %s", result.reason)
        return result.rule.result_key or False, reason


class HelpdeskTicket(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_pre_review = fields.Char(
        string="First Review",
        copy=False,
        readonly=True,
        help="By rules, not people.",
        groups="base.group_user",
    )
