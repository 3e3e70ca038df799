from odoo import api, models

from ..engine import assignment


class ScrmFlowChoice(models.AbstractModel):
    """Who of those a rule named gets a step. Addons add ``scrm.flow.choice.<key>``.

    A choice says what has to be counted, measures what else it looks at, and orders
    people by that; ``engine/assignment.py`` does the ordering.
    """

    _name = "scrm.flow.choice"
    _inherit = "scrm.flow.kind"
    _description = "Choice of a Handler"

    #: Whether :meth:`_choose` looks at ``Person.last_turn``.
    _counts_turns = False
    #: Whether it looks at ``Person.load``.
    _counts_load = False
    #: Whether the dispatchers of the node are asked for.
    _dispatches = False

    @api.model
    def _compile(self, node) -> dict:
        """The choice's own settings on the node, as plain values."""
        return {}

    @api.model
    def _check(self, node) -> list[str]:
        """What must be repaired before publishing, as sentences."""
        return []

    @api.model
    def _figures(self, case, users) -> dict[int, dict]:
        """What this choice measures of each user: {id of the user: {name: figure}}.

        Read for all of them at once, so that queries do not grow with their number.

        :param case: what is to be assigned, see ``scrm.flow.handler._people``;
            ``case.node.data["choice_data"]`` holds the values of :meth:`_compile`
        :param users: ``res.users``, with the engine's rights
        """
        return {}

    @api.model
    def _choose(self, people: list[assignment.Person], case) -> assignment.Assignment:
        """Choose among people, who cannot work among them (``unavailable``)."""
        return assignment.together(people)

    @api.model
    def _words(self, trace: dict) -> str | None:
        """Why the one was chosen, from ``Assignment.as_trace``; None: no reason."""
        return None
