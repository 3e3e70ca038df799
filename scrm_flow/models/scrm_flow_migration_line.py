from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class ScrmFlowMigrationLine(models.Model):
    """What a migration does with work at one node."""

    _name = "scrm.flow.migration.line"
    _description = "Flow Migration Plan"
    _order = "migration_id, rank, id"

    migration_id = fields.Many2one(
        "scrm.flow.migration", required=True, index=True, ondelete="cascade"
    )
    version_id = fields.Many2one(related="migration_id.version_id", string="To Version")
    node_id = fields.Many2one(
        "scrm.flow.node",
        string="From Node",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    rank = fields.Integer(related="node_id.rank", store=True)
    target_id = fields.Many2one(
        "scrm.flow.node",
        string="To Node",
        ondelete="set null",
        domain="[('version_id', '=', version_id),"
        " ('type', 'not in', ('start', 'end'))]",
        help="Left empty, work at this node stays in its version.",
    )
    how = fields.Selection(
        [
            ("carry", "Goes on with its time"),
            ("enter", "Begins anew"),
            ("leave", "Is finished where it is, then goes on"),
        ],
        compute="_compute_how",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="What goes on keeps its handler where possible, and the time that has "
        "passed counts. What begins anew is given out and timed as if it arrived now. "
        "What is finished takes its first open way, without anybody.",
    )
    live_count = fields.Integer(compute="_compute_live_count", string="Work There")

    _node_once = models.UniqueIndex(
        "(migration_id, node_id)", "The plan names a node once."
    )

    @api.depends("node_id.key", "target_id.key")
    def _compute_how(self):
        for line in self:
            is_same = not line.target_id or line.target_id.key == line.node_id.key
            line.how = "carry" if is_same else "enter"

    @api.depends("migration_id.version_id", "node_id")
    def _compute_live_count(self):
        for plan, lines in self.grouped("migration_id").items():
            runs = plan._affected_runs()
            groups = self.env["scrm.flow.step"]._read_group(
                [
                    ("run_id", "in", runs.ids),
                    ("state", "in", ("open", "incident", "waiting")),
                ],
                ["node_key"],
                ["__count"],
            )
            counts = dict(groups)
            for line in lines:
                line.live_count = counts.get(line.node_id.key, 0)

    @api.constrains("target_id")
    def _check_target(self):
        for line in self:
            target = line.target_id
            if target and target.version_id != line.migration_id.version_id:
                raise ValidationError(
                    self.env._(
                        "“%(node)s” is not in %(version)s.",
                        node=target.name,
                        version=line.migration_id.version_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_is_plan()
        return lines

    def write(self, vals):
        self._check_is_plan()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        self._check_is_plan()

    def _check_is_plan(self):
        if any(plan.state != "draft" for plan in self.migration_id):
            raise UserError(
                self.env._("The plan of a migration that was started is fixed.")
            )
