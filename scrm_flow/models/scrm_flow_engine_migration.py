from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import tokens
from ..engine.inside import INSIDE
from .scrm_flow_assigner import Assigner, Case
from .scrm_flow_step import LIVE

#: Steps that one migration finishes in one run before it is taken for a circle.
LEAVE_LIMIT = 20
#: What may happen to a migrated run without standing in the way of an undo.
HARMLESS = frozenset({"deadline", "reminder"})
#: What a migration cannot take back.
LASTING = frozenset({"service", "complete", "auto", "join", "split", "end"})


class ScrmFlowEngine(models.AbstractModel):
    """Takes runs to another version, and back while nobody has gone on.

    As everywhere in the engine, the caller holds the lock of the run and has
    checked the rights.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.engine"

    @api.model
    def _migrate(self, run, version, answer, handlers="allowed"):
        """Let a run go on in another version of its flow.

        :param version: a published or retired ``scrm.flow.version``
        :param answer: the ``engine.migration.Answer`` of this run, without refusals
        :param handlers: ``keep`` them all, or those whom the new rule ``allowed``
        :return: what :meth:`_migrate_back` needs, as JSON values
        :raise UserError: a time of the new node cannot be told
        """
        # sudo: the engine's own rows
        run = run.sudo()
        live = run.step_ids._live()
        live._release_clocks()
        snapshot = self._snapshot(run, live)
        times = {step: step._planned_times() for step in live}
        previous = run.version_id
        run.version_id = version
        move = self._operation(run)
        entering = []
        for step, target in self._destinations(live, answer):
            node = previous._frozen_graph().nodes[step.node_key]
            self._note_migration(move, step, previous, target)
            if target.carried:
                self._carry(move, step, node, target.target, handlers)
                step._replan_times(times[step], node)
            else:
                entering.append((step, target.target))
        for step, key in entering:  # the others are in their places by now
            if step.state in LIVE:  # a join may have dropped it
                self._enter_migrated(move, step, key)
        for step in live:
            self._join_again(move, step)
        self._settle([move])
        live._open()._sync_clocks()
        self._after_migration(move.record, live)
        after = run.step_ids - self.env["scrm.flow.step"].browse(snapshot["steps_seen"])
        # sudo: as above
        timers = self.env["scrm.flow.timer"].sudo().search([("run_id", "=", run.id)])
        seen = set(snapshot.pop("timers_seen"))
        snapshot.pop("steps_seen")
        snapshot["new_steps"] = after.ids
        snapshot["new_timers"] = [id_ for id_ in timers.ids if id_ not in seen]
        snapshot["log_until"] = run.log_count
        return snapshot

    @api.model
    def _leave(self, run, keys):
        """Finish open work at these nodes, without anybody, by its first open way.

        :param run: with the engine's rights; locked by the caller
        :raise UserError: no way is open
        """
        for _round in range(LEAVE_LIMIT):
            steps = run.step_ids._open().filtered(lambda step: step.node_key in keys)
            if not steps:
                return
            step = steps[0]
            record = run._record()
            edges = record._scrm_open_edges(step)
            if not edges:
                break
            self._complete_alone(self._operation(run), step, edges[0])
        raise UserError(
            self.env._("“%s” cannot be finished by the machine.", step.node_id.name)
        )

    @api.model
    def _after_migration(self, record, steps):
        """Let go on what the new version waits for no longer."""
        for step in steps._open():
            if step.state == "open":  # an earlier one may have ended it
                node = step._compiled_node()
                node_type = self.env["scrm.flow.node.type"]._kind(node.type)
                node_type._after_migration(record, step, node)
        record._scrm_advance()

    @api.model
    def _destinations(self, live, answer):
        moves = {move.token: move for move in answer.moves}
        if set(moves) != set(live.ids):
            raise UserError(self.env._("The plan does not fit the run any more."))
        return [(step, moves[step.id]) for step in live]

    @api.model
    def _note_migration(self, move, step, previous, target):
        detail = {"from_version": previous.number, "from": step.node_key}
        detail |= {"to_version": move.graph.number, "to": target.target}
        move.note("migrate", step, target.target, detail)

    @api.model
    def _carry(self, move, step, old_node, key, handlers):
        """The same work goes on at a node of the new version."""
        node = move.graph.nodes[key]
        values = {"node_id": node.id, "node_key": key}
        if step.state == "open" and not self._keeps_handler(
            move.record, step, old_node, node, handlers
        ):
            values |= self._assigned_anew(move, tokens.Token(key))
            values |= {"accepted_at": False, "accepted_by_id": False}
        step.with_context(scrm_flow_times_kept=INSIDE).write(_changed(step, values))
        node_type = self.env["scrm.flow.node.type"]._kind(node.type)
        node_type._migrated(step, old_node, node)
        if step.state == "incident":
            detail = {"code": step.incident_code, "reason": step.incident_reason}
            move.note("incident", step, key, detail)

    @api.model
    def _keeps_handler(self, record, step, old_node, node, handlers) -> bool:
        """Does a carried step stay with whom it has?"""
        if self.env["scrm.flow.node.type"]._kind(node.type)._assigns_itself:
            return True  # as far as its type says, see _migrated
        if ("handler_rule" in node.data) != ("handler_rule" in old_node.data):
            return False
        if "handler_rule" not in node.data or handlers == "keep":
            return True
        names = ("handler_rule", "handler")
        if all(node.data[name] == old_node.data[name] for name in names):
            return True  # also who was named by hand
        able = Assigner(self.env).named(Case(step.run_id, record, node))
        availability = self.env["scrm.flow.availability"]
        return all(
            user in able and not availability._hard_reason(record, user)
            for user in step._handlers()
        )

    @api.model
    def _assigned_anew(self, move, token) -> dict:
        case = move.case(token)
        outcome = Assigner(self.env).assign([case])[0] if case else None
        return move.assigned_values(token, outcome)

    @api.model
    def _enter_migrated(self, move, step, key):
        """The work begins anew at a node of the new version."""
        token = move.token_of(step)
        token.go(key)
        step.write({"state": "cancelled", "ended_at": move.now})
        move.cause = step
        move.walk.enter(token)

    @api.model
    def _join_again(self, move, step):
        """Let branches become one that need not wait for others any more."""
        if step.state != "waiting":
            return
        token = move.token_of(step)
        arrived = [one for one in token.split.tokens if one.waits]
        if len(arrived) >= move.graph.needed(token.node):
            move.walk.enter(token)

    # Back --------------------------------------------------------------------

    @api.model
    def _snapshot(self, run, live) -> dict:
        # sudo: the engine's own rows
        timers = self.env["scrm.flow.timer"].sudo().search([("run_id", "=", run.id)])
        return {
            "version_id": run.version_id.id,
            "at": fields.Datetime.to_string(self.env["scrm.clock"].now()),
            "log_from": run.log_count,
            "steps": {str(step.id): _stored_values(step) for step in live},
            "timers": {
                str(timer.id): _stored_values(timer)
                for timer in timers.filtered(lambda timer: timer.step_id in live)
            },
            "steps_seen": run.step_ids.ids,
            "timers_seen": timers.ids,
        }

    @api.model
    def _migrate_back(self, run, snapshot):
        """Put a run back to where it was before its migration.

        :param snapshot: what :meth:`_migrate` returned
        :raise UserError: it has gone on since, or cannot be taken back
        """
        # sudo: the engine's own rows
        run = run.sudo()
        problem = self._back_problem(run, snapshot)
        if problem:
            raise UserError(problem)
        version = run.version_id
        kept = {"scrm_flow_times_kept": INSIDE}
        steps = run.step_ids.browse(snapshot["new_steps"])
        steps.write({"state": "cancelled", "ended_at": self.env["scrm.clock"].now()})
        nodes = {step: step._compiled_node() for step in run.step_ids}
        run.step_ids._live()._release_clocks()
        run.version_id = snapshot["version_id"]
        move = self._operation(run)
        for step_id, values in snapshot["steps"].items():
            step = run.step_ids.browse(int(step_id))
            was_carried = step.state != "cancelled"
            back_from = step.node_key
            if step.clock_since:  # what is booked is booked
                since = fields.Datetime.to_string(step.clock_since)
                values = {**values, "clock_since": since}
            step.with_context(**kept).write(_changed(step, values))
            node = move.graph.nodes[step.node_key]
            if was_carried:
                node_type = self.env["scrm.flow.node.type"]._kind(node.type)
                node_type._migrated(step, nodes[step], node)
            detail = {"from_version": version.number, "from": back_from}
            detail |= {"to_version": move.graph.number, "to": step.node_key}
            move.note("migrate_back", step, step.node_key, detail)
        # sudo: as above
        timers = self.env["scrm.flow.timer"].sudo()
        timers.browse(snapshot["new_timers"]).filtered(
            lambda timer: timer.state in ("due", "paused", "error")
        ).write({"state": "cancelled"})
        timers.flush_model()  # before others of the same kind and number are due
        for timer_id, values in snapshot["timers"].items():
            timer = timers.browse(int(timer_id))
            if timer.state == "fired":  # it has happened; only where it belongs
                values = {"number": values["number"]}
            timer.write(_changed(timer, values))
        timers._wake(timers.browse(map(int, snapshot["timers"])).mapped("due_at"))
        self._settle([move])
        for step in run.step_ids._live():
            step._put_off(fields.Datetime.to_datetime(snapshot["at"]))
        run.step_ids._open()._sync_clocks()

    @api.model
    def _back_problem(self, run, snapshot) -> str | None:
        """Why a migration cannot be undone (any more), None when it can."""
        # sudo: what happened to a run whose migration the user made
        lines = (
            self.env["scrm.flow.log"]
            .sudo()
            .search(
                [("run_id", "=", run.id), ("sequence", ">", snapshot["log_from"])],
                order="sequence",
            )
        )
        labels = dict(lines._fields["event"]._description_selection(self.env))
        for line in lines:
            if line.sequence <= snapshot["log_until"]:
                if line.event in LASTING:
                    return self.env._(
                        "What the migration set off cannot be taken back: "
                        "%(event)s, %(node)s.",
                        event=labels[line.event],
                        node=line.node_key,
                    )
            elif line.event not in HARMLESS:
                return self.env._(
                    "“%(record)s” has gone on since: %(event)s, %(user)s.",
                    record=run.res_name or run.display_name,
                    event=labels[line.event],
                    user=line.user_id.name,
                )
        return None


def _changed(record, values) -> dict:
    now = _stored_values(record)
    return {name: value for name, value in values.items() if value != now[name]}


def _stored_values(record) -> dict:
    """Everything that is stored in a row of the engine, as JSON values."""
    values = {}
    for name, field in record._fields.items():
        if not field.store or name in models.MAGIC_COLUMNS or field.type == "one2many":
            continue
        value = record[name]
        if field.type == "many2many":
            value = [(6, 0, value.ids)]
        elif field.type == "many2one":
            value = value.id
        elif field.type == "datetime":
            value = fields.Datetime.to_string(value)
        values[name] = value
    return values
