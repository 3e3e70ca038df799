from dataclasses import replace

from odoo import api, models
from odoo.fields import Command, Domain
from odoo.tools.translate import LazyTranslate

from ..models.scrm_flow_assigner import Assigner, Case

_lt = LazyTranslate(__name__)


class ScrmHandoverKindStep(models.AbstractModel):
    """Open steps, and seats in approvals that are not decided yet.

    Where colleagues share a step they keep it. Else the rule of its node is asked,
    as when somebody goes on leave; the flow's log says from whom it came and why.
    """

    _name = "scrm.handover.kind.step"
    _inherit = "scrm.handover.kind"
    _description = "Handover of Steps"

    _label = _lt("Open steps")
    _kind_rank = 30
    _model = "scrm.flow.step"

    @api.model
    def _held(self, leaver):
        steps = self._records()
        domain = steps._held_domain(leaver) | Domain("candidate_ids", "=", leaver.id)
        return steps.search(domain & Domain("state", "=", "open"))

    @api.model
    def _company(self, record):
        document = record._record()
        if "company_id" in document._fields:
            return document.company_id
        return self.env["res.company"]

    @api.model
    def _is_able(self, record, person):
        if self._has_part(record, person):
            return False
        company = self._company(record)
        return not company or company in person.company_ids

    @api.model
    def _has_part(self, step, person) -> bool:
        """Is the person in it already, or must not decide on it?"""
        if not step._is_approval():
            return False
        if person in step.vote_ids.user_id:
            return True
        if step._compiled_node().data["approval"]["requester"]:
            return False
        kind = self.env["scrm.flow.node.type.approval"]
        move = self.env["scrm.flow.engine"]._operation(step.run_id)
        move.cause = step.previous_id
        return kind._requester(move) == person

    @api.model
    def _own_proposals(self, records, leaver, plan):
        proposals = {}
        cases = {}
        for step in records:
            others = self._others(step, leaver)
            if others:
                proposals[step.id] = ("colleagues", others, None)
            elif step._compiled_node().data.get("handler_rule") and (
                not step._is_approval()
            ):
                cases[step] = self._case(step, leaver)
        outcomes = Assigner(self.env).assign(list(cases.values()))
        for step, outcome in zip(cases, outcomes, strict=True):
            if outcome.handler:
                # sudo: see the family
                users = self.env["res.users"].sudo().browse(outcome.handler.id)
                proposals[step.id] = ("rule", users, outcome)
        return proposals

    @api.model
    def _others(self, step, leaver):
        """Colleagues with whom the leaver shares a step."""
        if step._is_approval():
            return step.candidate_ids.browse()
        people = (step.user_id | step.candidate_ids) - leaver
        return people.filtered("active")

    @api.model
    def _case(self, step, leaver):
        node = step._compiled_node()
        if node.data.get("availability") in (None, "ignore"):
            # who is away now is no help, even where nobody asks otherwise
            node = replace(node, data={**node.data, "availability": "leave_only"})
        case = Case(step.run_id, step._record(), node)
        case.left_out = {leaver.id: "inactive"}
        return case

    @api.model
    def _keepers(self, record):
        return record.flow_id.owner_id

    @api.model
    def _give(self, shares, leaver):
        for share in shares:
            self._give_one(share, leaver)

    @api.model
    def _give_one(self, share, leaver):
        step = share.record
        engine = self.env["scrm.flow.engine"]
        engine._lock(step.run_id, even_frozen=True)
        cause = {"why": "left", "users": [leaver.name]}
        if not share.person:
            engine._stay(step, cause)
            return
        values, trace = self._values(share, leaver)
        trace["cause"] = cause
        if "assign_trace" in values:
            values["assign_trace"] = trace
        engine._change_step(step, "reassign", values, {"assignment": trace})
        step._tell(step._handlers())

    @api.model
    def _values(self, share, leaver):
        """What the step becomes, and why: values and trace."""
        step, person = share.record, share.person
        again = {"accepted_at": False, "accepted_by_id": False, "assign_trace": None}
        if share.by == "rule":
            return engine_values(share.note) | again, share.note.as_trace()
        trace = {
            "rule": "handover",
            "by": share.by,
            "chosen": {"id": person.id, "name": person.name},
            "shared": [],
            "waiting": [],
            "left_out": [],
        }
        if share.by == "colleagues":
            others = self._others(step, leaver)
            lead = step.user_id if step.user_id in others else person
            shared = others.ids if len(others) > 1 else []
            return {
                "user_id": lead.id,
                "candidate_ids": [Command.set(shared)],
            }, trace
        if step._is_approval():
            return step._transfer_vals(person, leaver), trace
        # who was to hand it out leaves that to the other one
        kept = {"is_dispatch": step.is_dispatch}
        return step._transfer_vals(person) | kept | again, trace


def engine_values(outcome) -> dict:
    """Values of a step that goes by the rule of its node."""
    shared = [person.id for person in outcome.candidates]
    return {
        "user_id": outcome.handler.id,
        "candidate_ids": [Command.set(shared if len(shared) > 1 else [])],
        "is_dispatch": outcome.dispatch,
    }
