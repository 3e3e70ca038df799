import logging

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

from .scrm_flow_work import INTERRUPTIONS

_logger = logging.getLogger(__name__)


class ScrmFlowMigrationRun(models.Model):
    """One run in a migration: what would happen to it, what did, and why not.

    ``ready``: to be migrated as the preview says;
    ``refused``: the plan cannot take it along, it stays;
    ``done``: migrated;
    ``failed``: something kept it from being migrated, it stays;
    ``skipped``: there was nothing to migrate (any more);
    ``undone``: taken back to where it was.
    """

    _name = "scrm.flow.migration.run"
    _inherit = "scrm.flow.trace.mixin"
    _description = "Flow Migration of a Record"
    _order = "migration_id desc, id"
    _rec_name = "run_id"

    migration_id = fields.Many2one(
        "scrm.flow.migration", required=True, readonly=True, ondelete="cascade"
    )
    migration_state = fields.Selection(
        related="migration_id.state", string="State of the Migration"
    )
    run_id = fields.Many2one(
        "scrm.flow.run", required=True, readonly=True, index=True, ondelete="cascade"
    )
    from_version_id = fields.Many2one(
        "scrm.flow.version",
        string="From Version",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    state = fields.Selection(
        [
            ("ready", "Ready"),
            ("refused", "Stays"),
            ("done", "Migrated"),
            ("failed", "Failed"),
            ("skipped", "Left Out"),
            ("undone", "Taken Back"),
        ],
        required=True,
        default="ready",
        readonly=True,
    )
    is_left_out = fields.Boolean(
        string="Leave", help="Leave this record in its version."
    )
    preview = fields.Json(readonly=True)
    position = fields.Text(compute="_compute_preview_texts", string="Where It Is")
    destination = fields.Text(compute="_compute_preview_texts", string="Where It Goes")
    handler_text = fields.Text(compute="_compute_preview_texts", string="Handlers")
    time_text = fields.Text(compute="_compute_preview_texts", string="Times")
    reason = fields.Text(compute="_compute_preview_texts", string="Why Not")
    error = fields.Text(readonly=True)
    snapshot = fields.Json(readonly=True, groups="scrm_flow.group_manager")
    done_at = fields.Datetime(string="Migrated On", readonly=True)
    undone_at = fields.Datetime(string="Taken Back On", readonly=True)

    _run_once = models.UniqueIndex(
        "(migration_id, run_id)", "A migration takes each run once."
    )
    _ready_idx = models.Index("(migration_id, id) WHERE state = 'ready'")

    @api.depends("preview", "error", "state")
    @api.depends_context("lang", "tz")
    def _compute_preview_texts(self):
        for row in self:
            preview = row.preview or {}
            moves = preview.get("moves", [])
            old = row.from_version_id._labels()["nodes"]
            new = row.migration_id.version_id._labels()["nodes"]
            row.position = row._lines(
                old.get(key, key) for key in preview.get("nodes", [])
            )
            row.destination = row._lines(row._destination(move, new) for move in moves)
            row.handler_text = row._lines(
                row._handler_line(move) for move in moves if "handler" in move
            )
            row.time_text = row._lines(
                line
                for move in moves
                if "timers" in move
                for line in row._time_lines(move)
            )
            row.reason = row.error or row._lines(
                row._refusal_line(refusal, old, new)
                for refusal in preview.get("refusals", [])
            )

    @api.model
    def _lines(self, lines):
        return "\n".join(filter(None, lines)) or False

    @api.model
    def _destination(self, move, names):
        if move.get("left"):
            return self.env._("finished, goes on")
        name = names.get(move["target"], move["target"])
        if move["carried"]:
            return name
        return self.env._("%s (begins anew)", name)

    @api.model
    def _handler_line(self, move):
        texts = {
            "kept": self.env._("stays with %s", ", ".join(move["people"])),
            "assigned": self.env._(
                "assigned anew (%s has it now)", ", ".join(move["people"])
            ),
            "given": self.env._("assigned on arrival"),
        }
        return texts.get(move["handler"])

    @api.model
    def _time_lines(self, move):
        labels = dict(self.env["scrm.flow.timer.kind"]._selection())
        for kind, hours in move["timers"]:
            yield self.env._(
                "%(what)s: %(hours)s h left",
                what=labels.get(kind, kind),
                hours=f"{hours:.1f}",
            )

    @api.model
    def _refusal_line(self, refusal, old, new):
        messages = self._refusal_messages()
        node = old.get(refusal["node"], refusal["node"])
        target = new.get(refusal["target"], refusal["target"])
        return messages[refusal["code"]] % {"node": node, "target": target}

    @api.model
    def _refusal_messages(self) -> dict[str, str]:
        """The codes of ``engine/migration.py`` for people."""
        _ = self.env._
        return {
            "stays": _("The plan leaves the work at “%(node)s” where it is."),
            "removed": _(
                "“%(node)s” is not in the new version, and the plan does not say "
                "where its work goes."
            ),
            "unknown_target": _(
                "The plan leads from “%(node)s” to “%(target)s”, which the new version "
                "does not have."
            ),
            "is_start": _(
                "The plan leads from “%(node)s” to the start, where work only begins."
            ),
            "is_end": _(
                "The plan leads from “%(node)s” to an end, where work would be lost."
            ),
            "not_a_join": _(
                "At “%(node)s” it waits for other branches, which “%(target)s” does "
                "not wait for."
            ),
            "other_split": _(
                "“%(target)s” is not inside of the same splits as “%(node)s” was."
            ),
            "same_branch": _(
                "Two branches of “%(node)s” would be in the same branch of the new "
                "version."
            ),
            "deadlock": _(
                "The join of “%(target)s” would wait for more branches than are under "
                "way, for ever."
            ),
            "frozen": _("It is frozen: release it first."),
        }

    # The preview -------------------------------------------------------------

    @api.model
    def _preview_values(self, migration, run, plan) -> dict:
        """State and preview of a run that is to be migrated.

        :param run: with the engine's rights
        """
        answer = migration._answer(run, plan)
        live = run.step_ids._live()
        preview = {"nodes": live.mapped("node_key")}
        refusals = [
            {"code": r.code, "node": r.node, "target": r.target}
            for r in answer.refusals
        ]
        if run.frozen_at:
            refusals.append({"code": "frozen", "node": "", "target": ""})
        if refusals:
            return {"state": "refused", "preview": {**preview, "refusals": refusals}}
        moves = {move.token: move for move in answer.moves}
        preview["moves"] = [
            self._preview_move(migration, step, moves[step.id])
            if step.id in moves
            else {"left": True}
            for step in live
        ]
        return {"state": "ready", "preview": preview}

    @api.model
    def _preview_move(self, migration, step, move) -> dict:
        engine = self.env["scrm.flow.engine"]
        graph = migration.version_id._graph()
        node = graph.nodes[move.target]
        values = {"target": move.target, "carried": move.carried, "timers": []}
        values["people"] = step._handlers().mapped("name")
        values["handler"] = None
        if not move.carried:
            if "handler_rule" in node.data:
                values["handler"] = "given"
            return values
        if "handler_rule" in node.data and step.state == "open":
            is_kept = engine._keeps_handler(
                step._record(), step, step._compiled_node(), node, migration.handlers
            )
            values["handler"] = "kept" if is_kept else "assigned"
        now = self.env["scrm.clock"].now()
        # sudo: what waits for its time at a step of a record the manager may read
        timers = self.env["scrm.flow.timer"].sudo()
        for timer in timers.search(
            [("step_id", "=", step.id), ("state", "in", ("due", "paused"))]
        ):
            at = step.clock_since if timer.state == "paused" else now
            left = (timer.due_at - at).total_seconds() / 3600
            values["timers"].append((timer.kind, left))
        return values

    # Doing it ----------------------------------------------------------------

    def _migrate(self, plan):
        """Take this run along, wholly or not at all; what keeps it is kept too.

        :param plan: ``scrm.flow.migration._plan``
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._migrate_now(plan)
        except (*INTERRUPTIONS, LockError):
            raise  # somebody else is at work: the whole chunk is repeated
        except UserError as error:
            self.write({"state": "failed", "error": str(error)})
        except Exception as error:
            # the savepoint undid what was done; the row keeps the reason
            _logger.exception("migration of run %s failed", self.run_id.id)
            reason = f"{type(error).__name__}: {error}"
            self.write({"state": "failed", "error": reason})

    def _migrate_now(self, plan):
        migration = self.migration_id
        engine = self.env["scrm.flow.engine"].with_user(migration.user_id)
        # sudo: moving is the engine's work, on behalf of the manager who asked for it
        run = self.run_id.with_user(migration.user_id).sudo()
        engine._lock(run)
        why = self._nothing_to_do(run)
        if why:
            self.write({"state": "skipped", "error": why})
            return
        if not run._record():
            raise UserError(self.env._("The record is gone."))
        values = self._preview_values(migration, run, plan)
        self.write({**values, "from_version_id": run.version_id.id})
        if self.state != "ready":
            return
        log_from = run.log_count
        engine._leave(run, migration._left_keys())
        snapshot = {"log_from": log_from, "log_until": run.log_count}
        if run.state in ("running", "incident"):
            answer = migration._answer(run, plan)
            if answer.refusals:  # it has come to where the plan does not reach
                reason = self._preview_values(migration, run, plan)
                self.write({**reason, "state": "ready"})
                raise UserError(self.reason)
            snapshot = engine._migrate(
                run, migration.version_id, answer, migration.handlers
            )
            snapshot["log_from"] = log_from
        now = self.env["scrm.clock"].now()
        self.write({"state": "done", "snapshot": snapshot, "done_at": now})

    def _nothing_to_do(self, run) -> str | None:
        if run.state not in ("running", "incident"):
            return self.env._("Its flow has ended meanwhile.")
        if run.version_id == self.migration_id.version_id:
            return self.env._("It runs on this version already.")
        return None

    def action_undo(self):
        """Take these runs back to their version, to exactly where they were.

        :raise UserError: it was not migrated; of several, none can be taken back
        """
        self.check_access("read")
        self.migration_id.check_access("write")
        problems = []
        for row in self:
            try:
                with self.env.cr.savepoint():
                    row._undo()
            except UserError as error:
                problems.append(f"- {row.res_name}: {error}")
        if not problems:
            return True
        if len(problems) == len(self):
            raise UserError("\n".join(problems))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Some records stay in the new version"),
                "message": "\n".join(problems),
                "type": "warning",
                "sticky": True,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _undo(self):
        # sudo: a manager who may read the record; moving is the engine's work
        row = self.sudo()
        self.env["scrm.flow.engine"]._lock(row.run_id)
        row.invalidate_recordset(["state"])
        if row.state != "done":
            raise UserError(self.env._("It is not migrated (any more)."))
        self.env["scrm.flow.engine"]._migrate_back(row.run_id, row.snapshot)
        now = self.env["scrm.clock"].now()
        row.write({"state": "undone", "undone_at": now})
