"""A past run once more, on another version: with the decisions of then."""

from collections import defaultdict

from odoo.exceptions import UserError
from odoo.tools import format_datetime

from .telling import condition_text, tell

#: Completions of one replayed run.
MAX_MOVES = 300
#: Deadlines that differ by less are the same, in seconds.
SAME = 60


def passed_steps(run):
    """The steps of a run that count: without what was taken back or cancelled."""
    taken_back = run.log_ids.filtered(lambda entry: entry.event == "recall").step_id
    return run.step_ids.sorted("id").filtered(
        lambda step: step.state != "cancelled" and step not in taken_back
    )


class Replay:
    """Drives a course as a past run went, as far as the version allows.

    Where a node of then is met again, the same person decides the same way at the
    same moment, if that way is open; otherwise the first open way is taken.

    :param run: the past ``scrm.flow.run``, with the engine's rights
    """

    def __init__(self, run):
        self.past = passed_steps(run)
        self.run = run
        self.notes = []
        self._by_node = defaultdict(list)
        for step in self.past:
            self._by_node[step.node_key].append(step)
        self._sent_back = {
            entry.step_id.id: (entry.detail or {}).get("to")
            for entry in run.log_ids
            if entry.event == "reject"
        }
        self._partners = {}
        self.told = None

    def drive(self, course):
        """Play it; afterwards ``told`` says what is to be seen."""
        course.begin(self.run.res_id)
        for _number in range(MAX_MOVES):
            if not self._go_on(course):
                break
        else:
            self.notes.append(course.env._("It does not come to an end."))
        self.told = tell(course)
        self.compare(course)

    def _partner(self, step):
        """The past step that this one stands for, None for a new node."""
        if step.id not in self._partners:
            waiting = self._by_node[step.node_key]
            self._partners[step.id] = waiting.pop(0) if waiting else None
        return self._partners[step.id]

    def _go_on(self, course) -> bool:
        """Do what happened next; False when nothing more did."""
        ready = []
        for step in course.steps():
            past = self._partner(step)
            if step.state != "open":
                continue
            if past is None:
                ready.append((course.sandbox.now, step, None))
            elif past.ended_at:
                ready.append((past.ended_at, step, past))
        if not ready:
            return False
        at, step, past = min(ready, key=lambda item: (item[0], item[1].id))
        if at > course.sandbox.now:
            course.pass_time(at)
            if step.state != "open":  # a timer was faster
                return True
        course._check_time()
        if past is not None and past.state == "rejected":
            return self._send_back(course, step, past)
        return self._complete(course, step, past)

    def _complete(self, course, step, past):
        record = step._record()
        try:
            ways = [edge.key for edge in record._scrm_open_edges(step)]
        except UserError:
            ways = []
        if not ways:
            return False
        if past is None and not step._handlers():  # waits for its time
            course.do({"do": "wait"})
            return course.outcomes[-1]["ok"]
        wanted = past and past.transition_id.key
        if wanted and wanted not in ways:
            self.notes.append(
                course.env._(
                    "“%(node)s” was left by “%(way)s”, which is not open there.",
                    node=step.display_name,
                    way=past.transition_id.display_name,
                )
            )
        way = wanted if wanted in ways else ways[0]
        engine = course.env["scrm.flow.engine"]
        engine._lock(step.run_id)
        engine._complete(record, step, way)
        course._after()
        return True

    def _send_back(self, course, step, past):
        target = course.steps().filtered(
            lambda done: done.state == "done"
            and done.node_key == self._sent_back.get(past.id)
        )[-1:]
        if not target:
            return self._complete(course, step, None)
        engine = course.env["scrm.flow.engine"]
        engine._lock(step.run_id)
        engine._reject(step, target, course.env._("as it was then"))
        course._after()
        return True

    # Comparing ---------------------------------------------------------------

    def compare(self, course):
        """What is different, as values of a ``scrm.flow.replay.line``."""
        steps = passed_steps(course.run)
        labels = course.version._labels()["nodes"]
        past_labels = self.run.version_id._labels()["nodes"]
        before = [step.node_key for step in self.past]
        after = [step.node_key for step in steps]
        before += [self.run.end_key] if self.run.end_key else []
        after += [course.run.end_key] if course.run.end_key else []
        handlers = self._handler_differences(course, steps)
        deadlines = self._deadline_differences(course, steps)
        path = self._path_differences(course, before, after, past_labels, labels)
        stuck = [f"{item['name']}: {item['why']}" for item in self.told["stuck"]]
        self.values = {
            "path_changed": bool(path),
            "handler_changed": bool(handlers),
            "deadline_changed": bool(deadlines),
            "stuck": bool(stuck),
            "path_before": " → ".join(past_labels.get(key, key) for key in before),
            "path_after": " → ".join(labels.get(key, key) for key in after),
            "why": "\n".join([*path, *handlers, *deadlines, *stuck, *self.notes]),
        }

    def _path_differences(self, course, before, after, past_labels, labels):
        if before == after:
            return []
        place = next(
            (
                number
                for number, (old, new) in enumerate(zip(before, after, strict=False))
                if old != new
            ),
            min(len(before), len(after)),
        )
        nothing = course.env._("nothing")
        old = before[place] if place < len(before) else None
        new = after[place] if place < len(after) else None
        lines = [
            course.env._(
                "“%(new)s” instead of “%(old)s”.",
                new=labels.get(new, new) if new else nothing,
                old=past_labels.get(old, old) if old else nothing,
            )
        ]
        edges = course.version._frozen_graph().edges
        for asked in course.sandbox.asked:
            edge = edges.get(asked["key"])
            if edge is None:
                continue
            text = condition_text(edge, course.record.sudo())  # as the engine asks
            node = labels.get(edge.source, edge.source)
            words = (
                course.env._("“%(node)s”: %(condition)s holds.")
                if asked["holds"]
                else course.env._("“%(node)s”: %(condition)s does not hold.")
            )
            lines.append(words % {"node": node, "condition": text})
        return list(dict.fromkeys(lines))

    def _handler_differences(self, course, steps):
        lines = []
        for step, past in self._pairs(steps):
            old = (past.assign_trace or {}).get("chosen") or {}
            trace = step.assign_trace or {}
            new = trace.get("chosen") or {}
            possible = [new, *trace.get("shared", ()), *trace.get("waiting", ())]
            if not old or old["id"] in [person.get("id") for person in possible]:
                continue  # whose turn it is depends on everything else of that day
            lines.append(
                course.env._(
                    "“%(node)s”: %(new)s instead of %(old)s. %(why)s",
                    node=step.display_name,
                    new=new.get("name") or course.env._("nobody"),
                    old=old["name"],
                    why=(step.assign_reason or "").replace("\n", " "),
                )
            )
        return lines

    def _deadline_differences(self, course, steps):
        lines = []
        for step, past in self._pairs(steps):
            old, new = past.deadline_at, step.deadline_at
            if not old and not new:
                continue
            if old and new:
                gap = (new - step.opened_at) - (old - past.opened_at)
                if abs(gap.total_seconds()) < SAME or old == new:
                    continue
            lines.append(
                course.env._(
                    "“%(node)s”: due %(new)s instead of %(old)s.",
                    node=step.display_name,
                    new=self._moment(course, new),
                    old=self._moment(course, old),
                )
            )
        return lines

    def _pairs(self, steps):
        for step in steps:
            past = self._partner(step)
            if past is not None:
                yield step, past

    def _moment(self, course, moment):
        if not moment:
            return course.env._("never")
        return format_datetime(course.env, moment, dt_format="short")
