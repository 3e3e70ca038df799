from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine import tokens
from .handlers_field import HandlersField
from .scrm_flow_run_move import RunMove
from .scrm_flow_step import LIVE


class ScrmFlowMixin(models.AbstractModel):
    """Lets the records of a business model run through a flow.

    Inherit it, start a flow with :meth:`scrm_flow_start`, show the fields
    ``scrm_progress`` and ``scrm_flow_actions`` with their widgets, and extend the
    hooks to let the record follow.
    """

    _name = "scrm.flow.mixin"
    _description = "Record with a Flow"

    scrm_run_id = fields.Many2one(
        "scrm.flow.run",
        string="Flow Run",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    scrm_flow_run_ids = fields.One2many(
        "scrm.flow.run",
        "res_id",
        string="Flow Runs",
        domain=lambda self: [("res_model", "=", self._name)],
        copy=False,
        readonly=True,
    )
    scrm_step_ids = fields.One2many(
        "scrm.flow.step",
        "res_id",
        string="Flow Steps",
        domain=lambda self: [("res_model", "=", self._name)],
        copy=False,
        readonly=True,
    )
    scrm_handler_ids = HandlersField(
        "res.users",
        string="Handlers",
        copy=False,
        readonly=True,
        context={"active_test": False},
    )
    scrm_node_key = fields.Char(
        string="Node", copy=False, readonly=True, index="btree_not_null"
    )
    scrm_flow_actions = fields.Json(
        string="What You Can Do", compute="_compute_scrm_flow_actions", readonly=True
    )

    @api.depends(
        "scrm_run_id.state",
        "scrm_run_id.frozen_at",
        "scrm_step_ids.state",
        "scrm_step_ids.user_id",
        "scrm_step_ids.candidate_ids",
        "scrm_step_ids.accepted_at",
    )
    @api.depends_context("lang", "uid")
    def _compute_scrm_flow_actions(self):
        for record in self:
            record.scrm_flow_actions = record._scrm_flow_actions()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_runs(self):
        # sudo: also runs the user may not see keep the record
        runs = self.env["scrm.flow.run"].sudo()
        if runs.search_count(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)], limit=1
        ):
            raise UserError(
                self.env._(
                    "A record that ran through a flow keeps its history: archive it "
                    "instead of deleting it."
                )
            )

    # Starting, completing, cancelling ----------------------------------------

    @api.private
    def scrm_flow_start(self, flow, handler_id=None):
        """Start the published version of a flow on these records.

        Moves at once through everything that needs nobody.

        :param flow: ``scrm.flow``
        :param handler_id: id of the user picked for the first step, where its
            handler is picked by hand
        :return: the ``scrm.flow.run`` of each record
        :raise UserError: the flow is not published, is for another model, or a
            flow is already running on one of the records
        """
        # sudo: whoever creates a record need not see the definition of its flow
        flow = flow.sudo()
        flow.ensure_one()
        if flow.model != self._name:
            raise UserError(
                self.env._(
                    "The flow “%(flow)s” is not for %(model)s.",
                    flow=flow.name,
                    model=self._description,
                )
            )
        if not flow.active or not flow.published_version_id:
            raise UserError(
                self.env._("The flow “%s” has no published version.", flow.name)
            )
        # sudo: only to see whether one is running
        for record in self.sudo():
            if record.scrm_run_id.state in ("running", "incident"):
                raise UserError(
                    self.env._(
                        "A flow is already running on “%s”.", record.display_name
                    )
                )
        return self.env["scrm.flow.engine"]._start(self, flow, picked=handler_id)

    def scrm_step_complete(self, transition_key=None, step_id=None, handler_id=None):
        """Complete an open step of this record and move on.

        :param transition_key: which way to go; needed when there are several
        :param step_id: which step; needed when the user handles several
        :param handler_id: id of the user who gets the next step, where its handler
            is picked by hand
        :return: {"node": key of the leading open node or False, "state": of the run};
            "frozen" says why nothing moved but a check froze the record
        :raise AccessError: the user is neither a handler nor a flow manager
        :raise UserError: there is nothing to complete, somebody was faster, or
            the way is not open
        """
        self.ensure_one()
        # sudo: read ahead what a move looks at; who may read is asked next
        self.sudo().fetch(self._scrm_moved_fields())
        self.check_access("read")
        # sudo: the run of a record the user reads; the rights are checked afterwards
        run = self.sudo().scrm_run_id
        live = self.env["scrm.flow.engine"]._lock(run) if run else run.step_ids
        step = self._scrm_step_to_complete(step_id, live)
        self._scrm_check_still_open(step)
        self._scrm_check_accepted(step)
        is_handler = step._is_handled_by(self.env.user)
        if not is_handler and not self._scrm_is_manager():
            raise AccessError(
                self.env._(
                    "“%(node)s” is handled by %(handlers)s. Only they or a flow "
                    "manager can complete it.",
                    node=self._scrm_node_name(step),
                    handlers=", ".join(step._handlers().mapped("name")),
                )
            )
        # sudo: the record is readable and the step is the user's, or a manager's
        record = self.sudo()
        node = step._compiled_node()
        node_type = self.env["scrm.flow.node.type"]._kind(node.type)
        if node_type._completing(record, step, node):
            edge = self._scrm_chosen_edge(step, transition_key)
            self.env["scrm.flow.engine"]._complete(
                record,
                step,
                edge.key,
                override=not is_handler,
                picked=handler_id or False,
                live=live,
            )
        answer = {"node": record.scrm_node_key, "state": run.state}
        return {**answer, "frozen": run._frozen_message()} if run.frozen_at else answer

    def scrm_flow_cancel(self, reason):
        """Stop the flow of this record.

        :param reason: why, kept in the log
        :raise AccessError: the user may not change the record
        :raise UserError: no reason is given, or nothing is running
        """
        self.ensure_one()
        self.check_access("write")
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Say why the flow is cancelled."))
        # sudo: whoever may change the record may stop its flow, with a reason
        run = self.sudo().scrm_run_id
        if run.state not in ("running", "incident"):
            raise UserError(
                self.env._("No flow is running on “%s”.", self.display_name)
            )
        self.env["scrm.flow.engine"]._cancel(run, reason.strip())
        return {"node": False, "state": run.state}

    # Hooks for business models; extend with super() --------------------------

    def _scrm_position_vals(self, run, steps):
        """Values that make the record show where its flow stands.

        Written in one go after every move, with the engine's rights; the handlers,
        a list of ids of ``res.users``, by one statement for all records that move.

        :param run: the run that moved, ``scrm.flow.run``
        :param steps: its open and stuck steps
        """
        open_steps = steps.filtered(lambda step: step.state == "open")
        leading = self._scrm_leading(steps)
        return {
            "scrm_node_key": leading.node_key,
            "scrm_handler_ids": open_steps._handlers().ids,
        }

    def _scrm_position_notes(self, vals) -> list:
        """What the log is to keep of a change of position.

        :param vals: of :meth:`_scrm_position_vals`, not written yet
        :return: [(event of the log, its detail)]
        """
        return []

    def _scrm_step_opened(self, step):
        """A step waits for its handlers."""

    def _scrm_step_done(self, step):
        """A step was completed by a person."""

    def _scrm_step_changed(self, step, event):
        """Somebody changed an open step without completing it.

        :param event: ``claim``, ``accept``, ``transfer`` or ``add_handler``
        """

    def _scrm_run_ended(self, run):
        """The flow reached an end."""

    def _scrm_run_cancelled(self, run):
        """The flow was cancelled."""

    # Offering ----------------------------------------------------------------

    def _scrm_flow_actions(self):
        """The open steps the current user may complete, with the ways to go."""
        self.ensure_one()
        # sudo: only steps of the record the user reads, shown if they are his
        record = self.sudo()
        run = record.scrm_run_id
        if run.state not in ("running", "incident"):
            return []
        is_manager = self._scrm_is_manager()
        labels = run.version_id._labels()
        actions = []
        for step in run.step_ids.sorted(lambda step: (step.node_id._place(), step.id)):
            if step.state != "open":
                continue
            if not is_manager and not step._is_handled_by(self.env.user):
                continue
            try:
                edges = self._scrm_open_edges(step)
            except UserError:  # shown when somebody tries to complete the step
                edges = []
            actions.append(
                {
                    "step_id": step.id,
                    "node": labels["nodes"][step.node_key],
                    "node_key": step.node_key,
                    "transitions": [
                        {
                            "key": edge.key,
                            "name": labels["transitions"][edge.key],
                            "primary": index == 0,
                        }
                        for index, edge in enumerate(edges)
                    ],
                }
            )
        return actions

    @api.model
    def _scrm_moved_fields(self) -> list[str]:
        """Fields at which every move looks: they are read alone, without the rest of
        a wide record, which is read when something asks for more."""
        names = ["scrm_run_id", "scrm_node_key", "active", "company_id"]
        return [name for name in names if name in self._fields]

    # Helpers of scrm_step_complete -------------------------------------------

    @api.model
    def _scrm_is_manager(self):
        return self.env.uid == SUPERUSER_ID or (
            self.env.user.has_group("scrm_flow.group_manager")
        )

    def _scrm_leading(self, steps):
        """The step that leads: of all live ones the lowest rank, then the oldest."""
        return steps.sorted(lambda step: (step.node_id._place(), step.id))[:1]

    def _scrm_node_name(self, step):
        version = step.run_id.version_id
        if step.node_key not in version._frozen_graph().nodes:
            version = step.node_id.version_id  # done before the run left it
        return version._labels()["nodes"][step.node_key]

    def _scrm_read_live(self, run):
        """The live steps of a run, with one query whatever its history."""
        # sudo: steps of a record the user reads; the rights are checked afterwards
        steps = self.env["scrm.flow.step"].sudo()
        return steps.search_fetch([("run_id", "=", run.id), ("state", "in", LIVE)])

    def _scrm_step_to_complete(self, step_id, live=None):
        # sudo: which steps this record has; the rights are checked afterwards
        run = self.sudo().scrm_run_id
        if live is None:
            live = self._scrm_read_live(run)
        if step_id:
            step = live.filtered(lambda step: step.id == step_id)
            step = step or run.step_ids.filtered(lambda step: step.id == step_id)
            if not step:
                raise UserError(
                    self.env._(
                        "“%s” has no such step in its current flow.", self.display_name
                    )
                )
            return step
        steps = live.filtered(lambda step: step.state == "open")
        if not steps and run.state == "incident":
            raise UserError(
                self.env._(
                    "“%(record)s” is stuck: %(reason)s",
                    record=self.display_name,
                    reason=run.incident_reason,
                )
            )
        if not steps:
            raise UserError(
                self.env._("There is no open step on “%s”.", self.display_name)
            )
        own = steps.filtered(lambda step: step._is_handled_by(self.env.user))
        if len(own or steps) > 1:
            raise UserError(
                self.env._(
                    "Say which step is meant: %s.",
                    ", ".join(self._scrm_node_name(step) for step in own or steps),
                )
            )
        return own or steps

    def _scrm_check_still_open(self, step):
        if step.state == "open":
            return
        if step.state == "done":
            raise UserError(
                self.env._(
                    "“%(node)s” was already completed by %(user)s.",
                    node=self._scrm_node_name(step),
                    user=step.done_by_id.name or "",
                )
            )
        raise UserError(
            self.env._("“%s” is not open any more.", self._scrm_node_name(step))
        )

    def _scrm_check_accepted(self, step):
        node = step.run_id.version_id._frozen_graph().nodes[step.node_key]
        if node.data.get("must_accept") and not step.accepted_at:
            raise UserError(
                self.env._(
                    "“%s” has to be accepted before it can be completed.",
                    self._scrm_node_name(step),
                )
            )

    def _scrm_open_edges(self, step):
        # sudo: conditions are asked with the engine's rights, as everywhere
        move = RunMove(step.run_id, self.sudo(), None)
        try:
            return tokens.choices(move.graph, step.node_key, move.holds)
        except tokens.ConditionError as error:
            raise UserError(str(error)) from error

    def _scrm_chosen_edge(self, step, transition_key):
        edges = self._scrm_open_edges(step)
        names = step.run_id.version_id._labels()["transitions"]
        node = self._scrm_node_name(step)
        if transition_key is None:
            if len(edges) == 1:
                return edges[0]
            if not edges:
                raise UserError(
                    self.env._(
                        "“%s” cannot be completed now: no way to go on is open.", node
                    )
                )
            raise UserError(
                self.env._(
                    "Say how to go on from “%(node)s”: %(ways)s.",
                    node=node,
                    ways=", ".join(f"{names[edge.key]} ({edge.key})" for edge in edges),
                )
            )
        for edge in edges:
            if edge.key == transition_key:
                return edge
        raise UserError(
            self.env._(
                "“%(way)s” does not lead on from “%(node)s” now.",
                way=names.get(transition_key, transition_key),
                node=node,
            )
        )
