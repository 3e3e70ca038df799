from odoo import fields, models
from odoo.exceptions import AccessError

from .scrm_flow_step import LIVE


class ScrmFlowMixin(models.AbstractModel):
    """The way a record has taken, on the drawing of its flow."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.mixin"

    def scrm_flow_travel(self) -> dict:
        """Where this record has been, how long, with whom, and where it is now.

        :return: {"flow", "version", "state", "started", "ended", "drawing", "nodes",
            "edges", "earlier"}. "nodes": {key: {"state": ``done``, ``now``,
            ``stuck`` or ``back``, "visits": [{"since", "until", "hours", "who",
            "deadline", "overdue", "state"}], "hours"}}; "edges": keys of the
            transitions taken; "earlier": nodes of versions that the run has left,
            with their "key" and "name". Times as "YYYY-MM-DD HH:MM:SS" in UTC;
            False when no flow has begun
        :raise AccessError: the record is not the reader's to see, or the reader is
            a customer: those see the masked progress only
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user._is_internal():
            raise AccessError(
                self.env._("The way through a flow is shown to colleagues only.")
            )
        # sudo: who may read the record may see how far it is and who has it
        run = self.sudo().scrm_run_id
        if not run:
            return False
        visits = self._scrm_travel_visits(run)
        on_drawing = run.version_id._frozen_graph().nodes
        names = {step.node_key: step.node_id.name for step in run.step_ids}
        return {
            "flow": run.flow_id.name,
            "version": run.version_id.number,
            "state": run.state,
            "started": fields.Datetime.to_string(run.started_at),
            "ended": fields.Datetime.to_string(run.ended_at) or False,
            "drawing": run.version_id._drawing(),
            "nodes": {key: one for key, one in visits.items() if key in on_drawing},
            "edges": self._scrm_travel_edges(run, visits),
            "earlier": [
                {"key": key, "name": names[key], **one}
                for key, one in visits.items()
                if key not in on_drawing
            ],
        }

    def _scrm_travel_visits(self, run):
        """The steps of a run by node, the last one telling what the node is now."""
        states = {"done": "done", "incident": "stuck", "rejected": "back"}
        found = {}
        now = self.env["scrm.clock"].now()
        for step in run.step_ids.sorted("id"):
            if step.state == "cancelled":
                continue
            people = step.done_by_id if step.ended_at else step._handlers()
            ended = step.ended_at or now
            visit = {
                "state": step.state,
                "since": fields.Datetime.to_string(step.opened_at),
                "until": fields.Datetime.to_string(step.ended_at) or False,
                "hours": (ended - step.opened_at).total_seconds() / 3600,
                "who": people.mapped("name"),
                "deadline": fields.Datetime.to_string(step.deadline_at) or False,
                "overdue": step.is_overdue,
            }
            node = found.setdefault(step.node_key, {"visits": [], "hours": 0.0})
            node["visits"].append(visit)
            node["hours"] += visit["hours"]
            is_now = step.state in LIVE and step.state != "incident"
            node["state"] = "now" if is_now else states[step.state]
        ends = {run.version_id._frozen_graph().start.key: run.started_at}
        if run.state == "done" and run.end_key:
            ends[run.end_key] = run.ended_at
        for key, at in ends.items():
            at = fields.Datetime.to_string(at)
            passed = {"state": "done", "since": at, "until": at, "hours": 0.0}
            passed |= {"who": [], "deadline": False, "overdue": False}
            found.setdefault(key, {"visits": [passed], "hours": 0.0, "state": "done"})
        return found

    def _scrm_travel_edges(self, run, visits):
        """Transitions taken, as far as the present drawing still has them.

        The log names those that somebody or a gateway chose. The others lead on from
        a node that leaves no choice to one that was reached.
        """
        graph = run.version_id._frozen_graph()
        log = run.log_ids
        taken = {entry.detail.get("transition") for entry in log if entry.detail}
        reached = set(visits) | {entry.node_key for entry in log if entry.node_key}
        return [
            key
            for key, edge in graph.edges.items()
            if key in taken
            or (
                graph.nodes[edge.source].behaviour in ("start", "act", "parallel")
                and {edge.source, edge.target} <= reached
                and self._scrm_has_left(visits, edge.source)
            )
        ]

    def _scrm_has_left(self, visits, key):
        """Whether work has gone on from a node; it may be stuck or wait there."""
        node = visits.get(key)
        return not node or node["state"] == "done"
