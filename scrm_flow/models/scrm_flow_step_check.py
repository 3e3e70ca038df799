from odoo import fields, models


class ScrmFlowStep(models.Model):
    """What was released at a check, and what its freezing says."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.step"

    released_checks = fields.Json(
        readonly=True, help="The values that were released, by the key of the check."
    )

    def _frozen_text(self):
        """One sentence for those who are told that a check froze the record."""
        record = self._record()
        node = self._compiled_node()
        node_type = self.env["scrm.flow.node.type"]._kind(node.type)
        failing = node_type._failing(record, node, self)
        return self.env._(
            "“%(record)s” is frozen at “%(node)s”: %(checks)s",
            record=record.display_name,
            node=record._scrm_node_name(self),
            checks="; ".join(node_type._lines(record, failing)),
        )


class ScrmFlowRun(models.Model):
    # what froze it, beside who did
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.run"

    frozen_step_id = fields.Many2one(
        "scrm.flow.step",
        string="Frozen by the Check",
        readonly=True,
        ondelete="set null",
    )
