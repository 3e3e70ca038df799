"""The rule that no linter knows and only a database with all addons would show."""

import ast

from scripts import house_rules

HOOK = """
class Ticket(models.Model):
    _inherit = "helpdesk.ticket"

    def _scrm_offer(self):
        return {}
"""


def complaints(*addons):
    methods = {}
    for addon, hook in addons:
        name = f"{addon}/models/helpdesk_ticket.py"
        for model, method in house_rules.extensions(name, ast.parse(hook)):
            methods.setdefault((model, method.name), []).append(method)
    return list(house_rules.twin_methods(methods))


def test_one_name_in_two_addons():
    """Beside each other one silences the other; above each other they add up."""
    (complaint,) = complaints(
        ("scrm_settlement", HOOK),
        ("scrm_opportunity", HOOK.replace("{}", "super()._scrm_offer()")),
    )
    assert complaint.startswith("scrm_settlement/models/helpdesk_ticket.py:5")
    assert "scrm_opportunity" in complaint
    above = HOOK.replace("{}", "super()._scrm_offer()")
    assert not complaints(("scrm_ticket", HOOK), ("scrm_settlement", above))
    assert complaints(("scrm_ticket", HOOK), ("scrm_settlement", HOOK))
