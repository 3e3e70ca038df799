import logging

from odoo.exceptions import LockError, UserError, ValidationError

from ..engine import tokens
from ..engine.inside import INSIDE
from ..sandbox.cursor import sandbox_of
from .scrm_flow_assigner import Case
from .scrm_flow_node_table import TableAnswer
from .scrm_flow_step import LIVE
from .scrm_flow_work import INTERRUPTIONS

_logger = logging.getLogger(__name__)

NO_INCIDENT = {"incident_code": False, "incident_reason": False}


class RunMove:
    """One run on its way: what happened, gathered until it is stored.

    The object beside its tables, as the engine sees it; it lives for one move. Its
    ``walk`` is the pure engine's side of it, ``live`` the steps of the run at which
    a token stood before it, None when nobody has asked yet.
    """

    def __init__(self, run, record, now, live=None):
        self.run = run
        self.record = record
        self.now = now
        self.live = live
        self.env = run.env
        self.version = run.version_id
        self.graph = self.version._frozen_graph()
        self.walk = tokens.Move(self.graph, self.holds, self.act, self.tell)
        self.entries = []
        self.arrived = []
        self.steps = []
        self.done = None
        self.cause = None
        self.decided = {}
        self.picked = None
        self.dropped = []
        self._tokens = None
        self._splits = {}

    @property
    def end_key(self):
        return self.walk.ended[-1] if self.walk.ended else None

    # Where the run stands

    def token_of(self, step):
        """The token of a live step: ask before the step is changed."""
        if not self.graph.is_parallel:
            return tokens.Token(step.node_key, step=step)
        if self._tokens is None:
            self._tokens = {}
            if self.live is None:
                # sudo: the engine's own rows; rights were checked by the callers
                self.live = step.sudo().search_fetch(
                    [("run_id", "=", self.run.id), ("state", "in", LIVE)],
                    ["node_key", "state", "split_id"],
                )
            for one in self.live:
                self._tokens[one.id] = self.place(one, one.split_id)
        return self._tokens[step.id]

    def live_now(self):
        """The steps at which a token stands when the move is over, oldest first."""
        steps = self.live.union(*self.steps)
        return steps.filtered(lambda step: step.state in LIVE).sorted("id")

    def place(self, step, split_step, **values):
        """A token for a step, as a branch of the split it belongs to."""
        values["waits"] = step.state == "waiting"
        token = tokens.Token(step.node_key, step=step, **values)
        split = self.split_of(split_step)
        return split.place(token) if split else token

    def split_of(self, step):
        """The split that a step stands for, None for no step."""
        if not step:
            return None
        if step.id not in self._splits:
            outer = self.split_of(step.split_id)
            self._splits[step.id] = tokens.Split(step.node_key, outer, step)
        return self._splits[step.id]

    # Callbacks of the pure engine

    def holds(self, edge):
        """Is the condition of an edge or node true for the record right now?"""
        if isinstance(edge.condition, TableAnswer):
            return self.decide(edge) == edge.condition.key
        try:
            answer = bool(self.record.filtered_domain(edge.condition))
            if answer and edge is self.graph.nodes.get(edge.key):
                node_type = self.env["scrm.flow.node.type"]._kind(edge.type)
                answer = node_type._lets_pass(self.record, edge)
        except (KeyError, ValueError, TypeError) as error:
            raise tokens.ConditionError(
                self.env._(
                    "The condition of “%(key)s” cannot be asked: %(error)s",
                    key=edge.key,
                    error=error,
                )
            ) from error
        sandbox = self.now and sandbox_of(self.env)
        if sandbox:
            sandbox.asked.append({"key": edge.key, "holds": answer})
        return answer

    def decide(self, edge):
        """The key with which a decision table answers, None when no rule does."""
        # sudo: what the table says decides, whoever moves the record
        table = self.env["scrm.decision.table"].sudo().browse(edge.condition.table_id)
        try:
            found = table.decide(self.record)
        except ValidationError as error:
            raise tokens.ConditionError(str(error)) from error
        self.decided[edge.source] = found.reason if found else False
        return found.rule.result_key if found else None

    def act(self, node, token):
        """Run a service node; why it failed, None when it did not."""
        if node.behaviour == "wait":
            return self.pass_by(node, token)
        step = self.done_step(token)
        node_type = self.env["scrm.flow.node.type"]._kind(node.type)
        try:
            with self.env.cr.savepoint():
                node_type._act(
                    self.record.with_context(scrm_flow_acting=INSIDE), step, node
                )
            self.live = None  # whatever that did to other branches
        except (*INTERRUPTIONS, LockError):
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
        return reason

    def tell(self, event):
        """Write down what happens, in the order in which it does."""
        if isinstance(event, tokens.Passage):
            behaviour = self.graph.nodes[event.node].behaviour
            if event.step and behaviour in ("choose", "parallel"):
                event.step.write(self.done_values())  # it was stuck before
            if behaviour == "choose":
                detail = {"transition": event.edge.key}
                if self.decided.get(event.node):
                    detail["reason"] = self.decided[event.node]
                self.note("route", event.step, event.node, detail)
        elif isinstance(event, tokens.Split):
            token = tokens.Token(event.node, split=event.outer, step=event.step)
            event.step = self.done_step(token)
            self._splits[event.step.id] = event
            self.note("split", event.step, event.node)
        elif isinstance(event, tokens.Waiting):
            self.arrived.append(event.token)
        elif isinstance(event, tokens.Joined):
            self.join(event)

    # What happened

    def join(self, event):
        """Store that branches became one, and what was dropped for it."""
        stored = [token.step for token in event.arrived if token.step]
        if stored:
            stored[0].concat(*stored[1:]).write(self.done_values())
        self.arrived += [
            token
            for token in event.arrived
            if not token.step and token not in self.arrived
        ]
        self.note("join", node_key=event.node)
        self.cancel(event.dropped, {"joined": event.node})

    def cancel(self, dropped, why):
        """Store that what was dropped is not done any more.

        :param why: detail of the log: ``joined`` or ``to`` with the key of a node
        """
        # what was under way in this same move has left nothing to cancel
        self.arrived = [token for token in self.arrived if token not in dropped]
        steps = [token.step for token in dropped if token.step]
        if not steps:
            return
        steps = steps[0].concat(*steps[1:]).sorted("id")
        steps.write({"state": "cancelled", "ended_at": self.now, **NO_INCIDENT})
        for step in steps:
            self.note("drop", step, step.node_key, why)
        self.dropped.append(steps)

    def pass_by(self, node, token):
        """Store a step that nobody has to do: its condition holds on arrival."""
        edge = tokens.next_edge(self.graph, node, self.holds)
        step = self.done_step(token, transition_id=edge.id)
        self.note("auto", step, node.key, {"transition": edge.key})

    def done_step(self, token, **values):
        """The step of an activation that needs nobody, stored as done."""
        values = self.done_values(**values)
        if token.step:
            token.step.write(values)
        else:
            token.step = self.env["scrm.flow.step"].create(
                {**self.step_values(token), **values}
            )
        return token.step

    def done_values(self, **values):
        return {"state": "done", "ended_at": self.now, **NO_INCIDENT, **values}

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
        values = {k: v for k, v in values.items() if self.run[k] != v}
        if values:
            self.run.write(values)

    # Values of steps

    def step_values(self, token):
        return {
            "run_id": self.run.id,
            "flow_id": self.run.flow_id.id,
            "node_id": self.graph.nodes[token.node].id,
            "node_key": token.node,
            "res_model": self.run.res_model,
            "res_id": self.run.res_id,
            "opened_at": self.now,
            "previous_id": self.cause.id if self.cause else False,
            "split_id": token.split.step.id if token.split else False,
        }

    def arrived_values(self, token):
        """Values of the step of a token at a join: it waits, or has been joined."""
        if token not in self.walk.waiting:
            return self.done_values()
        return {**NO_INCIDENT, "state": "waiting", "ended_at": False}

    def case(self, token):
        """The question who handles the activation of a token, None if nobody does."""
        node = self.graph.nodes[token.node]
        if "handler_rule" not in node.data:  # waits for something, not for somebody
            return None
        if self.env["scrm.flow.node.type"]._kind(node.type)._assigns_itself:
            return None
        return Case(self.run, self.record, node, self.picked, token.person)

    def assigned_values(self, token, outcome):
        """Values of the step of a token.

        :param outcome: ``assignment.Assignment``; None when nobody is wanted
        """
        node = self.graph.nodes[token.node]
        node_type = self.env["scrm.flow.node.type"]._kind(node.type)
        values = node_type._opening_values(self, node)
        if values is not None:
            return values
        if outcome is None:
            nobody = {"user_id": False, "candidate_ids": [(5,)]}
            return {**NO_INCIDENT, **nobody, "state": "open", "ended_at": False}
        values = {"assign_trace": outcome.as_trace()}
        if outcome.handler is None:
            return {
                **values,
                "state": "incident",
                "incident_code": "no_handler",
                "incident_reason": self.env._(
                    "“%(node)s” has nobody to handle it.",
                    node=self.version._labels()["nodes"][token.node],
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
            "is_dispatch": outcome.dispatch,
        }

    def stuck_values(self, stuck):
        name = self.version._labels()["nodes"][stuck.token.node]
        _ = self.env._
        reasons = {
            "no_transition": _("no condition holds and there is no default"),
            "loop": _("the flow turns in a circle without anybody acting"),
            "no_split": _("work came here that was not split before"),
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
