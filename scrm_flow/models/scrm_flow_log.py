import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class ScrmFlowLog(models.Model):
    """What happened to a run, one line an event, each sealed with the one before.

    ``digest`` covers the line and the digest of the previous line of the same run,
    and the run keeps count and digest of the last one. So a line that is changed,
    taken out, put in or cut off at the end shows up in :meth:`verify`.
    """

    _name = "scrm.flow.log"
    _inherit = "scrm.flow.trace.mixin"
    _description = "Flow Log"
    _order = "run_id desc, sequence"
    _log_access = False

    run_id = fields.Many2one(
        "scrm.flow.run", required=True, readonly=True, ondelete="cascade"
    )
    sequence = fields.Integer(string="No.", required=True, readonly=True)
    step_id = fields.Many2one("scrm.flow.step", readonly=True, ondelete="cascade")
    event = fields.Selection(
        [
            ("start", "Started"),
            ("route", "Moved on by itself"),
            ("split", "Split into branches"),
            ("open", "Step opened"),
            ("wait", "Waits for other branches"),
            ("join", "Branches joined"),
            ("drop", "Branch cancelled"),
            ("complete", "Step completed"),
            ("auto", "Done by itself"),
            ("service", "Service done"),
            ("claim", "Step claimed"),
            ("accept", "Step accepted"),
            ("vote", "Voted"),
            ("reject", "Sent back"),
            ("dispatch", "Handed out"),
            ("transfer", "Handed over"),
            ("add_handler", "Handler added"),
            ("recall", "Taken back"),
            ("freeze", "Frozen"),
            ("release", "Released"),
            ("reopen", "Reopened"),
            ("incident", "Got stuck"),
            ("retry", "Retried"),
            ("cancel", "Cancelled"),
            ("end", "Ended"),
        ],
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one(
        "res.users", string="Who", readonly=True, ondelete="restrict"
    )
    at = fields.Datetime(string="When", required=True, readonly=True)
    node_key = fields.Char(string="Node", readonly=True)
    version_number = fields.Integer(string="Version", readonly=True)
    detail = fields.Json(readonly=True)
    description = fields.Text(compute="_compute_description", string="What")
    detail_digest = fields.Char(readonly=True)
    previous_digest = fields.Char(readonly=True)
    digest = fields.Char(required=True, readonly=True)

    _sequence_unique = models.UniqueIndex("(run_id, sequence)")
    _record_idx = models.Index("(res_model, res_id)")
    _at_idx = models.Index("(res_model, at)")

    @api.depends("event", "detail")
    @api.depends_context("lang")
    def _compute_description(self):
        for entry in self:
            entry.description = entry._describe()

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("The log of a flow cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("The log of a flow cannot be deleted."))

    # The chain ---------------------------------------------------------------

    @api.model
    def _append(self, entries: list[dict], along: list[SQL] = ()) -> None:
        """Write the entries of one or more runs with a single statement.

        :param entries: values by field name, ``run`` being the run itself with the
            engine's rights; in the order of events
        :param along: ``name AS (statement)``, done with it, to save a round trip
        """
        rows = []
        heads = {}
        for entry in entries:
            run = entry.pop("run")
            count, digest = heads.get(run) or (run.log_count, run.log_digest)
            row = {
                **entry,
                "run_id": run.id,
                "res_model": run.res_model,
                "res_id": run.res_id,
                "sequence": count + 1,
                "detail_digest": self._digest_detail(entry.get("detail")),
                "previous_digest": digest or "",
            }
            row["digest"] = self._digest(row)
            heads[run] = row["sequence"], row["digest"]
            rows.append(row)
        if rows:
            self._insert(rows, heads, along)
        elif along:
            self.env.cr.execute(SQL("WITH %s SELECT", SQL(", ").join(along)))

    @api.model
    def _insert(self, rows: list[dict], heads: dict, along: list[SQL]) -> None:
        """Nothing is computed from a log line, so no more is done than has to be.

        :param rows: values by field name
        :param heads: {run: (number, digest)} of the last line of each run
        :param along: see :meth:`_append`
        """
        runs = self.env["scrm.flow.run"].union(*heads)
        runs.flush_recordset(["log_count", "log_digest"])
        self.env.cr.execute(
            SQL(
                """
                WITH head AS (
                    UPDATE scrm_flow_run run
                       SET log_count = head.count, log_digest = head.digest
                      FROM (VALUES %s) AS head(run_id, count, digest)
                     WHERE run.id = head.run_id
                )
                %s
                %s
                """,
                SQL(", ").join((run.id, *head) for run, head in heads.items()),
                SQL("").join(SQL(", %s", part) for part in along),
                self._insert_sql(rows),
            )
        )
        runs.invalidate_recordset(["log_ids"], flush=False)
        for run, (count, digest) in heads.items():
            run._fields["log_count"]._update_cache(run, count)
            run._fields["log_digest"]._update_cache(run, digest)

    @api.model
    def _digest_detail(self, detail) -> str:
        text = json.dumps(detail or None, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @api.model
    def _digest(self, row: dict) -> str:
        """The seal of one line. The detail counts by its own digest, so that a
        text may be blanked by law without breaking the chain."""
        parts = [
            row["previous_digest"] or "",
            row["run_id"],
            row["res_model"],
            row["res_id"],
            row["sequence"],
            row.get("step_id") or None,
            row["event"],
            row.get("user_id") or None,
            fields.Datetime.to_string(row["at"]),
            row.get("node_key") or None,
            row.get("version_number") or 0,
            row["detail_digest"],
        ]
        text = json.dumps(parts, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @api.model
    @api.private
    def verify(self, run) -> str | None:
        """Check the chain of one run.

        :return: None when it is intact, else the first thing that is wrong
        """
        run.ensure_one()
        run.check_access("read")
        # sudo: every line counts; the run was checked
        run = run.sudo()
        run.invalidate_recordset(["log_count", "log_digest"])
        entries = self.sudo().search([("run_id", "=", run.id)], order="sequence, id")
        entries.invalidate_recordset()
        previous, expected = "", 0
        for entry in entries:
            expected += 1
            if entry.sequence != expected:
                return self.env._("Entry %s is missing.", expected)
            row = entry._sealed_values()
            if (
                row["previous_digest"] != previous
                or entry._digest_detail(entry.detail) != row["detail_digest"]
                or self._digest(row) != entry.digest
            ):
                return self.env._("Entry %s was changed.", expected)
            previous = entry.digest
        if run.log_count != expected or (run.log_digest or "") != previous:
            return self.env._("Entries after number %s are missing.", expected)
        return None

    def _sealed_values(self) -> dict:
        return {
            "previous_digest": self.previous_digest or "",
            "run_id": self.run_id.id,
            "res_model": self.res_model,
            "res_id": self.res_id,
            "sequence": self.sequence,
            "step_id": self.step_id.id,
            "event": self.event,
            "user_id": self.user_id.id,
            "at": self.at,
            "node_key": self.node_key,
            "version_number": self.version_number,
            "detail_digest": self.detail_digest,
        }

    # In words ----------------------------------------------------------------

    def _describe(self) -> str | bool:
        """The detail of one line for people, in their language."""
        self.ensure_one()
        detail = self.detail or {}
        if "assignment" in detail:
            return self.env["scrm.flow.assignment"]._describe(detail["assignment"])
        if "transition" in detail:
            # sudo: names of transitions, on a record the reader may see
            labels = self.run_id.sudo().version_id._labels()["transitions"]
            text = labels.get(detail["transition"], detail["transition"])
            if detail.get("override"):
                return self.env._("%s (by a manager, not the handler)", text)
            return f"{text} ({detail['reason']})" if detail.get("reason") else text
        if self.event == "drop":
            return self._describe_drop(detail)
        parts = []
        if "vote" in detail:
            words = self.env["scrm.flow.vote"]._fields["decision"]
            parts.append(dict(words._description_selection(self.env))[detail["vote"]])
        if "to" in detail:
            # sudo: names of nodes, on a record the reader may see
            labels = self.run_id.sudo().version_id._labels()["nodes"]
            parts.append(labels.get(detail["to"], detail["to"]))
        if "user" in detail:
            parts.append(detail["user"]["name"])
        if detail.get("reason"):
            parts.append(detail["reason"])
        if detail.get("warning"):
            parts.append(self.env["scrm.flow.assignment"]._warning(detail["warning"]))
        return ": ".join(parts) or False

    def _describe_drop(self, detail) -> str:
        """Why a step in a branch is not done any more."""
        # sudo: names of nodes, on a record the reader may see
        labels = self.run_id.sudo().version_id._labels()["nodes"]
        if "to" in detail:
            return self.env._(
                "The work was sent back to “%s”, before the split.",
                labels.get(detail["to"], detail["to"]),
            )
        return self.env._(
            "“%s” went on without it.", labels.get(detail["joined"], detail["joined"])
        )
