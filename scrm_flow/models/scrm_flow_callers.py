from odoo import api, fields, models


class ScrmFlowVersion(models.Model):
    """Whether a version holds what its calls on the record would contain today."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.version"

    outdated_text = fields.Text(
        compute="_compute_outdated_text", string="Older Copies in Calls"
    )

    @api.depends("state", "node_ids.call_version_id")
    @api.depends_context("lang")
    def _compute_outdated_text(self):
        for version in self:
            lines = []
            if version.state == "published":
                lines = version._outdated_calls()._outdated_lines()
            version.outdated_text = "\n".join(lines) or False

    def _outdated_calls(self):
        """Calls that contain a version which has been replaced since."""
        return self.node_ids.filtered(
            lambda node: node._is_call_here()
            and node.call_version_id
            and node.call_version_id.state != "published"
        )


class ScrmFlowNode(models.Model):
    # what is said of calls
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.node"

    def _outdated_lines(self) -> list[str]:
        return [
            self.env._(
                "“%(node)s” contains version %(old)s of “%(flow)s”; published is "
                "version %(new)s.",
                node=node.name,
                flow=node.call_version_id.flow_id.name,
                old=node.call_version_id.number,
                new=node.call_version_id.flow_id.published_version_id.number,
            )
            for node in self
        ]


class ScrmFlow(models.Model):
    """A flow that is part of other ones, by calls on the record itself."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow"

    caller_count = fields.Integer(compute="_compute_callers", string="Used by")
    outdated_caller_text = fields.Text(
        compute="_compute_callers", string="Flows with an Older Copy"
    )

    @api.depends("published_version_id")
    @api.depends_context("lang")
    def _compute_callers(self):
        for flow in self:
            nodes = flow._calling_nodes()
            flow.caller_count = len(nodes.version_id)
            lines = [
                self.env._(
                    "%(flow)s: “%(node)s” contains version %(number)s",
                    flow=node.version_id.flow_id.name,
                    node=node.name,
                    number=node.call_version_id.number,
                )
                for node in nodes
                if node.call_version_id != flow.published_version_id
            ]
            flow.outdated_caller_text = "\n".join(lines) or False

    def _calling_nodes(self):
        """The nodes of published versions that contain this flow, as they draw it."""
        self.ensure_one()
        return self.env["scrm.flow.node"].search(
            [
                ("call_version_id", "in", self.version_ids.ids),
                ("call_node_id", "=", False),
                ("version_id.state", "=", "published"),
                ("version_id.flow_id.active", "=", True),
            ]
        )

    def action_open_callers(self):
        """Show the flows that contain this one."""
        self.ensure_one()
        callers = self._calling_nodes().version_id.flow_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Used by"),
            "res_model": "scrm.flow",
            "view_mode": "list,form",
            "domain": [("id", "in", callers.ids)],
        }

    def action_draft_callers(self):
        """Make a draft of each flow that contains an older copy of this one.

        Where there is a draft already, that is shown: publishing it will do.

        :return: the action that opens the drafts
        """
        self.ensure_one()
        self.check_access("write")
        outdated = self._calling_nodes().filtered(
            lambda node: node.call_version_id != self.published_version_id
        )
        drafts = self.env["scrm.flow.version"]
        for version in outdated.version_id:
            present = version.flow_id.version_ids.filtered(
                lambda other: other.state == "draft"
            )
            drafts |= present.sorted("number")[-1:] or version._copy_as_draft()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Drafts to Publish"),
            "res_model": "scrm.flow.version",
            "view_mode": "list,form",
            "domain": [("id", "in", drafts.ids)],
        }
