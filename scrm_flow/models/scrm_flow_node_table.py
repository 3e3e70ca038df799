from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.inside import is_marked


@dataclass(frozen=True, slots=True)
class TableAnswer:
    """Condition of a transition: the table answers with its key."""

    table_id: int
    key: str

    def __iter__(self):
        """As a domain: one question that nobody can look into, see ``exhaustive``."""
        yield (f"decision table {self.table_id}", "=", self.key)


class ScrmFlowNode(models.Model):
    """A gateway may ask a decision table which transition to take."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.node"

    gateway_table_id = fields.Many2one(
        "scrm.decision.table",
        string="Decided by",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('model', '=', model), ('result_kind', '=', 'key')]",
        help="Decision table that answers with the key of a transition. Without "
        "an answer the default transition is taken.",
    )

    def _table_problems(self) -> list[str]:
        """What must be repaired at a gateway's table before publishing."""
        self.ensure_one()
        # sudo: whether the flow can run; the designer sees the sentences
        table = self.gateway_table_id.sudo()
        if not table or self.type != "exclusive_gateway":
            return []
        if table.model != self.model:
            return [
                self.env._("the decision table “%s” is about other records", table.name)
            ]
        if table.result_kind != "key":
            return [
                self.env._(
                    "the decision table “%s” does not answer with keys", table.name
                )
            ]
        problems = [
            self.env._(
                "rule “%(rule)s” of the decision table answers with “%(key)s”, which "
                "is none of its transitions",
                rule=rule.name,
                key=rule.result_key or "",
            )
            for rule in table._rules_beside(self)
        ]
        ways = self._ways()
        for way in ways.filtered(lambda way: way.condition not in (False, "", "[]")):
            problems.append(
                self.env._(
                    "a decision table decides: the condition of “%s” is never asked",
                    way.display_name,
                )
            )
        return problems


class ScrmFlowTransition(models.Model):
    # what a decision table changes about transitions
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.transition"

    def _domain(self):
        source = self.source_id
        if source.type == "exclusive_gateway" and source.gateway_table_id:
            if self.is_default:
                return None
            return TableAnswer(source.gateway_table_id.id, self._own_key())
        return super()._domain()


class ScrmFlowVersion(models.Model):
    # what decision tables mean for publishing
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.version"

    remark_text = fields.Text(
        compute="_compute_remark_text", string="Worth Knowing before Publishing"
    )

    @api.depends("state", "node_ids.gateway_table_id", "node_ids.handler_table_id")
    @api.depends_context("lang")
    def _compute_remark_text(self):
        for version in self:
            lines = []
            if version.state == "draft" and version._origin.id:
                lines = version._remark_lines()
            version.remark_text = "\n".join(lines)

    def _remark_lines(self) -> list[str]:
        """What a designer should know of a draft, though it can be published."""
        self.ensure_one()
        return [
            self.env._("%(table)s: %(remark)s", table=table.name, remark=line)
            for table in self._decision_tables()
            for line in table._analysis_lines()
        ]

    def _decision_tables(self):
        """The decision tables this version asks; addons add theirs."""
        gateways = self.node_ids.filtered(lambda node: node.type == "exclusive_gateway")
        deciding = self.node_ids.filtered(
            lambda node: node.handler_rule == "decision_table"
        )
        return gateways.gateway_table_id | deciding.handler_table_id

    def _fault_lines(self):
        lines = super()._fault_lines()
        for node in self.node_ids:
            for problem in node._table_problems():
                lines.append(self._name_fault(node, problem))
        return lines


class ScrmDecisionTable(models.Model):
    # what flows ask of tables
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.decision.table"

    gateway_ids = fields.One2many("scrm.flow.node", "gateway_table_id")

    def _rules_beside(self, gateway):
        """Rules that answer with something that is no transition of a gateway."""
        keys = {way._own_key() for way in gateway._ways()}
        return self.rule_ids.filtered(lambda rule: rule.result_key not in keys)

    @api.constrains("model_id", "result_kind", "rule_ids")
    def _check_gateways(self):
        # a pack changes tables before the flows that ask them, and checks at its end
        if not is_marked(self.env.context, "scrm_pack_loading"):
            self._check_its_gateways()

    def _check_its_gateways(self):
        """Refuse what would leave the gateways of published flows without a way.

        :raise ValidationError: naming the flow and the gateway
        """
        for table in self:
            for gateway in table.gateway_ids:
                version = gateway.version_id
                if version.state != "published":
                    continue
                problem = (
                    table.model != gateway.model
                    or table.result_kind != "key"
                    or table._rules_beside(gateway)
                )
                if problem:
                    raise ValidationError(
                        self.env._(
                            "“%(flow)s” asks this table at “%(node)s”: it must stay "
                            "about its records, and every rule must answer with the "
                            "key of one of the transitions there.",
                            flow=version.flow_id.name,
                            node=gateway.name,
                        )
                    )


class ScrmDecisionRule(models.Model):
    # what flows ask of the rules of tables
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.decision.rule"

    @api.constrains("result_key", "table_id")
    def _check_gateways(self):
        self.table_id._check_gateways()
