from dataclasses import replace

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools.translate import LazyTranslate

from ..engine import approval, assignment
from ..models.scrm_flow_assigner import Assigner, Case

_lt = LazyTranslate(__name__)


class ScrmFlowNodeTypeApproval(models.AbstractModel):
    """A decision of several people: each has a vote, the votes take the transition.

    Everybody whom the node's handler rule names is asked, all at once or one after
    the other. ``engine/approval.py`` says when it is decided.
    """

    _name = "scrm.flow.node.type.approval"
    _inherit = "scrm.flow.node.type.user_task"
    _description = "Node Type Approval"

    _label = _lt("Approval")
    _kind_rank = 22
    _assigns_itself = True

    @api.model
    def _compile(self, node):
        ways = node._ways()
        return {
            **super()._compile(node),
            "must_accept": False,
            "approval": {
                "policy": node.approval_policy,
                "count": node.approval_count,
                "order": node.approval_order,
                "requester": node.requester_may_approve,
                "ways": {way.outcome: way.key for way in ways if way.outcome},
            },
        }

    @api.model
    def _check(self, node):
        problems = super()._check(node)
        if node.handler_rule == "manual":
            problems.append(
                self.env._("the approvers are named, not picked by who comes before")
            )
        ways = node._ways()
        outcomes = dict(ways._fields["outcome"]._description_selection(self.env))
        for outcome, label in outcomes.items():
            found = ways.filtered(lambda way, outcome=outcome: way.outcome == outcome)
            if len(found) != 1:
                problems.append(
                    self.env._(
                        "exactly one transition has to be for the outcome “%s”", label
                    )
                )
        by_time = node.rung_ids.mapped("transition_key")
        for way in ways:
            if way.outcome and way._domain() is not None:
                problems.append(
                    self.env._(
                        "the transition “%s” of an approval cannot have a condition: "
                        "put a gateway behind it",
                        way.display_name,
                    )
                )
            if not way.outcome and way.key not in by_time:
                problems.append(
                    self.env._(
                        "the transition “%s” neither approves nor rejects",
                        way.display_name,
                    )
                )
        if node._auto_domain() is not None:
            problems.append(
                self.env._(
                    "an approval does not go on by itself: put a gateway before it"
                )
            )
        return problems + self._count_problems(node)

    @api.model
    def _count_problems(self, node):
        if node.approval_policy != "count":
            return []
        if node.approval_count < 1:
            return [self.env._("it needs at least one approval")]
        named = {
            "people": node.handler_user_ids,
            "in_order": node.handler_line_ids.user_id,
        }.get(node.handler_rule)
        if named is not None and node.approval_count > len(named):
            return [
                self.env._(
                    "it needs %(count)s approvals, but names only %(people)s people",
                    count=node.approval_count,
                    people=len(named),
                )
            ]
        return []

    # While it runs -----------------------------------------------------------

    @api.model
    def _opening_values(self, move, node):
        outcome = self._approvers(move, node)
        seats = len(outcome.candidates)
        data = node.data["approval"]
        values = {"assign_trace": outcome.as_trace(), "vote_ids": [Command.clear()]}
        wanted = approval.needed(data["policy"], data["count"], seats)
        if seats < max(wanted, 1):
            return {**values, **self._too_few(move, node, wanted, seats)}
        people = [person.id for person in outcome.candidates]
        asked = people[:1] if data["order"] == approval.SERIAL else people
        values["vote_ids"] += [
            Command.create(
                {
                    "user_id": user_id,
                    "rank": rank,
                    "res_model": move.run.res_model,
                    "res_id": move.run.res_id,
                }
            )
            for rank, user_id in enumerate(people, 1)
        ]
        return {
            **values,
            "state": "open",
            "ended_at": False,
            "incident_code": False,
            "incident_reason": False,
            "user_id": asked[0],
            "candidate_ids": [Command.set(asked if len(asked) > 1 else [])],
        }

    @api.model
    def _too_few(self, move, node, wanted, seats) -> dict:
        """Values of a step for which not enough approvers can be asked."""
        return {
            "state": "incident",
            "incident_code": "no_handler",
            "incident_reason": self.env._(
                "“%(node)s” needs %(count)s approvals, but only %(people)s people "
                "can be asked.",
                node=move.version._labels()["nodes"][node.key],
                count=max(wanted, 1),
                people=seats,
            ),
        }

    @api.model
    def _approvers(self, move, node) -> assignment.Assignment:
        """All whom the rule names, in order; left out who can never vote."""
        case = Case(move.run, move.record, node)
        case.by_hand = True  # an absent approver is waited for, or hands over
        users = case.rule._people(case, node.data["handler"])
        people = Assigner(self.env).persons(case, users)
        if not node.data["approval"]["requester"]:
            requester = self._requester(move)
            people = [
                replace(person, unavailable="requester")
                if person.id == requester.id
                else person
                for person in people
            ]
        outcome = assignment.together(people)
        outcome.rule, outcome.choice = case.rule._kind_key(), "pool"
        outcome.because = case.because
        return outcome

    @api.model
    def _requester(self, move):
        """Who did the task before; else who started the flow.

        Approvals in between do not count: their approvers requested nothing.
        """
        step = move.cause
        while step and (
            step.state != "done" or not step.done_by_id or step._is_approval()
        ):
            step = step.previous_id
        return step.done_by_id if step else move.run.create_uid

    @api.model
    def _completing(self, record, step, node, by_time=False):
        if by_time:
            return True
        raise UserError(
            self.env._(
                "“%s” is decided by votes: approve or reject it.",
                record._scrm_node_name(step),
            )
        )

    @api.model
    def _migrated(self, step, old_node, new_node):
        """Take over the votes: what was decided stays, the others are asked anew.

        When who decides is another matter now, those who voted keep their seats
        and the new approvers follow.
        """
        kept = step.vote_ids
        if old_node.data.get("handler_rule") != new_node.data["handler_rule"] or (
            old_node.data.get("handler") != new_node.data["handler"]
        ):
            kept = kept.filtered("decision")
        move = self.env["scrm.flow.engine"]._operation(step.run_id)
        move.cause = step.previous_id
        users = self.env["res.users"]
        if kept != step.vote_ids or not kept:
            outcome = self._approvers(move, new_node)
            # sudo: as when asking them
            users = users.sudo().browse(person.id for person in outcome.candidates)
            users -= kept.user_id
        step.write(step._new_seats_vals(kept, users))
        data = new_node.data["approval"]
        seats = len(step.vote_ids)
        wanted = approval.needed(data["policy"], data["count"], seats)
        if step.state == "open" and seats < max(wanted, 1):
            step.write(self._too_few(move, new_node, wanted, seats))

    @api.model
    def _after_migration(self, record, step, node):
        step._settle_votes(record)
