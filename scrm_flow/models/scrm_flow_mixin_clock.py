from odoo import fields, models
from odoo.exceptions import UserError


class ScrmFlowLog(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.log"

    event = fields.Selection(
        selection_add=[("pause", "Clock paused"), ("resume", "Clock goes on")],
        ondelete={"pause": "cascade", "resume": "cascade"},
    )


class ScrmFlowMixin(models.AbstractModel):
    """Lets people and conditions stop the clock of a step."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.mixin"

    def scrm_step_pause(self, reason, step_id=None):
        """Stop the clock of a step; its node says for which reasons one may.

        :param reason: key of a ``scrm.flow.pause.reason``
        :param step_id: which step; needed when the user handles several
        :return: like :meth:`scrm_step_complete`
        :raise AccessError: the user is neither a handler nor a flow manager
        :raise UserError: the node does not allow this reason, or it is paused
        """
        step = self._scrm_lock_step(step_id, worker=True)
        node = self._scrm_node_name(step)
        allowed = self._scrm_pause_reasons(step)
        wanted = allowed.filtered(lambda allow: allow.key == reason)
        if not wanted:
            raise UserError(
                self.env._(
                    "The clock of “%(node)s” cannot be paused for “%(reason)s”, but "
                    "for: %(reasons)s.",
                    node=node,
                    reason=reason,
                    reasons=", ".join(
                        f"{allow.name} ({allow.key})" for allow in allowed
                    )
                    or self.env._("nothing"),
                )
            )
        if step.pause_reason_id:
            raise UserError(
                self.env._(
                    "The clock of “%(node)s” is paused already: %(reason)s.",
                    node=node,
                    reason=step.pause_reason_id.name,
                )
            )
        return self._scrm_change_step(
            step, "pause", {"pause_reason_id": wanted.id}, {"reason": wanted.name}
        )

    def scrm_step_resume(self, step_id=None):
        """Let the clock of a step go on that was paused by hand.

        :raise AccessError: the user is neither a handler nor a flow manager
        :raise UserError: nobody paused it
        """
        step = self._scrm_lock_step(step_id, worker=True)
        if not step.pause_reason_id:
            raise UserError(
                self.env._(
                    "The clock of “%s” was not paused by anybody.",
                    self._scrm_node_name(step),
                )
            )
        detail = {"reason": step.pause_reason_id.name}
        return self._scrm_change_step(
            step, "resume", {"pause_reason_id": False}, detail
        )

    def _scrm_pause_reasons(self, step):
        """For what the clock of a step may be stopped by hand."""
        reasons = step._compiled_node().data["clock"]["by_hand"]
        return step.pause_reason_id.browse(reasons).exists().filtered("active")

    def _scrm_advance(self):
        result = super()._scrm_advance()
        versions = self.env["scrm.flow.version"]._pausing_ids(self._name)
        for record in self._scrm_on_the_move(versions):
            record._scrm_sync_clocks(record.scrm_run_id)
        return result

    def _scrm_sync_clocks(self, run):
        """Stop or start the clocks of open steps by their nodes' conditions."""
        steps = run.step_ids.filtered(
            lambda step: step.state == "open"
            and step._reason_now() != step.clock_reason_id
        )
        if not steps:
            return
        self.env["scrm.flow.engine"]._lock(run)
        for step in steps:
            before = step.clock_reason_id
            step._sync_clocks()
            reason = step.clock_reason_id or before
            event = "pause" if step.clock_reason_id else "resume"
            step._note(event, {"reason": reason.name})

    def _scrm_step_offers(self, step):
        offers = super()._scrm_step_offers(step)
        if step.pause_reason_id:
            name = self.env._("Let the Clock Go On")
            return [*offers, self._scrm_offer("resume", name, step_id=step.id)]
        for reason in self._scrm_pause_reasons(step):
            offer = self._scrm_offer(
                "pause",
                self.env._("Pause: %s", reason.name),
                step_id=step.id,
                reason=reason.key,
            )
            offers.append({**offer, "key": f"pause_{reason.key}"})
        return offers

    def _scrm_progress_item(self, step, state):
        item = super()._scrm_progress_item(step, state)
        if state == "now" and step.clock_reason_id:
            item["paused"] = step.clock_reason_id.name
        return item

    def _scrm_mask_progress(self, items):
        for item in items:  # our words about them are not theirs to read
            item.pop("paused", None)
        return super()._scrm_mask_progress(items)
