import logging
from collections import defaultdict

import psycopg2

from odoo import api, models
from odoo.exceptions import ConcurrencyError, LockError, UserError
from odoo.tools import SQL

from ..engine import assignment, tokens

_logger = logging.getLogger(__name__)


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
    def _start(self, records, flow, event="start", detail=None, **values):
        """Start the published version of a flow on each of these records.

        :param event: what the log calls it, with ``detail``
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
        moves = []
        for record, run in zip(records, runs, strict=True):
            move = RunMove(run, record.sudo(), now)
            move.note(event, node_key=move.graph.start.key, detail=detail)
            move.follow(tokens.begin(move.graph, move.holds, move.act))
            moves.append(move)
        self._settle(moves)
        return runs

    @api.model
    def _complete(self, record, step, edge_key, override=False):
        """Complete an open step and take one of its transitions.

        The caller holds the lock of the run and has checked rights and choice.

        :param record: the business record, with the engine's rights
        """
        move = RunMove(step.run_id, record, self.env["scrm.clock"].now())
        edge = move.graph.edges[edge_key]
        step.write(
            {
                "state": "done",
                "ended_at": move.now,
                "done_by_id": self.env.uid,
                "transition_id": edge.id,
            }
        )
        detail = {"transition": edge_key}
        if override:
            detail["override"] = True
        move.note("complete", step, step.node_key, detail)
        move.done = move.cause = step
        move.follow(
            tokens.leave(move.graph, step.node_key, edge_key, move.holds, move.act)
        )
        self._settle([move])

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
            move.note("retry", step, step.node_key)
            move.resumed[step.node_key] = step
            move.follow(tokens.enter(move.graph, step.node_key, move.holds, move.act))
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
        live = run.step_ids.filtered(lambda step: step.state in ("open", "incident"))
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
        :raise UserError: the run is frozen
        """
        run.flush_recordset()
        self.env.execute_query(
            SQL(
                "UPDATE scrm_flow_run SET move_count = move_count + 1 "
                "WHERE id = %s RETURNING move_count",
                run.id,
            )
        )
        run.invalidate_recordset(["move_count"], flush=False)
        if run.frozen_at and not even_frozen:
            raise UserError(run._frozen_message())

    # Storing -----------------------------------------------------------------

    @api.model
    def _settle(self, moves):
        """Store what these moves did, then tell the records."""
        self._open_steps(moves)
        # sudo: the engine's own rows; rights were checked by the callers
        live = (
            self.env["scrm.flow.step"]
            .sudo()
            .search(
                [
                    ("run_id", "in", [move.run.id for move in moves]),
                    ("state", "in", ("open", "incident")),
                ]
            )
        )
        by_run = live.grouped("run_id")
        ended = []
        for move in moves:
            steps = by_run.get(move.run, live.browse())
            stuck = steps.filtered(lambda step: step.state == "incident")
            if stuck:
                move.set_state("incident", reason=stuck[0].incident_reason)
            elif steps:
                move.set_state("running")
            else:
                move.note("end", node_key=move.end_key)
                move.set_state("done", end_key=move.end_key)
                ended.append(move)
        self._store(moves, by_run)
        for move in moves:
            if move.done:
                move.record._scrm_step_done(move.done)
            for step in move.steps:
                if step.state == "open":
                    move.record._scrm_step_opened(step)
        for move in ended:
            move.record._scrm_run_ended(move.run)

    @api.model
    def _open_steps(self, moves):
        """Assign and create all steps at which these moves wait or got stuck."""
        # sudo: the engine's own rows; rights were checked by the callers
        steps = self.env["scrm.flow.step"].sudo()
        turns = assignment.Turns(steps._last_turns)
        wanted = []
        for move in moves:
            for key in move.opened:
                wanted.append((move, key, move.assigned_values(key, turns)))
            for stuck in move.stuck:
                wanted.append((move, stuck.node, move.stuck_values(stuck)))
        created = iter(
            steps.create(
                [
                    {**move.step_values(key), **values}
                    for move, key, values in wanted
                    if key not in move.resumed
                ]
            )
        )
        for move, key, values in wanted:
            step = move.resumed.pop(key, None)
            if step:
                step.write(values)
            else:
                step = next(created)
            move.steps.append(step)
            if step.state == "incident":
                detail = {"code": step.incident_code, "reason": step.incident_reason}
                move.note("incident", step, key, detail)
            else:
                move.note("open", step, key, {"assignment": step.assign_trace})

    @api.model
    def _store(self, moves, steps_by_run):
        """Write log lines, and the position to the records."""
        self.env["scrm.flow.log"]._append(
            [entry for move in moves for entry in move.entries]
        )
        by_values = defaultdict(list)
        position = {}
        # sudo: an empty set that fits the engine's own rows
        nothing = self.env["scrm.flow.step"].sudo()
        for move in moves:
            steps = steps_by_run.get(move.run, nothing)
            values = move.record._scrm_position_vals(move.run, steps)
            key = (move.record._name, repr(sorted(values.items())))
            by_values[key].append(move.record)
            position[key] = values
        for key, records in by_values.items():
            records[0].concat(*records[1:]).with_context(scrm_flow_moving=True).write(
                position[key]
            )


class RunMove:
    """One run on its way: what happened, gathered until it is stored.

    The object beside its tables, as the engine sees it; it lives for one move.
    """

    def __init__(self, run, record, now):
        self.run = run
        self.record = record
        self.now = now
        self.env = run.env
        self.version = run.version_id
        self.graph = self.version._frozen_graph()
        self.entries = []
        self.opened = []
        self.stuck = []
        self.steps = []
        self.resumed = {}
        self.done = None
        self.cause = None
        self.returning = {}
        self.end_key = None

    # Callbacks of the pure engine

    def holds(self, edge):
        """Is the condition of an edge or node true for the record right now?"""
        try:
            return bool(self.record.filtered_domain(edge.condition))
        except (KeyError, ValueError, TypeError) as error:
            raise tokens.ConditionError(
                self.env._(
                    "The condition of “%(key)s” cannot be asked: %(error)s",
                    key=edge.key,
                    error=error,
                )
            ) from error

    def act(self, node):
        """Run a service node; why it failed, None when it did not."""
        if node.behaviour == "wait":
            return self.pass_by(node)
        step = self.resumed.pop(node.key, None)
        if step:
            step.write({"state": "done", "ended_at": self.now, **NO_INCIDENT})
        else:
            values = {"state": "done", "ended_at": self.now}
            step = self.env["scrm.flow.step"].create(
                {**self.step_values(node.key), **values}
            )
        node_type = self.env["scrm.flow.node.type"]._kind(node.type)
        try:
            with self.env.cr.savepoint():
                node_type._act(
                    self.record.with_context(scrm_flow_acting=True), step, node
                )
        except (psycopg2.OperationalError, ConcurrencyError, LockError):
            raise  # somebody else is at work: the whole request is repeated
        except UserError as error:
            reason = str(error)
        except Exception as error:
            # the savepoint undid what was done; the run keeps the reason
            _logger.exception("service of node %s failed", node.key)
            reason = self.env._(
                "Unexpected error: %(error)s", error=f"{type(error).__name__}: {error}"
            )
        else:
            self.note("service", step, node.key)
            return None
        self.resumed[node.key] = step
        return reason

    # What happened

    def follow(self, move):
        """Take over what the pure engine did."""
        for key in move.passed:
            node = self.graph.nodes[key]
            step = self.resumed.pop(key, None)
            if step:  # a gateway that was stuck before
                step.write({"state": "done", "ended_at": self.now, **NO_INCIDENT})
            if node.behaviour == "choose":
                edge = next(edge for edge in move.taken if edge.source == key)
                self.note("route", step, key, {"transition": edge.key})
        self.opened += move.opened
        self.stuck += move.stuck
        if move.ended:
            self.end_key = move.ended[-1]

    def pass_by(self, node):
        """Store a step that nobody has to do: its condition holds on arrival."""
        edge = tokens.next_edge(self.graph, node, self.holds)
        values = {"state": "done", "ended_at": self.now, "transition_id": edge.id}
        step = self.resumed.pop(node.key, None)
        if step:
            step.write({**values, **NO_INCIDENT})
        else:
            step = self.env["scrm.flow.step"].create(
                {**self.step_values(node.key), **values}
            )
        self.note("auto", step, node.key, {"transition": edge.key})

    def note(self, event, step=None, node_key=None, detail=None):
        self.entries.append(
            {
                "run": self.run,
                "event": event,
                "user_id": self.env.uid,
                "at": self.now,
                "step_id": step.id if step else False,
                "node_key": node_key,
                "version_number": self.graph.number,
                "detail": detail or False,
            }
        )

    def set_state(self, state, reason=False, end_key=False):
        values = {
            "state": state,
            "incident_reason": reason,
            "ended_at": self.now if state == "done" else False,
            "end_key": end_key,
        }
        self.run.write({k: v for k, v in values.items() if self.run[k] != v})

    # Values of steps

    def step_values(self, key):
        return {
            "run_id": self.run.id,
            "flow_id": self.run.flow_id.id,
            "node_id": self.graph.nodes[key].id,
            "node_key": key,
            "res_model": self.run.res_model,
            "res_id": self.run.res_id,
            "opened_at": self.now,
            "previous_id": self.cause.id if self.cause else False,
        }

    def assigned_values(self, key, turns):
        node = self.graph.nodes[key]
        if "handler_rule" not in node.data:  # waits for something, not for somebody
            nobody = {"user_id": False, "candidate_ids": [(5,)]}
            return {**NO_INCIDENT, **nobody, "state": "open", "ended_at": False}
        rule = self.env["scrm.flow.handler"]._kind(node.data["handler_rule"])
        person = self.returning.get(key)
        outcome = person and rule._give_back(self.record, person)
        if not outcome:
            outcome = rule._assign(self.record, self.run.flow_id, node, turns)
        values = {"assign_trace": outcome.as_trace()}
        if outcome.handler is None:
            return {
                **values,
                "state": "incident",
                "incident_code": "no_handler",
                "incident_reason": self.env._(
                    "“%(node)s” has nobody to handle it.",
                    node=self.version._labels()["nodes"][key],
                ),
            }
        shared = [person.id for person in outcome.candidates]
        return {
            **values,
            **NO_INCIDENT,
            "state": "open",
            "ended_at": False,
            "user_id": outcome.handler.id,
            "candidate_ids": [(6, 0, shared)] if len(shared) > 1 else [(5,)],
        }

    def stuck_values(self, stuck):
        name = self.version._labels()["nodes"][stuck.node]
        _ = self.env._
        reasons = {
            "no_transition": _("no condition holds and there is no default"),
            "loop": _("the flow turns in a circle without anybody acting"),
        }
        return {
            "state": "incident",
            "ended_at": False,
            "incident_code": stuck.code,
            "incident_reason": _(
                "“%(node)s”: %(reason)s",
                node=name,
                reason=stuck.reason or reasons.get(stuck.code, stuck.code),
            ),
        }


NO_INCIDENT = {"incident_code": False, "incident_reason": False}
