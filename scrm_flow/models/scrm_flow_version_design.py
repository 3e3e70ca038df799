from odoo import api, models
from odoo.exceptions import AccessError, UserError


class ScrmFlowVersion(models.Model):
    """What the flow designer shows, and the doors to it."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.version"

    # Doors -------------------------------------------------------------------

    def action_design(self):
        """Open the drawing of this version."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "scrm_flow.scrm_flow_version_action_design"
        )
        return {**action, "res_id": self.id, "name": self.display_name}

    def design_new_draft(self):
        """Copy this version as a draft, unless its flow has one already.

        :return: id of the draft
        """
        self.ensure_one()
        draft = self.flow_id._draft_version()
        return (draft or self._copy_as_draft()).id

    # What is shown -----------------------------------------------------------

    def design_load(self) -> dict:
        """The whole drawing: what is in it, what is wrong with it, what one may do."""
        self.ensure_one()
        self.check_access("read")
        why_not = self._why_not_designed()
        return {
            "id": self.id,
            "name": self.display_name,
            "number": self.number,
            "state": self.state,
            "flow": {"id": self.flow_id.id, "name": self.flow_id.name},
            "model": self.model,
            "revision": self.revision,
            "editable": not why_not,
            "why_not": why_not,
            "can_draft": self.has_access("write") and self.state != "draft",
            "draft_id": self.flow_id._draft_version().id,
            "types": self._design_types(),
            "versions": [
                {"id": version.id, "name": version._design_edition()}
                for version in self.flow_id.version_ids - self
            ],
            "faults": self._design_faults(),
            **self._design_graph(),
        }

    def _why_not_designed(self):
        """Why the current user may only look, in words; False when not so."""
        self.ensure_one()
        if self.state != "draft":
            return self.env._(
                "This version was published and never changes. Make a draft of it to "
                "go on from here."
            )
        try:
            self.check_access("write")
        except AccessError:
            return self.env._(
                "You may look at this flow. Its flow managers may change it."
            )
        return False

    def _design_edition(self) -> str:
        states = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "Version %(number)s (%(state)s)",
            number=self.number,
            state=states[self.state],
        )

    @api.model
    def _design_types(self) -> list[dict]:
        """The node types for the palette."""
        return [
            {
                "key": kind._kind_key(),
                "name": self.env._(kind._label),
                "behaviour": kind._behaviour,
            }
            for kind in self.env["scrm.flow.node.type"]._kinds()
        ]

    def _design_graph(self) -> dict:
        """Nodes and transitions as the designer keeps them, by key."""
        return {
            "nodes": [node._design_values() for node in self.node_ids],
            "transitions": [way._design_values() for way in self.transition_ids],
        }

    def _design_faults(self) -> list[dict]:
        """What keeps the draft from being published, with the node at fault."""
        if self.state != "draft":
            return []
        return [
            {
                "node": getattr(line, "node_key", False),
                "text": str(line),
                "problem": getattr(line, "problem", line),
            }
            for line in self._fault_lines()
        ]


class ScrmFlow(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow"

    def _draft_version(self):
        """The newest draft; empty when there is none."""
        return self.version_ids.filtered(lambda version: version.state == "draft")[:1]

    def action_design(self):
        """Open the drawing: of the draft, else of what is published, else a new one.

        :raise UserError: nothing is drawn yet and the user may not begin
        """
        self.ensure_one()
        version = (
            self._draft_version() or self.published_version_id or self.version_ids[:1]
        )
        if not version:
            versions = self.env["scrm.flow.version"]
            if not versions.has_access("create"):
                raise UserError(
                    self.env._("Nobody has drawn the flow “%s” yet.", self.name)
                )
            version = versions.create({"flow_id": self.id})
        return version.action_design()


class ScrmFlowNode(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.node"

    def _design_values(self) -> dict:
        return {
            "id": self.id,
            "key": self.key,
            "name": self.name,
            "type": self.type,
            "x": self.pos_x,
            "y": self.pos_y,
        }


class ScrmFlowTransition(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.transition"

    def _design_values(self) -> dict:
        return {
            "id": self.id,
            "key": self.key,
            "name": self.name or "",
            "source": self.source_id.key,
            "target": self.target_id.key,
            "is_default": self.is_default,
            "has_condition": self._domain() is not None,
        }
