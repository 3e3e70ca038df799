from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .scrm_settlement_plan_periods import PAYEES

#: Problems that a run keeps; more say the same.
SHOWN = 500


class ScrmSettlementRun(models.Model):
    """Settling in the background: cut into parts by payee, worked off by anybody.

    First the facts of all payees, then the periods, whose results look at them.
    The parts are jobs of the queue; a cron works off what no runner takes. A part
    is done in one transaction, so stopping, a crash and two workers at once leave
    each amount settled once or not yet.

    ``draft``
        nothing has happened.
    ``running``
        parts are being worked off.
    ``stopped``
        no further part begins, or a part failed; continuing takes up the rest.
    ``done``
        all parts are done.
    """

    _name = "scrm.settlement.run"
    _description = "Settlement Run"
    _order = "id desc"
    _check_company_auto = True

    plan_ids = fields.Many2many(
        "scrm.settlement.plan",
        "scrm_settlement_run_plan_rel",
        string="Plans",
        required=True,
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    is_interim = fields.Boolean(
        "Also Running Periods",
        help="Settle months, quarters and years that have not ended as interim "
        "results; what follows is settled as a difference.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("running", "Running"),
            ("stopped", "Stopped"),
            ("done", "Done"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    started_at = fields.Datetime(readonly=True, copy=False)
    ended_at = fields.Datetime(readonly=True, copy=False)
    chunk_ids = fields.One2many(
        "scrm.settlement.run.chunk", "run_id", "Parts", readonly=True, copy=False
    )
    progress = fields.Float(compute="_compute_progress", help="Percent of the parts.")
    created_count = fields.Integer("New Records", compute="_compute_progress")
    problem_count = fields.Integer("Number of Problems", compute="_compute_progress")
    problems = fields.Text(compute="_compute_problems")
    faults = fields.Text(
        "Before the Run",
        compute="_compute_faults",
        help="What would keep amounts from being settled, posted or paid.",
    )

    @api.depends("state", "chunk_ids.state")
    def _compute_progress(self):
        chunks = self.env["scrm.settlement.run.chunk"]
        counts = defaultdict(lambda: [0, 0, 0, 0])
        for run, state, *sums in chunks._read_group(
            [("run_id", "in", self.ids)],
            ["run_id", "state"],
            ["__count", "created_count:sum", "problem_count:sum"],
        ):
            row = counts[run.id]
            row[0] += sums[0]
            row[1] += sums[0] * (state == "done")
            row[2] += sums[1]
            row[3] += sums[2]
        for run in self:
            total, done, created, problems = counts[run.id]
            share = done / total if total else 0
            run.progress = 100 if run.state == "done" else 100 * share
            run.created_count = created
            run.problem_count = problems

    @api.depends("chunk_ids.problems")
    def _compute_problems(self):
        for run in self:
            with_problems = run.chunk_ids.filtered("problem_count")[:SHOWN]
            problems = [one for chunk in with_problems for one in chunk.problems or []]
            run.problems = "\n".join(
                f"{' · '.join(filter(None, (one['plan'], one['fact'])))}: "
                f"{one['reason']}"
                for one in problems[:SHOWN]
            )

    @api.depends("plan_ids", "state")
    @api.depends_context("lang")
    def _compute_faults(self):
        for run in self:
            if run.state == "running":
                run.faults = False  # said before, and asked again and again meanwhile
                continue
            run.faults = "\n".join(
                f"{plan.name}: {fault}"
                for plan in run.plan_ids
                for fault in plan._faults()
            )

    @api.depends("started_at")
    def _compute_display_name(self):
        for run in self:
            number = run.id or self.env._("new")
            run.display_name = self.env._("Run %(number)s", number=number)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        for run in self:
            if run.state == "running":
                raise UserError(self.env._("Stop the run before you delete it."))

    # Buttons

    def action_preview(self):
        """Show what the run would settle; nothing of it is stored."""
        self.ensure_one()
        self.plan_ids._check_may_settle()
        preview = self.env["scrm.settlement.preview"].create({"run_id": self.id})
        # sudo: only frozen facts are read, see ScrmSettlementPlan.settle
        preview._fill(self.plan_ids.sudo()._preview(interim=self.is_interim))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview"),
            "res_model": preview._name,
            "res_id": preview.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_start(self):
        """Cut the work into parts and hand them out.

        :raise UserError: it has been started before
        """
        for run in self:
            run._expect("draft")
            run.plan_ids._check_may_settle()
            run._cut("facts")
            run.write({"state": "running", "started_at": self.env["scrm.clock"].now()})
            run._hand_out()
        return True

    def action_stop(self):
        """Let no further part begin."""
        self._expect("running")
        self.write({"state": "stopped"})
        return True

    def action_continue(self):
        """Work off the rest of a stopped run, also what failed before."""
        self._expect("stopped")
        # sudo: parts are written by the run only
        failed = self.sudo().chunk_ids.filtered(lambda chunk: chunk.state == "failed")
        failed.write({"state": "pending", "problem_count": 0, "problems": False})
        self.write({"state": "running"})
        for run in self:
            run._hand_out()
        return True

    def action_view_records(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "scrm_settlement.scrm_settlement_record_action"
        )
        return {
            **action,
            "domain": [
                ("plan_id", "in", self.plan_ids.ids),
                ("computed_at", ">=", self.started_at),
            ],
        }

    def _expect(self, state):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for run in self:
            if run.state != state:
                raise UserError(
                    self.env._(
                        "%(run)s is %(state)s; this needs it to be %(wanted)s.",
                        run=run.display_name,
                        state=labels[run.state],
                        wanted=labels[state],
                    )
                )

    # Parts

    def _cut(self, phase):
        """Make the parts of a phase: some payees of a plan each."""
        self.ensure_one()
        vals_list = []
        # sudo: only frozen facts are read, see ScrmSettlementPlan.settle
        for plan in self.plan_ids.sudo():
            if phase == "facts":
                payees = plan._fact_payees()
            else:
                jobs = plan._period_jobs(self.is_interim)
                payees = sorted(plan._period_payees(jobs)) if jobs else []
            for start in range(0, len(payees), PAYEES):
                vals_list.append(
                    {
                        "run_id": self.id,
                        "plan_id": plan.id,
                        "phase": phase,
                        "payees": payees[start : start + PAYEES],
                    }
                )
        # sudo: parts are written by the run only
        return self.env["scrm.settlement.run.chunk"].sudo().create(vals_list)

    def _hand_out(self):
        """Queue what is left; without anything left the next phase, or the end.

        The periods look at what the facts were paid: they wait for failed parts.
        """
        self.ensure_one()
        pending = self.chunk_ids.filtered(lambda chunk: chunk.state == "pending")
        if not pending and any(chunk.state == "failed" for chunk in self.chunk_ids):
            self.write({"state": "stopped"})
            return
        if not pending and not self._has_phase("periods"):
            pending = self._cut("periods")
        if not pending:
            self.write({"state": "done", "ended_at": self.env["scrm.clock"].now()})
            return
        for chunk in pending:
            chunk.with_delay(
                channel="root.settlement",
                identity_key=f"scrm.settlement.run.chunk:{chunk.id}",
                description=chunk.display_name,
            )._work()
        cron = self.env.ref("scrm_settlement.ir_cron_settlement_run")
        # sudo: wakes our own cron, which takes no arguments
        cron.sudo()._trigger()

    def _has_phase(self, phase):
        return any(chunk.phase == phase for chunk in self.chunk_ids)

    def _part_done(self):
        """A part has been done: when it was the last one of its phase, go on.

        Two last parts at once: the row lets one wait, so one of them is the last.
        """
        self.ensure_one()
        self.env.cr.execute(
            SQL("SELECT id FROM scrm_settlement_run WHERE id = %s FOR UPDATE", self.id),
            log_exceptions=False,  # to come second is no fault
        )
        self.invalidate_recordset(["state", "chunk_ids"])
        if self.state == "running" and not any(
            chunk.state == "pending" for chunk in self.chunk_ids
        ):
            self._hand_out()

    @api.model
    def _cron_work(self):
        """Work off parts that no queue runner has taken yet."""
        chunks = self.env["scrm.settlement.run.chunk"]
        waiting = [("state", "=", "pending"), ("run_id.state", "=", "running")]
        while True:
            pending = chunks.search(waiting, limit=50)
            worked = False
            for chunk in pending:
                worked = chunk._work() or worked
                remaining = chunks.search_count(waiting)
                if not self.env["ir.cron"]._commit_progress(1, remaining=remaining):
                    return
            if not worked:
                return
