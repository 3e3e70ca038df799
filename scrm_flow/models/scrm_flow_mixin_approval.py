from odoo import models
from odoo.exceptions import AccessError, UserError

from ..engine import approval


class ScrmFlowMixin(models.AbstractModel):
    """Voting on the approvals of a record."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.mixin"

    def scrm_step_vote(self, decision, reason=None, step_id=None):
        """Approve or reject what an approval asks; a vote is never changed.

        :param decision: ``approved`` or ``rejected``
        :param reason: why; needed to reject
        :param step_id: which step; needed when several approvals ask the user
        :return: as ``scrm_step_complete``
        :raise AccessError: the user is not asked
        :raise UserError: the user has voted, no reason is given, or it is decided
        """
        if decision not in (approval.APPROVED, approval.REJECTED):
            raise UserError(
                self.env._("Say “approved” or “rejected”, not “%s”.", decision)
            )
        comment = reason
        if decision == approval.REJECTED or comment:
            comment = self._scrm_reason(comment)
        step = self._scrm_lock_step(step_id)
        if not step._is_approval():
            raise UserError(
                self.env._("“%s” asks for no votes.", self._scrm_node_name(step))
            )
        vote = self._scrm_own_vote(step)
        vote.write(
            {
                "decision": decision,
                "comment": comment or False,
                "decided_at": self.env["scrm.clock"].now(),
            }
        )
        detail = {"vote": decision, "reason": comment or False}
        values = step._asked_vals(step._seats())
        if step._approval_outcome():  # whoever is asked is so until the end
            values = {}
        # sudo: the vote of somebody who is asked, on a record he reads
        record = self.sudo()
        self.env["scrm.flow.engine"]._change_step(step, "vote", values, detail)
        step._settle_votes(record)
        return self._scrm_answer(step.run_id)

    def _scrm_own_vote(self, step):
        vote = step.vote_ids.filtered(lambda vote: vote.user_id == self.env.user)
        if vote.decision:
            raise UserError(
                self.env._(
                    "You have voted on “%s” already; a vote cannot be changed.",
                    self._scrm_node_name(step),
                )
            )
        if vote.state != "asked":
            raise AccessError(
                self.env._(
                    "“%(node)s” is decided by %(handlers)s. Only they can vote now.",
                    node=self._scrm_node_name(step),
                    handlers=", ".join(step._handlers().mapped("name")),
                )
            )
        return vote

    # What else can and cannot be done with an approval -----------------------

    def scrm_step_claim(self, step_id=None):
        self._scrm_check_not_approval(step_id)
        return super().scrm_step_claim(step_id)

    def scrm_step_accept(self, step_id=None):
        self._scrm_check_not_approval(step_id)
        return super().scrm_step_accept(step_id)

    def scrm_step_reject(self, node_key, reason, step_id=None):
        self._scrm_check_not_approval(step_id)
        return super().scrm_step_reject(node_key, reason, step_id)

    def _scrm_check_not_approval(self, step_id):
        self.ensure_one()
        self.check_access("read")
        step = self._scrm_step_to_complete(step_id)
        node_type = self.env["scrm.flow.node.type"]._kind(step._compiled_node().type)
        if step._is_approval():
            # sudo: only the words, on a record the user reads
            node_type._completing(self.sudo(), step, step._compiled_node())

    def _scrm_recallable(self, run, step_id=None):
        step = super()._scrm_recallable(run, step_id)
        return step.browse() if step and step._is_approval() else step

    def _scrm_new_handler(self, step, user_id):
        user = super()._scrm_new_handler(step, user_id)
        if not step._is_approval():
            return user
        if user in step.vote_ids.user_id:
            raise UserError(
                self.env._(
                    "%(user)s is one of the approvers of “%(node)s” already.",
                    user=user.name,
                    node=self._scrm_node_name(step),
                )
            )
        node = step._compiled_node()
        if not node.data["approval"]["requester"]:
            node_type = self.env["scrm.flow.node.type"]._kind(node.type)
            move = self.env["scrm.flow.engine"]._operation(step.run_id)
            move.cause = step.previous_id
            if user == node_type._requester(move):
                raise UserError(
                    self.env._(
                        "%(user)s cannot handle it: %(why)s.",
                        user=user.name,
                        why=self.env["scrm.flow.availability"]._labels()["requester"],
                    )
                )
        return user

    # Showing -----------------------------------------------------------------

    def _scrm_flow_actions(self):
        actions = super()._scrm_flow_actions()
        # sudo: the run of the record the user reads, offered what is his
        steps = {step.id: step for step in self.sudo().scrm_run_id.step_ids}
        for action in actions:
            step = steps.get(action["step_id"])
            if step and step.state == "open" and step._is_approval():
                action["transitions"] = []
        return actions

    def _scrm_step_offers(self, step):
        if not step._is_approval():
            return super()._scrm_step_offers(step)
        _ = self.env._
        offers = []
        if self.env.user in step._handlers():
            labels = step.run_id.version_id._labels()["transitions"]
            ways = step._compiled_node().data["approval"]["ways"]
            approve = {"decision": approval.APPROVED, "step_id": step.id}
            reject = {"decision": approval.REJECTED, "step_id": step.id}
            name = labels[ways[approval.APPROVED]]
            offers += [
                self._scrm_offer("vote", name, direct=True, **approve),
                self._scrm_offer(
                    "vote",
                    labels[ways[approval.REJECTED]],
                    ["reason"],
                    direct=True,
                    **reject,
                ),
                self._scrm_offer(
                    "vote", _("%s, with a Comment", name), ["reason"], **approve
                ),
                self._scrm_offer(
                    "transfer", _("Hand Over"), ["user", "reason"], step_id=step.id
                ),
            ]
        elif self._scrm_is_manager():
            offers += [
                self._scrm_offer(
                    "transfer",
                    _("Hand Over: %s", vote.user_id.name),
                    ["user", "reason"],
                    step_id=step.id,
                    from_user_id=vote.user_id.id,
                )
                for vote in step.vote_ids
                if not vote.decision
            ]
        offers.append(
            self._scrm_offer(
                "add_handler", _("Add an Approver"), ["user"], step_id=step.id
            )
        )
        for number, offer in enumerate(offers):
            offer["key"] = f"{offer['key']}_{number}"
            offer["secondary"] = bool(number)
        return offers

    def _scrm_progress_item(self, step, state):
        item = super()._scrm_progress_item(step, state)
        if not step.vote_ids:
            return item
        if state == "done":
            item["handlers"] = step.vote_ids.filtered("decision").user_id.mapped("name")
        item["votes"] = [
            {
                "name": vote.user_id.name,
                "state": vote.state,
                "comment": vote.comment or "",
            }
            for vote in step.vote_ids
            if vote.state != "dropped"
        ]
        return item

    def _scrm_mask_progress(self, items):
        for item in items:  # who decides how is our own matter
            item.pop("votes", None)
        return super()._scrm_mask_progress(items)
