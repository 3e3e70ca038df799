from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine.inside import INSIDE
from .scrm_flow_assigner import Assigner
from .scrm_flow_run_move import RunMove
from .scrm_flow_step import LIVE


class ScrmFlowEngine(models.AbstractModel):
    """Moves runs: asks the pure engine where to go and stores what it answers.

    Everything a move does is stored once at its end, for all runs moved together:
    one INSERT of steps, one of log lines, one UPDATE of runs, one write per
    distinct position of the records. So the cost of a transition does not depend
    on the size of the flow or on the length of the history.

    Rights are checked by the callers (``scrm.flow.mixin``); the engine works with
    sudo because handlers may complete steps of records they cannot write.
    """

    _name = "scrm.flow.engine"
    _description = "Flow Engine"

    @api.model
    def _start(self, records, flow, event="start", detail=None, picked=None, **values):
        """Start the published version of a flow on each of these records.

        :param event: what the log calls it, with ``detail``
        :param picked: id of the user picked by hand for what comes first
        :param values: further values of the runs
        """
        # sudo: whoever may start a flow need not see its definition
        flow = flow.sudo()
        version = flow.published_version_id
        now = self.env["scrm.clock"].now()
        runs = (
            self.env["scrm.flow.run"]
            .sudo()
            .create(
                [
                    {
                        "flow_id": flow.id,
                        "version_id": version.id,
                        "res_model": record._name,
                        "res_id": record.id,
                        "started_at": now,
                        **values,
                    }
                    for record in records
                ]
            )
        )
        self._link(records, runs)
        moves = []
        for record, run in zip(records, runs, strict=True):
            move = RunMove(run, record.sudo(), now)
            move.picked = picked
            move.note(event, node_key=move.graph.start.key, detail=detail)
            move.walk.begin()
            moves.append(move)
        self._settle(moves)
        return runs

    @api.model
    def _complete(
        self,
        record,
        step,
        edge_key,
        override=False,
        person=None,
        picked=None,
        live=None,
    ):
        """Complete an open step and take one of its transitions.

        The caller holds the lock of the run and has checked rights and choice.

        :param record: the business record, with the engine's rights
        :param person: who shall do what follows, if able
        :param picked: id of the user picked by hand for what follows; False when
            a person was asked and picked nobody
        :param live: all live steps of the run, where the caller has just read them
        """
        self._complete_all([(record, step, edge_key)], override, person, picked, live)

    @api.model
    def _complete_all(
        self, leaving, override=False, person=None, picked=None, live=None
    ):
        """Complete open steps of different runs, as :meth:`_complete` does one.

        :param leaving: [(business record, step, key of the transition)]
        :param person: who shall do what follows, if able
        """
        now = self.env["scrm.clock"].now()
        moves = [
            RunMove(step.run_id, record, now, live) for record, step, _key in leaving
        ]
        tokens_left = [
            move.token_of(step)
            for move, (_record, step, _key) in zip(moves, leaving, strict=True)
        ]
        by_edge = defaultdict(list)
        for move, (_record, step, edge_key) in zip(moves, leaving, strict=True):
            by_edge[move.graph.edges[edge_key].id].append(step)
        for edge_id, steps in by_edge.items():
            steps[0].concat(*steps[1:]).write(
                {
                    "state": "done",
                    "ended_at": now,
                    "done_by_id": self.env.uid,
                    "transition_id": edge_id,
                }
            )
        for move, token, (_record, step, edge_key) in zip(
            moves, tokens_left, leaving, strict=True
        ):
            detail = {"transition": edge_key}
            if override:
                detail["override"] = True
            move.note("complete", step, step.node_key, detail)
            move.picked = picked
            move.done = move.cause = step
            move.walk.leave(token, edge_key)
            for opened in move.walk.opened:
                if opened.node == move.graph.edges[edge_key].target:
                    opened.person = person
        self._settle(moves)

    @api.model
    def _retry(self, run):
        """Let a run go on from the steps in which it got stuck."""
        self._lock(run)
        if run.state != "incident":
            raise UserError(
                self.env._("“%s” is not stuck (any more).", run.display_name)
            )
        move = RunMove(run, run._record(), self.env["scrm.clock"].now())
        for step in run.step_ids.filtered(lambda step: step.state == "incident"):
            if step.state != "incident":
                continue  # a join has dropped it meanwhile
            move.note("retry", step, step.node_key)
            move.walk.enter(move.token_of(step))
        self._settle([move])

    @api.model
    def _cancel(self, run, reason):
        """Stop a run for good."""
        self._lock(run)
        if run.state not in ("running", "incident"):
            raise UserError(
                self.env._("“%s” is not running any more.", run.display_name)
            )
        move = RunMove(run, run._record(), self.env["scrm.clock"].now())
        live = run.step_ids.filtered(lambda step: step.state in LIVE)
        live.write({"state": "cancelled", "ended_at": move.now})
        move.note("cancel", node_key=live[:1].node_key, detail={"reason": reason})
        run.write({"state": "cancelled", "ended_at": move.now})
        self._store([move], {})
        move.record._scrm_run_cancelled(run)

    @api.model
    def _lock(self, run, even_frozen=False):
        """Let nobody else move this run until the transaction ends.

        Whoever comes second waits here. When the first one commits, PostgreSQL
        ends the second transaction with a serialization failure, Odoo repeats the
        request, and the repetition sees what has become of the run.

        :param even_frozen: to release it; nothing else may touch a frozen run
        :return: its live steps, with the engine's rights
        :raise UserError: the run is frozen
        """
        # sudo: the engine's own rows; rights were checked by the callers
        live = run.sudo()._lock_and_read()
        if run.frozen_at and not even_frozen:
            raise UserError(run._frozen_message())
        return live

    # Storing -----------------------------------------------------------------

    @api.model
    def _settle(self, moves):
        """Store what these moves did, then tell the records."""
        self._open_steps(moves)
        self._read_live([move for move in moves if move.live is None])
        live = {}
        ended = []
        for move in moves:
            steps = live[move.run] = move.live_now()
            stuck = steps.filtered(lambda step: step.state == "incident")
            if stuck:
                move.set_state("incident", reason=stuck[0].incident_reason)
            elif steps.filtered(lambda step: step.state == "open"):
                move.set_state("running")
            elif steps:  # publishing rules it out, but nothing may wait in silence
                reason = self.env._("The branches that the join waits for are gone.")
                move.set_state("incident", reason=reason)
            else:
                move.note("end", node_key=move.end_key)
                move.set_state("done", end_key=move.end_key)
                ended.append(move)
        self._store(moves, live)
        for move in moves:
            if move.done:
                move.record._scrm_step_done(move.done)
            for step in move.steps:
                if step.state == "open":
                    move.record._scrm_step_opened(step)
        for move in ended:
            move.record._scrm_run_ended(move.run)

    @api.model
    def _read_live(self, moves):
        """Read the live steps of the runs of these moves, with one query."""
        if not moves:
            return
        # sudo: the engine's own rows; rights were checked by the callers
        steps = self.env["scrm.flow.step"].sudo()
        runs = [move.run.id for move in moves]
        steps = steps.search([("run_id", "in", runs), ("state", "in", LIVE)])
        by_run = steps.grouped("run_id")
        for move in moves:
            move.live = by_run.get(move.run, steps.browse())

    @api.model
    def _open_steps(self, moves):
        """Assign and create all steps at which these moves wait or got stuck."""
        # sudo: the engine's own rows; rights were checked by the callers
        steps = self.env["scrm.flow.step"].sudo()
        opened = [(move, token) for move in moves for token in move.walk.opened]
        cases = [move.case(token) for move, token in opened]
        outcomes = iter(Assigner(self.env).assign([c for c in cases if c]))
        self._check_picked(moves, cases)
        wanted = [
            (move, token, move.arrived_values(token))
            for move in moves
            for token in move.arrived
        ]
        wanted += [
            (move, token, move.assigned_values(token, case and next(outcomes)))
            for (move, token), case in zip(opened, cases, strict=True)
        ]
        for move in moves:
            for stuck in move.walk.stuck:
                wanted.append((move, stuck.token, move.stuck_values(stuck)))
        created = iter(
            steps.create(
                [
                    {**move.step_values(token), **values}
                    for move, token, values in wanted
                    if not token.step
                ]
            )
        )
        for move, token, values in wanted:
            if token.step:
                token.step.write(values)
            else:
                token.step = next(created)
            step = token.step
            move.steps.append(step)
            if step.state == "incident":
                detail = {"code": step.incident_code, "reason": step.incident_reason}
                move.note("incident", step, token.node, detail)
            elif step.state == "waiting":
                move.note("wait", step, token.node)
            elif step.state == "open":
                move.note("open", step, token.node, {"assignment": step.assign_trace})

    @api.model
    def _check_picked(self, moves, cases):
        """Refuse a person picked by hand where nothing asked for one."""
        used = {case.run for case in cases if case and case.by_hand}
        for move in moves:
            if move.picked and move.run not in used:
                raise UserError(
                    self.env._("Nobody is picked by hand for what follows here.")
                )

    @api.model
    def _store(self, moves, steps_by_run):
        """Write log lines, and the position to the records."""
        by_values = defaultdict(list)
        position = {}
        handlers = defaultdict(dict)
        # sudo: an empty set that fits the engine's own rows
        nothing = self.env["scrm.flow.step"].sudo()
        for move in moves:
            steps = steps_by_run.get(move.run, nothing)
            steps = steps.filtered(lambda step: step.state != "waiting")
            values = move.record._scrm_position_vals(move.run, steps)
            for event, detail in move.record._scrm_position_notes(values):
                move.note(event, node_key=values["scrm_node_key"], detail=detail)
            handlers[move.record._name][move.record] = values.pop("scrm_handler_ids")
            key = (move.record._name, repr(sorted(values.items())))
            by_values[key].append(move.record)
            position[key] = values
        self.env["scrm.flow.log"]._append(
            [entry for move in moves for entry in move.entries],
            along=[
                part
                for users_by_record in handlers.values()
                for part in self._handlers_sql(users_by_record)
            ]
            + nothing._pending_sql(),
        )
        for users_by_record in handlers.values():
            first, *others = users_by_record
            records = first.concat(*others)
            records.invalidate_recordset(["scrm_handler_ids"], flush=False)
            records.modified(["scrm_handler_ids"])
        for key, records in by_values.items():
            records[0].concat(*records[1:]).with_context(scrm_flow_moving=INSIDE).write(
                position[key]
            )

    @api.model
    def _handlers_sql(self, users_by_record) -> list[SQL]:
        """What replaces the handlers of records of one model in the database.

        :param users_by_record: {record: ids of ``res.users``}
        :return: parts of one statement, see ``scrm.flow.log._append``
        """
        first, *others = users_by_record
        records = first.concat(*others)
        field = records._fields["scrm_handler_ids"]
        records.flush_recordset([field.name])
        pairs = [
            (record.id, user_id)
            for record, user_ids in users_by_record.items()
            for user_id in user_ids
        ]
        names = {
            "table": SQL.identifier(field.relation),
            "record": SQL.identifier(field.column1),
            "handler": SQL.identifier(field.column2),
            "gone": SQL.identifier(f"gone_{records._table}"),
            "come": SQL.identifier(f"come_{records._table}"),
            "wanted": SQL(
                "SELECT * FROM unnest(%s::int[], %s::int[])",
                [record_id for record_id, _user_id in pairs],
                [user_id for _record_id, user_id in pairs],
            ),
        }
        return [
            SQL(
                """
                %(gone)s AS (
                    DELETE FROM %(table)s
                     WHERE %(record)s = ANY(%(ids)s)
                       AND (%(record)s, %(handler)s) NOT IN (%(wanted)s)
                )
                """,
                ids=records.ids,
                **names,
            ),
            SQL(
                """
                %(come)s AS (
                    INSERT INTO %(table)s (%(record)s, %(handler)s)
                    %(wanted)s
                    ON CONFLICT DO NOTHING
                )
                """,
                **names,
            ),
        ]

    @api.model
    def _link(self, records, runs):
        """Let each record know its new run, with one statement for all."""
        table = SQL.identifier(records._table)
        self.env.execute_query(
            SQL(
                """
                UPDATE %(table)s
                   SET scrm_run_id = run.id
                  FROM scrm_flow_run run
                 WHERE run.id = ANY(%(runs)s)
                   AND run.res_id = %(table)s.id
                RETURNING run.id
                """,
                table=table,
                runs=runs.ids,
            )
        )
        records.invalidate_recordset(["scrm_run_id"], flush=False)
        records.modified(["scrm_run_id"])
