from odoo import api, models
from odoo.fields import Domain

from ..engine import exhaustive, soundness


class ScrmFlowVersion(models.Model):
    """What is wrong with a graph, given what its records can answer."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.version"

    @api.model
    def _faults(self, graph, model_name) -> list[soundness.Fault]:
        """The faults of a compiled graph whose conditions are Odoo domains.

        :param model_name: of the records on which its conditions are asked
        """
        kinds = {}
        if model_name in self.env:
            fields = self.env[model_name]._fields
            for edge in graph.edges.values():
                if not isinstance(edge.condition, Domain):
                    continue  # always taken, or by the answer of a decision table
                for condition in edge.condition.iter_conditions():
                    name = condition.field_expr
                    kinds[name] = _answer_kind(fields.get(name))
        return soundness.faults(graph, kinds)


def _answer_kind(field):
    """What a field can answer, as ``engine/exhaustive.py`` takes it; None: unknown."""
    if field is None or field.name == "id":
        return None
    if field.type == "integer":
        return exhaustive.INTEGER
    if field.type in ("float", "monetary"):
        return exhaustive.NUMBER
    if field.type == "boolean":
        return (False, True)
    if field.type == "selection" and isinstance(field.selection, list):
        is_set = field.required and field.store and not field.company_dependent
        values = tuple(value for value, _label in field.selection)
        return values if is_set else (False, *values)
    return None
