from odoo import api, fields, models, tools


class ScrmFlowNode(models.Model):
    """What a node knows of checks, and of who releases what they froze."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.node"

    check_ids = fields.One2many(
        "scrm.flow.node.check", "node_id", string="Checks", copy=True
    )
    alert_user_ids = fields.Many2many(
        "res.users",
        "scrm_flow_node_alert_rel",
        "node_id",
        "user_id",
        string="Tell These People",
        help="They are told at once when a check freezes the record.",
    )
    alert_group_id = fields.Many2one(
        "res.groups",
        string="Tell This Role",
        ondelete="restrict",
        help="All its members are told at once when a check freezes the record.",
    )
    is_release_exclusive = fields.Boolean(
        string="Only They Release",
        help="Flow managers who are not in that role may not release it.",
    )

    def _compile(self):
        return {**super()._compile(), "release_exclusive": self.is_release_exclusive}


class ScrmFlowVersion(models.Model):
    # what checks ask of all versions
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.version"

    def _fault_lines(self):
        lines = super()._fault_lines()
        problem = self.env._("it is not said who may release it, and nobody else may")
        for node in self.node_ids:
            if node.is_release_exclusive and not node.release_group_id:
                lines.append(self._name_fault(node, problem))
        return lines

    @api.model
    @tools.ormcache("model_name")
    def _freezing_ids(self, model_name) -> frozenset[int]:
        """Versions of which a written value may freeze a record."""
        # sudo: which versions, to freeze their runs, whoever writes the record
        checks = (
            self.env["scrm.flow.node.check"]
            .sudo()
            .search(
                [
                    ("severity", "=", "freeze"),
                    ("node_id.type", "=", "check"),
                    ("node_id.version_id.state", "!=", "draft"),
                    ("node_id.version_id.flow_id.model_id.model", "=", model_name),
                ]
            )
        )
        return frozenset(checks.node_id.version_id.ids)
