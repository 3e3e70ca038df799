from odoo import api, models

from ..engine import assignment


class ScrmFlowHandler(models.AbstractModel):
    """A rule that names handlers. Addons add ``scrm.flow.handler.<key>``.

    A rule answers who comes into question; the engine leaves out who cannot work
    and lets the rule choose among the rest, so that each choice has a reason.
    """

    _name = "scrm.flow.handler"
    _inherit = "scrm.flow.kind"
    _description = "Handler Rule"

    #: Whether :meth:`_choose` looks at whose turn it is.
    _uses_turns = True

    @api.model
    def _compile(self, node) -> dict:
        """The rule's settings on the node, as plain values (ids, not records)."""
        return {}

    @api.model
    def _check(self, node) -> list[str]:
        """What must be repaired before publishing, as sentences."""
        return []

    @api.model
    def _people(self, record, data: dict):
        """Who comes into question, in order, inactive ones included.

        :param record: the business record, with the engine's rights
        :param data: the values of :meth:`_compile`
        :return: ``res.users``
        """
        return self.env["res.users"]

    @api.model
    def _choose(self, people: list[assignment.Person]) -> assignment.Assignment:
        """Choose among them; by default the one whose turn it is."""
        return assignment.in_turn(people)

    @api.model
    def _assign(self, record, flow, node, turns) -> assignment.Assignment:
        """Find the handlers of a node that a token has just reached.

        :param record: the business record, with the engine's rights
        :param flow: its ``scrm.flow``
        :param node: the compiled node
        :param turns: who had a turn when, ``assignment.Turns``
        """
        users = self._people(record, node.data["handler"])
        # sudo: names and companies of colleagues, used only to choose one
        users = users.sudo().with_context(active_test=False)
        place = (flow.id, node.key)
        last = turns.last(place, users.ids) if self._uses_turns else {}
        outcome = self._choose(
            [
                assignment.Person(
                    user.id,
                    user.name,
                    last.get(user.id),
                    self._unavailable(record, user),
                )
                for user in users
            ]
        )
        outcome.rule = self._kind_key()
        if outcome.handler and self._uses_turns:
            turns.took(place, outcome.handler.id)
        return outcome

    @api.model
    def _give_back(self, record, user) -> assignment.Assignment | None:
        """Give a node that is done once more to who had it, None if not able."""
        # sudo: name and companies of a colleague, as when choosing one
        user = user.sudo()
        unavailable = self._unavailable(record, user)
        return assignment.back_to(
            assignment.Person(user.id, user.name, None, unavailable)
        )

    @api.model
    def _unavailable(self, record, user) -> str | None:
        """Why this user cannot get a step of this record, None if able.

        Addons that know more reasons extend this and
        ``scrm.flow.step._unavailable_labels``.
        """
        if not user.active:
            return "inactive"
        company = record.company_id if "company_id" in record._fields else None
        if company and company not in user.company_ids:
            return "other_company"
        return None
