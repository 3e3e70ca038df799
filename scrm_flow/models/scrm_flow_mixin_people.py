from odoo import models
from odoo.exceptions import UserError

from ..engine import tokens
from ..engine.graph import CHOOSE, END, WAIT
from .scrm_flow_assigner import Assigner, Case
from .scrm_flow_run_move import RunMove


class ScrmFlowMixin(models.AbstractModel):
    """Deciding by hand who gets work: picking the next handler, handing work out."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.mixin"

    def scrm_step_dispatch(self, user_id, reason=None, step_id=None):
        """Hand a step that waits for its dispatcher to one of its people.

        Whoever is on leave, off duty or full can be chosen all the same; the log
        says so.

        :param user_id: id of one of the ``res.users`` whom the node names
        :param reason: why, if there is something to say
        :raise AccessError: the user is neither a dispatcher nor a flow manager
        :raise UserError: the step does not wait to be handed out, or the other one
            is none of its people
        """
        reason = self._scrm_reason(reason) if reason else False
        step = self._scrm_lock_step(step_id, worker=True)
        if not step.is_dispatch:
            raise UserError(
                self.env._(
                    "“%s” does not wait to be handed out.", self._scrm_node_name(step)
                )
            )
        people, persons = self._scrm_people_of(step)
        person = next((person for person in persons if person.id == user_id), None)
        if person is None:
            raise UserError(
                self.env._(
                    "“%(node)s” can only be handed to one of these: %(people)s.",
                    node=self._scrm_node_name(step),
                    people=", ".join(person.name for person in persons) or "-",
                )
            )
        user = people.filtered(lambda user: user.id == user_id)
        self._scrm_check_able(user)
        trace = {
            **(step.assign_trace or {}),
            "dispatch": False,
            "dispatched_by": {"id": self.env.uid, "name": self.env.user.name},
            "chosen": person.brief(),
            "shared": [],
            "waiting": [
                other.brief()
                for other in persons
                if other != person and not other.unavailable
            ],
        }
        values = {
            "user_id": user.id,
            "candidate_ids": [(5,)],
            "is_dispatch": False,
            "accepted_at": False,
            "accepted_by_id": False,
            "assign_trace": trace,
        }
        return self._scrm_hand_to(step, "dispatch", user, values, reason)

    # Who may be chosen -------------------------------------------------------

    def _scrm_people_of(self, step):
        """Whom the node of a step names now: (users, persons with what hinders)."""
        record = self.sudo()  # sudo: rules read the record with the engine's rights
        node = step.run_id.version_id._frozen_graph().nodes[step.node_key]
        case = Case(step.run_id, record, node)
        assigner = Assigner(record.env)
        people = assigner.named(case).sudo()  # sudo: colleagues of whoever chooses
        return people, assigner.persons(case, people)

    def _scrm_warning(self, step, user) -> dict:
        """What speaks against a person whom somebody chose, for the log."""
        node = step.run_id.version_id._frozen_graph().nodes[step.node_key]
        if "handler_rule" not in node.data:
            return {}
        # sudo: the company of the record, whoever hands it over
        warning = Case(step.run_id, self.sudo(), node).warning(user.id)
        return {"warning": warning} if warning else {}

    def _scrm_hand_to(self, step, event, user, values, reason, detail=None):
        detail = {**(detail or {}), **self._scrm_warning(step, user)}
        return super()._scrm_hand_to(step, event, user, values, reason, detail)

    def _scrm_check_accepted(self, step):
        result = super()._scrm_check_accepted(step)
        if step.is_dispatch:
            raise UserError(
                self.env._(
                    "“%s” has to be handed to one of its people first.",
                    self._scrm_node_name(step),
                )
            )
        return result

    # What is offered ---------------------------------------------------------

    def _scrm_flow_actions(self):
        actions = super()._scrm_flow_actions()
        # sudo: the run of the record the user reads, offered what is his
        run = self.sudo().scrm_run_id
        if not run or run.frozen_at:
            return actions
        steps = {step.id: step for step in run.step_ids}
        move = RunMove(run, self.sudo(), None)
        for action in actions:
            step = steps.get(action["step_id"])
            if not step:
                continue
            if step.is_dispatch:
                action["transitions"] = []
            for transition in action["transitions"]:
                domain = self._scrm_pick_domain(move, transition["key"])
                if domain:
                    transition |= {"asks": ["user"], "domain": domain}
        return actions

    def _scrm_pick_domain(self, move, edge_key):
        """Among whom the next handler is picked by hand, None if nobody is."""
        nodes = move.graph.nodes.values()
        if not any(node.data.get("handler_rule") == "manual" for node in nodes):
            return None
        rule = self.env["scrm.flow.handler"]._kind("manual")
        for node in self._scrm_next_waiting(move, move.graph.edges[edge_key].target):
            if node.data.get("handler_rule") == "manual":
                case = Case(move.run, move.record, node)
                people = rule._pickable(case, node.data["handler"])
                return [["id", "in", people.filtered("active").ids]]
        return None

    def _scrm_next_waiting(self, move, key):
        """The nodes at which work would wait next, as far as one can see now."""
        found, seen, todo = [], set(), [key]
        while todo:
            key = todo.pop()
            node = move.graph.nodes[key]
            if key in seen or node.behaviour == END or move.graph.is_join(key):
                continue
            seen.add(key)
            if node.behaviour == WAIT:
                found.append(node)
            elif node.behaviour == CHOOSE:
                try:
                    edge = tokens.next_edge(move.graph, node, move.holds)
                except tokens.ConditionError:
                    continue  # said when somebody goes there
                todo += [edge.target] if edge else []
            else:
                todo += [edge.target for edge in move.graph.outgoing(key)]
        return found

    def _scrm_step_offers(self, step):
        offers = super()._scrm_step_offers(step)
        if not step.is_dispatch:
            return offers
        people = self._scrm_people_of(step)[0].filtered("active")
        keep = ("reject", "transfer")
        dispatch = self._scrm_offer(
            "dispatch", self.env._("Hand Out"), ["user"], direct=True, step_id=step.id
        )
        dispatch["domain"] = [["id", "in", people.ids]]
        return [dispatch, *(offer for offer in offers if offer["key"] in keep)]
