import logging
from dataclasses import replace

from markupsafe import Markup

from odoo import api, models

from .scrm_flow_assigner import Assigner, Case

_logger = logging.getLogger(__name__)


class ScrmFlowEngine(models.AbstractModel):
    """How open steps change hands by themselves."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.engine"

    @api.model
    def _reassign(self, step, cause, left_out=None) -> bool:
        """Give an open step to somebody else, by the rule of its node.

        Where nobody can take it over it stays where it is: work that somebody holds
        is no incident. The owner of the flow, or its managers, are told.

        :param step: ``scrm.flow.step`` with the engine's rights; its run is locked
        :param cause: why, in plain values: ``why`` is ``leave`` (with ``from`` and
            ``to``) or ``shift`` (with ``roster``), ``users`` the names of who had it
        :param left_out: {id of a user who must not get it: reason code}
        :return: whether somebody took it over
        """
        node = step._compiled_node()
        if self.env["scrm.flow.node.type"]._kind(node.type)._assigns_itself:
            # an approver who is away is waited for, or somebody hands the vote over
            self._stay(step, cause)
            return False
        if node.data.get("availability") in (None, "ignore"):
            # who is away now is no help, even where nobody asks otherwise
            node = replace(node, data={**node.data, "availability": "leave_only"})
        case = Case(step.run_id, step._record(), node)
        case.left_out = left_out or {}
        [outcome] = Assigner(self.env).assign([case])
        if outcome.handler is None:
            self._stay(step, cause)
            return False
        shared = [person.id for person in outcome.candidates]
        trace = {**outcome.as_trace(), "cause": cause}
        values = {
            "assign_trace": trace,
            "user_id": outcome.handler.id,
            "candidate_ids": [(6, 0, shared if len(shared) > 1 else [])],
            "accepted_at": False,
            "accepted_by_id": False,
            "is_dispatch": outcome.dispatch,
        }
        self._change_step(step, "reassign", values, {"assignment": trace})
        step._tell(step._handlers())
        return True

    @api.model
    def _stay(self, step, cause):
        """Say that a step stays although it should have changed hands."""
        step._note("stay", {"cause": cause})
        _logger.info("step %s stays: nobody can take it over", step.id)
        record = step._record()
        company = step._company()
        # sudo: who is to be told is asked by the engine
        managers = self.env.ref("scrm_flow.group_manager").sudo().all_user_ids
        told = step.flow_id.owner_id or managers.filtered(
            lambda user: company in user.company_ids
        )
        for user in told:
            lang = user.lang or "en_US"
            words = self.env["scrm.flow.assignment"].with_context(
                lang=lang, tz=user.tz or "UTC"
            )
            here = step.with_context(lang=lang)
            subject = here.env._(
                "%(record)s: nobody can take over “%(node)s”",
                record=here._record().display_name,
                node=here.run_id.version_id._labels()["nodes"][step.node_key],
            )
            thread = record
            if not hasattr(record, "message_notify"):
                thread = self.env["mail.thread"]
            thread.message_notify(
                partner_ids=user.partner_id.ids,
                subject=subject,
                body=Markup("<p>%s</p>") % words._describe_cause(cause),
                model=record._name,
                res_id=record.id,
            )
