from odoo import api, models
from odoo.fields import Domain

from .scrm_flow_version import read_domain


class ScrmFlowDomain(models.AbstractModel):
    """Says whether somebody may let the product ask a condition.

    What is asked later is asked with the engine's rights, so an author must not reach
    farther than he could look himself: along a path, each record and each field.
    """

    _name = "scrm.flow.domain"
    _description = "Conditions of Authors"

    @api.model
    def _problems(self, model_name, text) -> list[str]:
        """Why the current user cannot let a condition be asked; [] when he can.

        :param model_name: of the records it is about; [] when it is not installed
        :param text: the domain, as it is stored
        """
        try:
            domain = read_domain(text)
        except ValueError:
            return [
                self.env._(
                    "the condition %(condition)s is no domain",
                    condition=text,
                )
            ]
        if model_name not in self.env:
            return []
        model = self.env[model_name]
        problems = list(self._hidden(model, domain))
        if problems:
            return problems
        try:
            domain.validate(model)
        except (ValueError, TypeError) as error:
            return [
                self.env._(
                    "the condition %(condition)s cannot be asked: %(error)s",
                    condition=text,
                    error=error,
                )
            ]
        return []

    @api.model
    def _hidden(self, model, domain):
        """Sentences on what a domain asks of a model that is not there for the user."""
        for condition in domain.iter_conditions():
            asked, is_hidden = model, False
            for name in condition.field_expr.split("."):
                field = asked._fields.get(name)
                is_hidden = field is None or not asked._has_field_access(field, "read")
                if asked != model and not asked.has_access("read"):
                    is_hidden = True
                if is_hidden:
                    yield self.env._(
                        "the condition asks for the field “%(field)s”, which "
                        "%(model)s does not have or you may not see",
                        field=name,
                        model=asked._description,
                    )
                if is_hidden or not field.relational:
                    break  # what follows is a property, or a part of a date
                asked = self.env[field.comodel_name]
            if not is_hidden and condition.operator in ("any", "not any"):
                yield from self._hidden(asked, Domain(condition.value))
