from odoo import models


class ScrmFlowVersion(models.Model):
    """Everything a version asks for is there; asked before anything uses it."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.version"

    def _fault_lines(self):
        lines = []
        for node in self.node_ids:
            for part in (node, *node.rung_ids):
                lines += [
                    self._name_fault(node, problem) for problem in _unknown_kinds(part)
                ]
        return lines or super()._fault_lines()


def _unknown_kinds(part):
    """What a node or a row of it asks for that no installed addon has.

    Odoo itself does not look at values of a selection that is made by a method.
    """
    for name, field in part._fields.items():
        if field.type == "selection" and field.store and callable(field.selection):
            value = part[name]
            if value and value not in field.get_values(part.env):
                yield part.env._(
                    "“%(field)s” cannot be “%(value)s”: no installed addon knows it",
                    field=field.get_description(part.env, ["string"])["string"],
                    value=value,
                )
