"""What a course in a sandbox looks like from outside: plain JSON values."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Domain

#: Events of the log that say that the run came to a node; with a step each
#: counts once, however often it was stuck there.
ARRIVALS = frozenset(
    {
        "start",
        "reopen",
        "route",
        "split",
        "join",
        "wait",
        "open",
        "service",
        "auto",
        "incident",
        "end",
    }
)


def path_of(run) -> list[dict]:
    """The nodes a run came to, in order: [{"key", "at"}].

    :param run: ``scrm.flow.run``, with the right to read its log
    """
    path, seen = [], set()
    for entry in run.log_ids.sorted("sequence"):
        if entry.event not in ARRIVALS or not entry.node_key:
            continue
        step = entry.step_id.id
        if step and step in seen:  # it was stuck there before
            continue
        seen.add(step)
        path.append({"key": entry.node_key, "at": text_of(entry.at)})
    return path


def text_of(moment):
    return fields.Datetime.to_string(moment) or False


def tell(course) -> dict:
    """Everything that is to be seen of a course; see ``scrm.flow.sandbox.play``."""
    # sudo: what the sandbox made itself, shown to who may try the flow
    version = course.version.sudo()
    labels = version._labels()
    run = course.run
    steps = course.steps()
    types = {node.key: node.type for node in version._running_nodes()}
    path = [
        {
            **item,
            "name": labels["nodes"].get(item["key"], item["key"]),
            "type": types.get(item["key"], False),
        }
        for item in (path_of(run) if run else ())
    ]
    state = run.state if run else False
    return {
        "flow": version.flow_id.name,
        "version": version.number,
        "record": course.record.display_name if course.record else False,
        "now": text_of(course.sandbox.now),
        "state": state,
        "frozen": bool(run and run.frozen_at),
        "end": (run and run.end_key) or False,
        # not sudo: what the user may not see is a fault
        "faults": course.version._fault_lines() if version.state == "draft" else [],
        "path": path,
        "steps": [_tell_step(course, step) for step in steps],
        "choices": [
            _tell_choices(course, step) for step in steps if step.state == "open"
        ],
        "conditions": _tell_conditions(course, labels),
        "services": [
            {
                **told,
                "name": labels["nodes"].get(told["node"], told["node"]),
                "run": False,
            }
            for told in course.sandbox.services
        ],
        "timers": [_tell_timer(timer) for timer in course._timers([])],
        "messages": course.messages,
        "log": _tell_log(course, labels),
        "outcomes": course.outcomes,
        "stuck": _tell_stuck(course, steps),
    }


def _tell_step(course, step):
    labels = step.run_id.version_id._labels()
    handlers = step._handlers()
    return {
        "id": step.id,
        "node": step.node_key,
        "name": labels["nodes"].get(step.node_key, step.node_key),
        "flow": step.flow_id.name,
        "state": step.state,
        "handlers": handlers.mapped("name"),
        "logins": handlers.mapped("login"),
        "reason": step.assign_reason or False,
        "opened_at": text_of(step.opened_at),
        "ended_at": text_of(step.ended_at),
        "deadline_at": text_of(step.deadline_at),
        "done_by": step.done_by_id.name or False,
        "transition": step.transition_id.key or False,
        "incident": step.incident_reason or False,
        "votes": _tell_votes(step),
    }


def _tell_choices(course, step):
    """How an open step can be left now, and which ways are closed and why."""
    version = step.run_id.version_id
    labels = version._labels()
    graph = version._frozen_graph()
    record = step._record()
    try:
        open_keys = [edge.key for edge in record._scrm_open_edges(step)]
        problem = False
    except UserError as error:
        open_keys, problem = [], str(error)
    votes = []
    if step._is_approval():  # its votes choose the way
        open_keys, votes = [], _tell_votes(step)
    return {
        "step_id": step.id,
        "node": step.node_key,
        "name": labels["nodes"].get(step.node_key, step.node_key),
        "handlers": step._handlers().mapped("name"),
        "logins": step._handlers().mapped("login"),
        "votes": votes,
        "ways": [{"key": key, "name": labels["transitions"][key]} for key in open_keys],
        "refused": [
            {
                "key": edge.key,
                "name": labels["transitions"][edge.key],
                "why": problem or condition_text(edge, record),
            }
            for edge in graph.outgoing(step.node_key)
            if edge.key not in open_keys and not votes
        ],
    }


def _tell_votes(step):
    """The seats of an approval: who, what was said, and who is asked now."""
    return [
        {
            "user_id": vote.user_id.id,
            "login": vote.user_id.login,
            "name": vote.user_id.name,
            "state": vote.state,
            "comment": vote.comment or False,
        }
        for vote in step.vote_ids
    ]


def condition_text(edge, record) -> str:
    """A condition, and what the record holds in the fields it asks for."""
    domain = Domain(edge.condition or [])
    held = []
    for condition in domain.iter_conditions():
        name = condition.field_expr
        try:
            value = record.mapped(name)
        except (KeyError, ValueError, TypeError):
            continue
        if hasattr(value, "mapped"):
            value = ", ".join(value.mapped("display_name"))
        elif len(value) == 1:
            value = value[0]
        held.append(f"{name} = {value}")
    text = str(list(domain))
    return f"{text} ({'; '.join(dict.fromkeys(held))})" if held else text


def _tell_conditions(course, labels):
    """What gateways asked, in order, with the answer."""
    told = []
    edges = course.version._frozen_graph().edges if course.run else {}
    for asked in course.sandbox.asked:
        edge = edges.get(asked["key"])
        if edge is None:  # the condition of a node, or another flow's
            continue
        told.append(
            {
                "node": edge.source,
                "key": edge.key,
                "name": labels["transitions"].get(edge.key, edge.key),
                "condition": str(list(Domain(edge.condition or []))),
                "holds": asked["holds"],
            }
        )
    return told


def _tell_timer(timer):
    kinds = dict(timer._fields["kind"]._description_selection(timer.env))
    return {
        "node": timer.step_id.node_key,
        "name": timer.step_id.display_name,
        "kind": timer.kind,
        "what": kinds.get(timer.kind, timer.kind),
        "due_at": text_of(timer.due_at),
        "state": timer.state,
        "error": timer.error or False,
    }


def _tell_log(course, labels):
    if not course.run:
        return []
    events = dict(
        course.env["scrm.flow.log"]._fields["event"]._description_selection(course.env)
    )
    return [
        {
            "at": text_of(entry.at),
            "event": entry.event,
            "what": events.get(entry.event, entry.event),
            "node": entry.node_key or False,
            "name": labels["nodes"].get(entry.node_key, entry.node_key) or False,
            "user": entry.user_id.name or False,
            "text": entry.description or False,
        }
        for entry in course.run.log_ids.sorted("sequence")
    ]


def _tell_stuck(course, steps):
    """What would not go on by itself nor by its handlers, and why."""
    _ = course.env._
    stuck = []

    def note(step, why):
        stuck.append({"node": step.node_key, "name": step.display_name, "why": why})

    for step in steps:
        if step.state == "incident":
            note(step, step.incident_reason)
        elif step.state == "open":
            why = _why_no_one(course, step)
            if why:
                note(step, why)
    for timer in course._timers([("state", "=", "error")]):
        note(timer.step_id, timer.error)
    run = course.run
    live = steps.filtered(lambda s: s.run_id == run and s.state in LIVE)
    if run and run.state == "running" and live and not stuck:
        others = steps.filtered(lambda s: s.state == "open") | steps.filtered(
            lambda s: s.run_id != run and s.state == "waiting"
        )
        if not others:
            for step in live:
                note(step, _("it waits for something that will not come any more"))
    return stuck


#: States of a step that still holds a token.
LIVE = ("open", "waiting", "incident")


def _why_no_one(course, step):
    """Why nobody can complete an open step; False when somebody can."""
    _ = course.env._
    record = step._record()
    graph = step.run_id.version_id._frozen_graph()
    node = graph.nodes[step.node_key]
    handlers = step._handlers()
    if handlers and not any(
        record.with_user(user).has_access("read") for user in handlers
    ):
        return _("%s may not see the record", ", ".join(handlers.mapped("name")))
    if node.condition is not None or not handlers:
        return False  # goes on by itself
    move_problem = False
    try:
        ways = record._scrm_open_edges(step)
    except UserError as error:
        ways, move_problem = [], str(error)
    if ways:
        return False
    return move_problem or _(
        "no way to go on is open: %s",
        "; ".join(
            condition_text(edge, record) for edge in graph.outgoing(step.node_key)
        ),
    )
