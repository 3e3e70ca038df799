from odoo import api, fields, models, tools
from odoo.fields import Domain
from odoo.tools import SQL


class ScrmFlow(models.Model):
    """Boards on which each post sees only the stage that it owns.

    A post is a person at a node: one whom the rule of the node names whatever the
    record, or who has one of its steps. The reports on flows (``report/``) ask here
    what they may show, so that maps, boards, pivots and exports say the same.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow"

    boards_by_post = fields.Boolean(
        string="Each Post Sees Its Own Nodes",
        help="On maps and boards people see only what is at the nodes of their own "
        "post: nodes that name them or their role, and steps that they have or had. "
        "Managers of flows see all of it.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        flows = super().create(vals_list)
        if any(vals.get("boards_by_post") for vals in vals_list):
            self.env.registry.clear_cache()
        return flows

    def write(self, vals):
        result = super().write(vals)
        if "boards_by_post" in vals:
            self.env.registry.clear_cache()
        return result

    @api.model
    @tools.ormcache()
    def _by_post_ids(self) -> tuple[int, ...]:
        """Flows that show each post its own nodes only."""
        # sudo: which flows say so, whoever reads a board
        flows = self.sudo().with_context(active_test=False)
        return tuple(flows._search([("boards_by_post", "=", True)]))

    @api.model
    def _sees_all_posts(self) -> bool:
        """Whether the reader sees all nodes of all flows, as a boss does."""
        return self.env.su or self.env.user.has_group("scrm_flow.group_manager")

    @api.model
    def _segmented_ids(self) -> tuple[int, ...]:
        """Flows of which the reader sees the own part only."""
        found = self._by_post_ids()
        return () if not found or self._sees_all_posts() else found

    def _post_keys(self) -> set[str]:
        """Keys of the nodes that are the reader's post, whatever the record."""
        self.ensure_one()
        # sudo: only whether the reader is one of them
        nodes = self.sudo().published_version_id._running_nodes()
        return {node.key for node in nodes if node._is_post(self.env.user)}

    @api.model
    def _post_step_domain(self) -> Domain:
        """Steps that the reader may see on boards."""
        segmented = self._segmented_ids()
        if not segmented:
            return Domain.TRUE
        uid = self.env.uid
        domain = (
            Domain("flow_id", "not in", segmented)
            | Domain("user_id", "=", uid)
            | Domain("done_by_id", "=", uid)
            | Domain("candidate_ids", "in", [uid])
        )
        for flow in self.browse(segmented):
            keys = flow._post_keys()
            if keys:
                own = Domain("node_key", "in", sorted(keys))
                domain |= Domain("flow_id", "=", flow.id) & own
        return domain

    @api.model
    def _post_step_sql(self, step: SQL) -> SQL:
        """The same of a step that is open, as a condition.

        :param step: alias of the table of steps
        """
        segmented = self._segmented_ids()
        if not segmented:
            return SQL("TRUE")
        uid = self.env.uid
        own = [
            SQL("%s.flow_id NOT IN %s", step, segmented),
            SQL("%s.user_id = %s", step, uid),
            SQL(
                """
                EXISTS (
                    SELECT FROM scrm_flow_step_candidate_rel shared
                     WHERE shared.step_id = %s.id AND shared.user_id = %s
                )
                """,
                step,
                uid,
            ),
        ]
        for flow in self.browse(segmented):
            keys = tuple(sorted(flow._post_keys()))
            if keys:
                here = SQL("%s.flow_id = %s", step, flow.id)
                own.append(SQL("(%s AND %s.node_key IN %s)", here, step, keys))
        return SQL("(%s)", SQL(" OR ").join(own))


class ScrmFlowNode(models.Model):
    # whose post it is
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.node"

    def _is_post(self, user) -> bool:
        """Whether the node's rule names this user, whatever the record."""
        self.ensure_one()
        if not self.handler_rule:
            return False
        return self.env[f"scrm.flow.handler.{self.handler_rule}"]._is_post(self, user)
