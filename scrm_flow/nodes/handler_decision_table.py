from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowHandlerDecisionTable(models.AbstractModel):
    """Whom a decision table names for the record: a user, or the members of a role.

    Region to consultant, amount to manager, class of issue to its group: the first
    line that matches answers, so a stronger rule stands above a default; of a table
    that collects, all lines that match name people.
    """

    _name = "scrm.flow.handler.decision_table"
    _inherit = "scrm.flow.handler"
    _description = "Handler Rule Decision Table"

    _label = _lt("Decision table")
    _kind_rank = 28

    @api.model
    def _compile(self, node):
        return {"table_id": node.handler_table_id.id}

    @api.model
    def _check(self, node):
        table = node.handler_table_id
        if not table:
            return [self.env._("no decision table is chosen")]
        if table.model != node.model:
            return [
                self.env._(
                    "the decision table “%(table)s” is about other records",
                    table=table.name,
                )
            ]
        return [
            self.env._(
                "the rule “%(rule)s” of the decision table “%(table)s” names neither "
                "a user nor a role",
                rule=rule.name,
                table=table.name,
            )
            for rule in table.rule_ids
            if rule.result_model not in self._result_models()
        ]

    @api.model
    def _result_models(self) -> dict[str, str]:
        """Models of results -> the method here that names their people."""
        return {"res.users": "_people_of_user", "res.groups": "_people_of_group"}

    @api.model
    def _people(self, case, data):
        nobody = self.env["res.users"]
        # sudo: the flow asks its table, whoever moves the record
        table = self.env["scrm.decision.table"].sudo().browse(data["table_id"]).exists()
        if not table:
            return nobody
        case.because["table"] = table.name
        try:
            answers = table.decide_all(case.record)
        except ValidationError as error:
            # a dimension is gone since publishing: the reason, and the fallback
            case.because["problem"] = str(error)
            return nobody
        if not answers:
            return nobody
        case.because["line"] = "”, “".join(answer.rule.name for answer in answers)
        case.because["inputs"] = answers[0].inputs
        people = nobody
        for answer in answers:
            result = answer.rule._result()
            method = self._result_models().get(answer.rule.result_model)
            if result and method:
                people |= getattr(self, method)(case, result)
        return people

    @api.model
    def _people_of_user(self, case, user):
        return user

    @api.model
    def _people_of_group(self, case, group):
        return case.members(group)

    @api.model
    def _words(self, because):
        if "problem" in because:
            return because["problem"]
        if "line" not in because:
            return self.env._(
                "no rule of the decision table “%s” matches", because.get("table", "")
            )
        inputs = because.get("inputs") or {}
        values = ", ".join(f"{key} = {value}" for key, value in inputs.items())
        return self.env._(
            "rule “%(line)s” of the decision table “%(table)s” (%(values)s)",
            line=because["line"],
            table=because["table"],
            values=values or "-",
        )
