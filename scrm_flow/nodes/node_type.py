from odoo import api, models


class ScrmFlowNodeType(models.AbstractModel):
    """What kind of thing a node is. Addons add ``scrm.flow.node.type.<key>``.

    ``_behaviour`` says what a token does there (see ``engine/graph.py``), ``_in_bar``
    whether people see the node in the progress bar.
    """

    _name = "scrm.flow.node.type"
    _inherit = "scrm.flow.kind"
    _description = "Node Type"

    _behaviour = "wait"
    _in_bar = False
    #: Whether the type says itself who does a step, also when the step comes from
    #: another version (:meth:`_opening_values`, :meth:`_migrated`).
    _assigns_itself = False

    @api.model
    def _compile(self, node) -> dict:
        """What the run needs to know about the node, as plain values.

        The result is kept in memory for as long as the version is published.
        """
        return {}

    @api.model
    def _check(self, node) -> list[str]:
        """What must be repaired at this node before publishing, as sentences."""
        return []

    @api.model
    def _act(self, record, step, node) -> None:
        """Do what an automatic node is for (behaviour ``act``).

        :param record: the business record, with the engine's rights
        :param step: this activation, ``scrm.flow.step``
        :param node: the compiled node with the values of :meth:`_compile`
        :raise UserError: the run becomes an incident with this reason
        """

    @api.model
    def _opening_values(self, move, node) -> dict | None:
        """Who does the step that opens, if the node does not just name handlers.

        :param move: the ``RunMove`` that has arrived
        :param node: the compiled node
        :return: values of the step; None: one handler, as the node's rule says
        """
        return None

    @api.model
    def _lets_pass(self, record, node) -> bool:
        """May the node be left by itself, once its own condition holds?"""
        return True

    @api.model
    def _completing(self, record, step, node, by_time=False) -> bool:
        """May somebody complete the step now?

        :param record: the business record, with the engine's rights
        :param step: the open ``scrm.flow.step``; its run is locked
        :param node: the compiled node
        :param by_time: nobody does, the escalation ladder does
        :return: False when something else was done about it instead
        :raise UserError: not like this, for this reason
        """
        return True

    @api.model
    def _migrated(self, step, old_node, new_node) -> None:
        """An open step has just been put on the node of another version.

        Called for the type of the new node, also when a migration is undone.

        :param step: ``scrm.flow.step``, already on the new node; its run is on the
            new version and locked
        :param old_node: the compiled node on which it was opened
        :param new_node: the compiled node of this type on which it is now
        """

    @api.model
    def _after_migration(self, record, step, node) -> None:
        """The run has settled on its new version: go on if nothing is waited for.

        :param record: the business record, with the engine's rights
        :param step: the open ``scrm.flow.step``; its run is locked
        :param node: its compiled node
        """
