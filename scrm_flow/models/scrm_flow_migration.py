import logging
from datetime import timedelta

from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import migration
from .scrm_flow_version import read_domain

_logger = logging.getLogger(__name__)

#: Runs that are migrated and committed together.
CHUNK = 50
#: Collisions in a row after which something else than bad luck is to blame.
COLLISIONS = 20
#: Refusals that a message names one by one.
NAMED = 20


class ScrmFlowMigration(models.Model):
    """Takes running records to another version of their flow, by a plan.

    ``draft``: the plan is being made, its preview shows what would happen;
    ``running``: chunk by chunk, in the background, whatever happens to the server;
    ``done``: every run was migrated, or stays for a reason that is shown;
    ``cancelled``: what was not migrated by then stays.

    Each run is migrated as a whole or not at all, and one that cannot be harms no
    other. Until somebody goes on with it, it can be taken back.
    """

    _name = "scrm.flow.migration"
    _description = "Flow Migration"
    _order = "id desc"
    _rec_name = "version_id"

    flow_id = fields.Many2one(
        related="version_id.flow_id", store=True, index=True, precompute=True
    )
    model = fields.Char(related="flow_id.model", string="Model Name")
    version_id = fields.Many2one(
        "scrm.flow.version",
        string="To Version",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    version_state = fields.Selection(
        related="version_id.state", string="State of the Version"
    )
    state = fields.Selection(
        [
            ("draft", "Plan"),
            ("running", "Running"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
    )
    scope = fields.Selection(
        [("all", "All that can"), ("selected", "Selected")],
        string="Records",
        required=True,
        default="all",
    )
    domain = fields.Char(
        string="Which Records",
        default="[]",
        help="Only records that fulfil this are migrated.",
    )
    from_version_ids = fields.Many2many(
        "scrm.flow.version",
        "scrm_flow_migration_from_rel",
        "migration_id",
        "version_id",
        string="Only from",
        domain="[('flow_id', '=', flow_id), ('state', '!=', 'draft')]",
        help="Left empty, records come from all other versions.",
    )
    handlers = fields.Selection(
        [
            ("allowed", "Kept where the new version allows them"),
            ("keep", "Always kept"),
        ],
        required=True,
        default="allowed",
        help="Of steps that go on: who has them now, or who gets them by the handler "
        "rule of the new version.",
    )
    all_or_nothing = fields.Boolean(
        help="When one record cannot be migrated, none is, and nothing is published."
    )
    line_ids = fields.One2many("scrm.flow.migration.line", "migration_id")
    run_ids = fields.One2many("scrm.flow.migration.run", "migration_id")
    user_id = fields.Many2one(
        "res.users",
        string="By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    started_at = fields.Datetime(readonly=True, copy=False)
    ended_at = fields.Datetime(readonly=True, copy=False)
    ready_count = fields.Integer(compute="_compute_counts", string="To Migrate")
    done_count = fields.Integer(compute="_compute_counts", string="Migrated")
    stay_count = fields.Integer(compute="_compute_counts", string="Staying")
    total_count = fields.Integer(compute="_compute_counts", string="Records in All")

    @api.depends("flow_id.name", "version_id.number")
    def _compute_display_name(self):
        for plan in self:
            plan.display_name = self.env._(
                "%(flow)s: to version %(number)s",
                flow=plan.flow_id.name or "",
                number=plan.version_id.number,
            )

    @api.depends("run_ids.state", "run_ids.is_left_out")
    def _compute_counts(self):
        groups = self.env["scrm.flow.migration.run"]._read_group(
            [("migration_id", "in", self.ids)],
            ["migration_id", "state", "is_left_out"],
            ["__count"],
        )
        counts = {}
        for plan, state, is_left_out, count in groups:
            name = "stay" if is_left_out else state
            counts[plan.id, name] = counts.get((plan.id, name), 0) + count
        for plan in self:
            plan.ready_count = counts.get((plan.id, "ready"), 0)
            plan.done_count = counts.get((plan.id, "done"), 0)
            plan.total_count = sum(
                count
                for (plan_id, _name), count in counts.items()
                if plan_id == plan.id
            )
            plan.stay_count = plan.total_count - plan.ready_count - plan.done_count

    @api.constrains("domain")
    def _check_domain(self):
        for plan in self:
            # constraints run with sudo, but what the manager may see counts here
            version = plan.version_id.with_user(self.env.user)
            problems = version._domain_problems(plan.domain)
            if problems:
                raise ValidationError(problems[0])

    @api.model_create_multi
    def create(self, vals_list):
        plans = super().create(vals_list)
        for plan in plans:
            if not plan.line_ids:
                plan._fill_lines()
        return plans

    def write(self, vals):
        managed = {"state", "version_id", "user_id", "started_at", "ended_at"}
        if not self.env.su and managed & set(vals):
            raise UserError(self.env._("A migration is started with its button."))
        settings = set(vals) - managed - {"run_ids"}
        if settings and any(plan.state != "draft" for plan in self):
            raise UserError(
                self.env._("The plan of a migration that was started is fixed.")
            )
        result = super().write(vals)
        if settings:  # what is shown is what would happen
            self.filtered("run_ids").action_preview()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        if any(plan.state != "draft" for plan in self):
            raise UserError(
                self.env._("A migration that was started is kept: it is history.")
            )

    @api.autovacuum
    def _gc_drafts(self):
        """Forget plans that nobody has started for a week."""
        limit = fields.Datetime.now() - timedelta(days=7)
        self.search([("state", "=", "draft"), ("write_date", "<", limit)]).unlink()

    # The plan ----------------------------------------------------------------

    def _fill_lines(self):
        """One line for each node where work is or can come to wait."""
        self.ensure_one()
        if self.version_id.state == "draft":  # work can go on inside of its calls
            self.version_id._bind_calls()
        target_ids = {node.key: node.id for node in self.version_id._running_nodes()}
        runs = self._affected_runs()
        nodes = {}
        for version in runs.version_id.sorted("number"):
            graph = version._frozen_graph()
            for node in version._running_nodes():
                if graph.nodes[node.key].behaviour == "wait":
                    nodes[node.key] = node
        # sudo: where the runs of the flow are, which the manager may change
        for step in runs.sudo().step_ids._live():
            nodes[step.node_key] = step.node_id
        self.env["scrm.flow.migration.line"].create(
            [
                {
                    "migration_id": self.id,
                    "node_id": node.id,
                    "target_id": target_ids.get(key, False),
                }
                for key, node in nodes.items()
            ]
        )

    def _affected_runs(self):
        """Live runs on other versions, of records the user may read."""
        self.ensure_one()
        runs = self.version_id._live_runs(besides=self.version_id)
        if self.from_version_ids:
            runs = runs.filtered(lambda run: run.version_id in self.from_version_ids)
        return runs

    def _plan(self) -> dict:
        """The plan as the pure engine takes it."""
        self.ensure_one()
        keys = {node.key for node in self.version_id._running_nodes()}
        plan = {}
        for line in self.line_ids:
            key = line.node_id.key
            if line.how == "leave":
                continue  # the work is somewhere else by then
            if line.target_id:
                is_carried = line.how == "carry"
                plan[key] = migration.Line(line.target_id.key, is_carried)
            elif key in keys:
                plan[key] = None
        return plan

    def _left_keys(self) -> set[str]:
        """Nodes whose work is finished by its first open way before it migrates."""
        return {line.node_id.key for line in self.line_ids if line.how == "leave"}

    def _answer(self, run, plan=None) -> migration.Answer:
        """Where each token of a run goes, or why the run stays."""
        return self.version_id._migration_answer(
            run, self._plan() if plan is None else plan, self._left_keys()
        )

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "current",
        }

    # The preview -------------------------------------------------------------

    def action_preview(self):
        """Say for each affected record where it is and where it would go."""
        for plan in self:
            if plan.state != "draft":
                raise UserError(
                    self.env._("The plan of a migration that was started is fixed.")
                )
            left_out = plan.run_ids.filtered("is_left_out").run_id
            plan.run_ids.unlink()
            plan._add_runs(plan._wanted_runs(), left_out)
        return True

    def _wanted_runs(self):
        self.ensure_one()
        return self._select(self._affected_runs())

    def _select(self, runs):
        """Those of these runs that are to be migrated."""
        if self.scope == "all":
            return runs
        records = self.env[self.model].with_context(active_test=False)
        domain = read_domain(self.domain) & Domain("id", "in", runs.mapped("res_id"))
        found = set(records.search(domain)._ids)
        return runs.filtered(lambda run: run.res_id in found)

    def _add_runs(self, runs, left_out=()):
        plan = self._plan()
        rows = self.env["scrm.flow.migration.run"]
        # sudo: the engine's own rows, of runs that were searched as the user
        values = [
            {
                "migration_id": self.id,
                "run_id": run.id,
                "res_model": run.res_model,
                "res_id": run.res_id,
                "from_version_id": run.version_id.id,
                "is_left_out": run in left_out,
                **rows._preview_values(self, run, plan),
            }
            for run in runs.sudo()
        ]
        rows.create(values)

    # Doing it ----------------------------------------------------------------

    def action_start(self):
        """Publish the version if that is still to do, then migrate.

        Few records, or all or nothing: at once. Many: chunk by chunk in the
        background.

        :raise UserError: the version cannot be published, or one record cannot be
            migrated and it was to be all or nothing
        """
        self.ensure_one()
        self.check_access("write")
        # sudo: the state is the engine's; two who start it at once are one after
        # the other
        plan = self.sudo()
        plan.lock_for_update()
        if plan.state != "draft":
            raise UserError(self.env._("This migration was started before."))
        if not self.run_ids:
            self.action_preview()
        if self.version_id.state == "draft":
            self.version_id.action_publish()
        if self.version_id.state != "published":
            raise UserError(
                self.env._(
                    "“%s” is not published (any more), so nothing is migrated to it.",
                    self.version_id.display_name,
                )
            )
        if self.scope == "all":  # what has started since the preview
            self._add_runs(self._affected_runs() - self.run_ids.run_id)
        plan.write({"state": "running", "started_at": self.env["scrm.clock"].now()})
        if self.all_or_nothing:
            self._start_all_or_nothing()
        elif self.ready_count > CHUNK:
            plan._wake()
        else:
            plan._work(CHUNK)
            if plan.ready_count:  # somebody is at work there right now
                plan._wake()
        return True

    def _start_all_or_nothing(self):
        rows = self.run_ids.filtered(lambda row: not row.is_left_out)
        # sudo: the engine's work, for a manager
        plan = self.sudo()
        while plan._work(CHUNK):
            pass
        stuck = rows.filtered(lambda row: row.state not in ("done", "skipped"))
        if stuck:
            lines = [f"- {row.res_name}: {row.reason}" for row in stuck[:NAMED]]
            if len(stuck) > NAMED:
                lines.append(self.env._("- and %s more", len(stuck) - NAMED))
            raise UserError(
                self.env._(
                    "Nothing was changed, because not every record can be "
                    "migrated:\n%(records)s",
                    records="\n".join(lines),
                )
            )

    def action_cancel(self):
        """Leave what has not been migrated yet where it is."""
        self.check_access("write")
        # sudo: the state is the engine's
        for plan in self.sudo():
            plan.lock_for_update()
            if plan.state == "running":
                plan.run_ids.filtered(lambda row: row.state == "ready").write(
                    {"state": "skipped", "error": False, "is_left_out": True}
                )
            if plan.state in ("draft", "running"):
                plan.write(
                    {"state": "cancelled", "ended_at": self.env["scrm.clock"].now()}
                )
        return True

    def action_undo(self):
        """Take back every run of this migration with which nobody has gone on."""
        self.check_access("write")
        self.run_ids.filtered(lambda row: row.state == "done").action_undo()
        return True

    @api.model
    def _wake(self):
        cron = self.env.ref("scrm_flow.ir_cron_migration", raise_if_not_found=False)
        if cron:
            # sudo: the addon's own cron, which has nothing to do with the user
            cron.sudo()._trigger()

    @api.model
    def _cron_work(self):
        """Go on with what is running; commits after each chunk."""
        crons = self.env["ir.cron"]
        collisions = 0
        for plan in self.search([("state", "=", "running")], order="id"):
            while plan.state == "running":
                try:
                    count = plan._work(CHUNK)
                    left = crons._commit_progress(count, remaining=plan.ready_count)
                except TransactionRollbackError:
                    # somebody changed what we looked at: look again, from anew
                    collisions += 1
                    if collisions > COLLISIONS:
                        raise
                    self.env.cr.rollback()
                    continue
                if not count or not left:
                    break  # what others hold right now is for the next time

    def _work(self, limit) -> int:
        """Migrate some of the runs that are still to migrate.

        :return: how many were looked at
        """
        self.ensure_one()
        rows = self._claim(limit)
        plan = self._plan()
        for row in rows:
            row._migrate(plan)
        self.invalidate_recordset(["ready_count", "done_count", "stay_count"])
        if self.state == "running" and not self.ready_count:
            self.write({"state": "done", "ended_at": self.env["scrm.clock"].now()})
        return len(rows)

    def _claim(self, limit):
        """Rows that no other process holds, with their runs; frozen ones too."""
        rows = self.env["scrm.flow.migration.run"]
        rows.flush_model()
        found = self.env.execute_query(
            SQL(
                """
                SELECT line.id
                  FROM scrm_flow_migration_run line
                  JOIN scrm_flow_run run ON run.id = line.run_id
                 WHERE line.migration_id = %s
                   AND line.state = 'ready'
                   AND line.is_left_out IS NOT TRUE
                 ORDER BY line.id
                 LIMIT %s
                   FOR NO KEY UPDATE SKIP LOCKED
                """,
                self.id,
                limit,
            )
        )
        return rows.browse(row_id for (row_id,) in found)
