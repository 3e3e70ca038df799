from odoo import api, models


class ScrmFlowHandler(models.AbstractModel):
    """A rule that names handlers. Addons add ``scrm.flow.handler.<key>``.

    A rule answers who comes into question. The engine leaves out who cannot work,
    and one of the choices (``scrm.flow.choice``) takes among the rest, so that each
    assignment has a reason.
    """

    _name = "scrm.flow.handler"
    _inherit = "scrm.flow.kind"
    _description = "Handler Rule"

    #: The choice of a node that does not say which.
    _default_choice = "turn"
    #: Whether the answer differs from record to record; if not, it is asked once
    #: for all records that move together.
    _per_record = True
    #: Whether the choice of the node counts; if not, the rule knows its own.
    _chooses = True
    #: Whether the rule can also name dispatchers and the people of a fallback.
    _is_part = False

    @api.model
    def _compile(self, node) -> dict:
        """The rule's settings on the node, as plain values (ids, not records).

        :param node: ``scrm.flow.node``, or what stands for it when the rule names
            dispatchers or a fallback; ``handler_...`` are the fields to read. Inactive
            people are in them
        """
        return {}

    @api.model
    def _check(self, node) -> list[str]:
        """What must be repaired before publishing, as sentences."""
        return []

    @api.model
    def _people(self, case, data: dict):
        """Who comes into question, in order, inactive ones included.

        :param case: what is to be assigned: ``record`` (with the engine's rights),
            ``run``, ``node``; a rule may note in ``because`` what it found
        :param data: the values of :meth:`_compile`
        :return: ``res.users``
        """
        return self.env["res.users"]

    @api.model
    def _is_post(self, node, user) -> bool:
        """Whether the node is this user's post: named whatever the record is.

        A rule whose answer depends on the record alone does not say; on boards that
        are cut by post its people see the steps they have.

        :param node: ``scrm.flow.node``, with the right to read it
        """
        return False

    @api.model
    def _choice(self, case) -> str:
        """The key of the choice among these people."""
        return case.node.data.get("choice") or self._default_choice

    @api.model
    def _dispatchers(self, case):
        """Who hands the work out, when the choice is to have it dispatched."""
        return case.dispatchers()

    @api.model
    def _check_case(self, case, people) -> None:
        """Refuse what the person who moves the record asked for.

        :param people: list of ``assignment.Person``, those named by the rule
        :raise UserError: it cannot be done like that
        """

    @api.model
    def _words(self, because: dict) -> str | None:
        """What the rule found, as a sentence, from what it noted; None: nothing."""
        return None
