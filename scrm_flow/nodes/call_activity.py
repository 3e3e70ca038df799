from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from ..engine import calls, expansion

_lt = LazyTranslate(__name__)


class ScrmFlowNodeTypeCallActivity(models.AbstractModel):
    """Starts a flow on other records and waits until they are through.

    The records are those of a field of the record. Where a flow is running already
    it is waited for as well. The step has no handler; a flow manager may cut the
    wait short.

    A flow on the record itself is not started: its nodes become part of the version
    that calls it (see ``scrm_flow_version_call.py``), and work passes the call.
    """

    _name = "scrm.flow.node.type.call_activity"
    _inherit = "scrm.flow.node.type"
    _description = "Node Type Call Activity"

    _label = _lt("Call of Another Flow")
    _kind_rank = 46
    _behaviour = "wait"
    _in_bar = True

    @api.model
    def _compile(self, node):
        return {
            "call": {
                "flow": node.call_flow_key,
                "field": node.call_field,
                "wait": node.call_wait,
                "count": node.call_count,
            }
        }

    @api.model
    def _check(self, node):
        problems = []
        try:
            if node._is_call_here():
                self._called_version(node)
            else:
                model = self._called_model(node.model, node.call_field)
                self._called_flow(node.call_flow_key, model)
        except UserError as error:
            problems.append(str(error))
        if node._is_call_here():
            if node.deadline_hours or node.rung_ids or node.reminder_hours:
                problems.append(
                    self.env._("work passes it: set times in the flow that it calls")
                )
        elif node.call_wait == "count" and node.call_count < 1:
            problems.append(self.env._("it waits for less than one"))
        ways = node._ways()
        if len(ways) > 1 or any(way._domain() is not None for way in ways):
            problems.append(
                self.env._("a call is left by one transition without condition")
            )
        return problems

    @api.model
    def _called_model(self, model_name, field_name) -> str:
        """The model of the records on which the flow is started.

        :raise UserError: the field does not lead to records that run through flows
        """
        field = self.env[model_name]._fields.get(field_name or "")
        models_ = self.env["scrm.flow"]._flow_models()
        if field is None or field.comodel_name not in models_:
            raise UserError(
                self.env._(
                    "the field “%s” leads to no records that can run through a flow",
                    field_name or "",
                )
            )
        return field.comodel_name

    @api.model
    def _called_flow(self, key, model_name):
        """The flow that is called.

        :raise UserError: it does not exist, is not published, or is for other records
        """
        # sudo: whoever moves a record need not see the flows of other ones
        flow = self.env["scrm.flow"].sudo()._by_keys([key]).get(key)
        if not flow:
            raise UserError(self._no_flow(key))
        if not flow.published_version_id:
            raise UserError(
                self.env._(
                    "the flow “%s” that it calls has no published version", flow.name
                )
            )
        if flow.model != model_name:
            raise UserError(
                self.env._(
                    "the flow “%(flow)s” that it calls is not for %(model)s",
                    flow=flow.name,
                    model=self.env[model_name]._description,
                )
            )
        return flow

    @api.model
    def _no_flow(self, key) -> str:
        # sudo: as in _called_flow
        flows = self.env["scrm.flow"].sudo().with_context(active_test=False)
        archived = flows._by_keys([key]).get(key)
        if archived:
            return self.env._("the flow “%s” that it calls is archived", archived.name)
        return self.env._("the flow “%s” that it calls does not exist", key or "")

    @api.model
    def _called_version(self, node):
        """The version whose nodes a call on the record itself contains.

        :raise UserError: there is none, or a flow would contain itself
        """
        # sudo: whoever moves a record need not see its flow
        own = node.version_id.sudo().flow_id
        if node.call_flow_key == own.key:
            raise UserError(self.env._("it calls the flow that it is in"))
        flow = self._called_flow(node.call_flow_key, node.model)
        version = flow.published_version_id
        if own.key in version._flows_inside():
            raise UserError(
                self.env._(
                    "the flow “%s” that it calls contains a call of this one", flow.name
                )
            )
        deepest = max(map(expansion.depth, version._running_nodes().mapped("key")))
        if deepest >= expansion.DEPTH_LIMIT:
            raise UserError(
                self.env._(
                    "calls would be inside of each other more than %s deep",
                    expansion.DEPTH_LIMIT,
                )
            )
        return version

    # While it runs -----------------------------------------------------------

    @api.model
    def _call(self, record, step, node):
        """Start the flow on the records, then see whether it need wait at all.

        :param record: the business record, with the engine's rights
        """
        call = node.data["call"]
        engine = self.env["scrm.flow.engine"]
        # without records to wait for, calls could follow calls for ever
        turns = record.env.context.get("scrm_flow_calls", 0)
        record = record.with_context(scrm_flow_calls=turns + 1)
        try:
            with self.env.cr.savepoint():
                if step.node_id._is_call_here():  # tried out in a draft
                    self._called_version(step.node_id)
                model = self._called_model(record._name, call["field"])
                flow = self._called_flow(call["flow"], model)
                if max(step._call_depth(), turns) >= calls.DEPTH_LIMIT:
                    raise UserError(self.env._("flows call each other without end"))
                others = record[call["field"]].exists()
                idle = others.filtered(
                    lambda other: other.scrm_run_id.state not in ("running", "incident")
                )
                self._adopt(step, (others - idle).scrm_run_id)
                if idle:
                    engine._start(idle, flow, parent_step_id=step.id)
        except UserError as error:
            engine._get_stuck(step, "call_failed", str(error))
            return
        names = others.mapped("display_name")
        step._note("call", {"reason": ", ".join(names)})
        self._look(record, step, node)

    @api.model
    def _after_migration(self, record, step, node):
        if step.called_run_ids:
            self._look(record, step, node)
        else:  # the step was none that calls
            self._call(record, step, node)

    @api.model
    def _adopt(self, step, runs):
        """Wait for runs that were started by somebody else."""
        ancestors = step._callers()
        for run in runs:
            if run in ancestors:
                raise UserError(
                    self.env._("“%s” would wait for itself", run.display_name)
                )
            parent = run.parent_step_id
            if parent != step and parent.state in ("open", "incident"):
                raise UserError(
                    self.env._(
                        "“%(run)s” is waited for by “%(parent)s” already",
                        run=run.display_name,
                        parent=parent.run_id.display_name,
                    )
                )
            if parent != step:
                is_own = parent.run_id == step.run_id and not run.is_adopted
                run.write({"parent_step_id": step.id, "is_adopted": not is_own})

    @api.model
    def _look(self, record, step, node):
        """Go on if enough of the called flows are through.

        :param record: the business record, with the engine's rights
        """
        run = step.run_id
        if step.state != "open" or run.frozen_at:
            return
        call = node.data["call"]
        outcome = calls.outcome(
            step.called_run_ids.mapped("state"), call["wait"], call["count"]
        )
        engine = self.env["scrm.flow.engine"]
        if outcome == calls.GO_ON:
            (edge,) = run.version_id._frozen_graph().outgoing(step.node_key)
            step = step.with_env(record.env)
            engine.with_env(record.env)._complete(record, step, edge.key)
        elif outcome == calls.STUCK:
            engine._get_stuck(
                step,
                "call_failed",
                self.env._("too few of the called flows can still reach their ends"),
            )
