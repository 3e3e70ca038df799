from datetime import timedelta

from odoo import models
from odoo.exceptions import AccessError, UserError

from .scrm_flow_step import LIVE


class ScrmFlowMixin(models.AbstractModel):
    """What people do with a step besides completing it.

    Every public method locks the run, so of two people one wins and the other
    reads why not; each returns like ``scrm_step_complete``, and each is in the log.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.mixin"

    # A step ------------------------------------------------------------------

    def scrm_step_claim(self, step_id=None):
        """Take a step that several people share; it counts as accepted.

        :raise AccessError: the user is not among them
        :raise UserError: the step is not shared (any more), or not open
        """
        step = self._scrm_lock_step(step_id)
        self._scrm_check_is_handler(step)
        if not step.candidate_ids:
            raise UserError(
                self.env._(
                    "“%s” is yours already: nobody shares it.",
                    self._scrm_node_name(step),
                )
            )
        values = {"user_id": self.env.uid, "candidate_ids": [(5,)]}
        return self._scrm_change_step(
            step,
            "claim",
            {**values, **self._scrm_accepted_vals()},
            self._scrm_warning(step, self.env.user),
        )

    def scrm_step_accept(self, step_id=None):
        """Say that one takes the step on; the moment is recorded on it.

        :raise AccessError: the user is not its handler
        :raise UserError: it was accepted before, is shared, or is not open
        """
        step = self._scrm_lock_step(step_id)
        self._scrm_check_is_handler(step)
        if step.accepted_at:
            raise UserError(
                self.env._(
                    "“%(node)s” was already accepted by %(user)s.",
                    node=self._scrm_node_name(step),
                    user=step.accepted_by_id.name,
                )
            )
        if step.candidate_ids:
            raise UserError(
                self.env._(
                    "“%s” is shared by several people: claim it.",
                    self._scrm_node_name(step),
                )
            )
        return self._scrm_change_step(step, "accept", self._scrm_accepted_vals())

    def scrm_step_reject(self, node_key, reason, step_id=None):
        """Send the work back to an earlier node; who did it gets it back.

        :param node_key: a user task this run has passed
        :param reason: what has to be done again, kept in the log
        :raise AccessError: the user is neither a handler nor a flow manager
        :raise UserError: no reason, no such node, or the step is not open
        """
        reason = self._scrm_reason(reason)
        step = self._scrm_lock_step(step_id, worker=True)
        target = self._scrm_earlier_steps(step).get(node_key)
        if not target:
            raise UserError(
                self.env._(
                    "Work can only be sent back to a task that was done before in "
                    "its own branch: “%(node)s” is none.",
                    node=step.run_id.version_id._labels()["nodes"].get(
                        node_key, node_key
                    ),
                )
            )
        self.env["scrm.flow.engine"]._reject(step, target, reason)
        return self._scrm_answer(step.run_id)

    def scrm_step_transfer(self, user_id, reason, step_id=None, from_user_id=None):
        """Hand a step over to somebody else, who has to accept it anew.

        :param user_id: id of the ``res.users`` who takes over
        :param reason: why, kept in the log
        :param from_user_id: of an approval, a flow manager says whose vote
        :raise AccessError: the user is neither a handler nor a flow manager
        :raise UserError: no reason, or the other one cannot work on the record
        """
        reason = self._scrm_reason(reason)
        step = self._scrm_lock_step(step_id, worker=True)
        user = self._scrm_new_handler(step, user_id)
        values = step._transfer_vals(user, self._scrm_giver(step, from_user_id))
        return self._scrm_hand_to(step, "transfer", user, values, reason)

    def scrm_step_add_handler(self, user_id, reason=None, step_id=None):
        """Let one more person work on a step.

        :param user_id: id of the ``res.users`` to add
        :param reason: why, if there is something to say
        :raise AccessError: the user is neither a handler nor a flow manager
        :raise UserError: the other one cannot work on the record
        """
        reason = self._scrm_reason(reason) if reason else False
        step = self._scrm_lock_step(step_id, worker=True)
        user = self._scrm_new_handler(step, user_id)
        values = step._add_handler_vals(user)
        return self._scrm_hand_to(step, "add_handler", user, values, reason)

    def scrm_step_recall(self, step_id=None):
        """Take back one's own completion while nobody has touched what follows.

        :param step_id: the completed step; one's latest when left out
        :raise AccessError: somebody else completed it
        :raise UserError: there is nothing to take back (any more)
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: own completed steps of a record the user may read
        run = self.sudo().scrm_run_id
        if run:
            self.env["scrm.flow.engine"]._lock(run)
        step = self._scrm_recallable(run, step_id)
        if not step:
            raise UserError(
                self.env._(
                    "There is nothing you could take back: you completed nothing, or "
                    "somebody has gone on since."
                )
            )
        self.env["scrm.flow.engine"]._recall(step, self._scrm_following(step))
        return self._scrm_answer(run)

    # A run -------------------------------------------------------------------

    def scrm_flow_freeze(self, reason):
        """Let nothing happen to this record's flow until it is released.

        :param reason: why, shown to whoever tries to go on
        :raise AccessError: the user handles no open step and is no flow manager
        :raise UserError: no reason is given, nothing is running, or it is frozen
        """
        reason = self._scrm_reason(reason)
        run = self._scrm_lock_run()
        if not self._scrm_may_freeze(run):
            raise AccessError(
                self.env._(
                    "Only who handles “%s” now or a flow manager can freeze it.",
                    self.display_name,
                )
            )
        leading = self._scrm_leading(self._scrm_live_steps(run))
        self.env["scrm.flow.engine"]._freeze(run, leading.node_key, reason)
        return self._scrm_answer(run)

    def scrm_flow_release(self, reason):
        """Let a frozen flow go on.

        :param reason: why that is right now, kept in the log
        :raise AccessError: the user is no flow manager and not in the group that
            may release the node
        :raise UserError: no reason is given, or it is not frozen
        """
        reason = self._scrm_reason(reason)
        run = self._scrm_lock_run(even_frozen=True)
        if not run.frozen_at:
            raise UserError(self.env._("“%s” is not frozen.", self.display_name))
        if not self._scrm_may_release(run):
            raise AccessError(
                self.env._(
                    "You may not release “%s”: a flow manager can, and whom the node "
                    "names for that.",
                    self.display_name,
                )
            )
        leading = self._scrm_leading(self._scrm_live_steps(run))
        self.env["scrm.flow.engine"]._release(run, leading.node_key, reason)
        return self._scrm_answer(run)

    def scrm_flow_reopen(self, reason):
        """Let a finished record go through its flow once more.

        :param reason: why, kept in the log
        :raise AccessError: the user may not change the record
        :raise UserError: no reason, not finished, or too long ago for its flow
        """
        self.ensure_one()
        self.check_access("write")
        reason = self._scrm_reason(reason)
        # sudo: whoever may change the record may let its flow begin again
        run = self.sudo().scrm_run_id
        if run:
            self.env["scrm.flow.engine"]._lock(run)
        if run.state != "done":
            raise UserError(
                self.env._(
                    "“%s” cannot be reopened: its flow has not reached an end.",
                    self.display_name,
                )
            )
        if not self._scrm_in_reopen_time(run):
            raise UserError(
                self.env._(
                    "“%(record)s” cannot be reopened: the flow allows it for "
                    "%(days)s days after the end.",
                    record=self.display_name,
                    days=run.flow_id.reopen_days,
                )
            )
        flow = run.flow_id
        if not flow.active or not flow.published_version_id:
            raise UserError(
                self.env._("The flow “%s” has no published version.", flow.name)
            )
        again = self.env["scrm.flow.engine"]._reopen(run, reason)
        return self._scrm_answer(again)

    # What is allowed ---------------------------------------------------------

    def _scrm_handles(self, step):
        return self.env.user in step._handlers() or self._scrm_is_manager()

    def _scrm_live_steps(self, run):
        return run.step_ids.filtered(lambda step: step.state in LIVE)

    def _scrm_may_freeze(self, run):
        steps = self._scrm_live_steps(run)
        return self._scrm_is_manager() or self.env.user in steps._handlers()

    def _scrm_may_release(self, run):
        if self._scrm_is_manager():
            return True
        nodes = run.version_id._frozen_graph().nodes
        groups = {
            nodes[step.node_key].data.get("release_group_id")
            for step in self._scrm_live_steps(run)
        }
        # sudo: the user's own groups
        return bool(groups & set(self.env.user.sudo().all_group_ids.ids))

    def _scrm_in_reopen_time(self, run):
        days = run.flow_id.reopen_days
        now = self.env["scrm.clock"].now()
        return bool(days) and now <= run.ended_at + timedelta(days=days)

    def _scrm_earlier_steps(self, step) -> dict:
        """The last done step of each user task before this one, by node key.

        In other branches, and in blocks that were joined since, there is none.
        """
        nodes = step.run_id.version_id._frozen_graph().nodes
        return {
            done.node_key: done
            for done in step.run_id.step_ids.sorted("id")
            if done.state == "done"
            and done.node_key != step.node_key
            and done.node_key in nodes  # not since the run came to this version
            and nodes[done.node_key].behaviour == "wait"
            and self._scrm_on_the_way(done, step)
        }

    def _scrm_on_the_way(self, done, step):
        """Did the work of an open step come by this done one, in its own branch?"""
        inside, place = step.split_id, step.node_key
        while inside and inside != done.split_id:
            inside, place = inside.split_id, inside.node_key
        if inside != done.split_id:
            return False
        if not inside:
            return True
        blocks = step.run_id.version_id._frozen_blocks()
        block = blocks.by_split[inside.node_key]
        return block.branch_of(place) == block.branch_of(done.node_key)

    def _scrm_recallable(self, run, step_id=None):
        """The user's own completed step that can still be taken back.

        :raise AccessError: the step was completed by somebody else
        """
        nodes = run.version_id._frozen_graph().nodes if run else {}
        mine = run.step_ids.filtered(
            lambda step: step.state == "done"
            and step.node_key in nodes
            and nodes[step.node_key].behaviour == "wait"
        )
        if step_id:
            mine = mine.filtered(lambda step: step.id == step_id)
            if mine and mine.done_by_id != self.env.user:
                raise AccessError(
                    self.env._("Only who completed a step can take that back.")
                )
        mine = mine.filtered(lambda step: step.done_by_id == self.env.user)
        step = mine.sorted("id")[-1:]
        return step if step and self._scrm_is_untouched(step) else step.browse()

    def _scrm_following(self, step):
        return step.run_id.step_ids.filtered(lambda other: other.previous_id == step)

    def _scrm_is_untouched(self, step):
        """Has nobody, no service either, done anything since this completion?"""
        # that a split was passed on the way has done nothing by itself
        following = self._scrm_following(step).filtered(
            lambda other: not (other.state == "done" and other.branch_step_ids)
        )
        if not following or any(other.state not in LIVE for other in following):
            return False
        # sudo: whether something happened, on a record the user may read
        return not (
            self.env["scrm.flow.log"]
            .sudo()
            .search_count(
                [
                    ("run_id", "=", step.run_id.id),
                    ("step_id", "in", following.ids),
                    ("event", "not in", ("open", "incident", "wait")),
                ],
                limit=1,
            )
        )

    # Helpers -----------------------------------------------------------------

    def _scrm_lock_step(self, step_id, worker=False):
        """The open step that is meant, locked.

        :param worker: refuse who is neither its handler nor a flow manager
        """
        self.ensure_one()
        self.check_access("read")
        step = self._scrm_step_to_complete(step_id)
        self.env["scrm.flow.engine"]._lock(step.run_id)
        self._scrm_check_still_open(step)
        if worker and not self._scrm_handles(step):
            raise AccessError(
                self.env._(
                    "“%(node)s” is handled by %(handlers)s. Only they or a flow "
                    "manager can do this.",
                    node=self._scrm_node_name(step),
                    handlers=", ".join(step._handlers().mapped("name")),
                )
            )
        return step

    def _scrm_lock_run(self, even_frozen=False):
        self.ensure_one()
        self.check_access("read")
        # sudo: the run of a record the user may read; rights are checked next
        run = self.sudo().scrm_run_id
        if run:
            self.env["scrm.flow.engine"]._lock(run, even_frozen)
        if run.state not in ("running", "incident"):
            raise UserError(
                self.env._("No flow is running on “%s”.", self.display_name)
            )
        return run

    def _scrm_check_is_handler(self, step):
        if self.env.user not in step._handlers():
            raise AccessError(
                self.env._(
                    "“%(node)s” is handled by %(handlers)s. Only they can do this.",
                    node=self._scrm_node_name(step),
                    handlers=", ".join(step._handlers().mapped("name")),
                )
            )

    def _scrm_reason(self, reason) -> str:
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Say why: a reason is kept in the log."))
        return reason.strip()

    def _scrm_accepted_vals(self):
        now = self.env["scrm.clock"].now()
        return {"accepted_at": now, "accepted_by_id": self.env.uid}

    def _scrm_new_handler(self, step, user_id):
        """Somebody who does not handle the step yet and can.

        :raise UserError: there is no such user, or one who cannot
        """
        # sudo: who may hand over may name any colleague
        users = self.env["res.users"].sudo()
        is_id = isinstance(user_id, int) and not isinstance(user_id, bool)
        user = users.browse(user_id).exists() if is_id else users
        if not user:
            raise UserError(self.env._("Say who shall handle it: no such user."))
        if user in step._handlers():
            raise UserError(
                self.env._(
                    "%(user)s handles “%(node)s” already.",
                    user=user.name,
                    node=self._scrm_node_name(step),
                )
            )
        self._scrm_check_able(user)
        return user

    def _scrm_check_able(self, user):
        """Refuse who can never handle this record; leave and load are no bar here.

        :raise UserError: saying why
        """
        availability = self.env["scrm.flow.availability"]
        # sudo: the company of the record, whoever hands it over
        why = availability._hard_reason(self.sudo(), user)
        if why:
            raise UserError(
                self.env._(
                    "%(user)s cannot handle it: %(why)s.",
                    user=user.name,
                    why=availability._labels().get(why, why),
                )
            )

    def _scrm_giver(self, step, from_user_id):
        """Whose part is handed over: one's own, or what a flow manager says."""
        if from_user_id and from_user_id != self.env.uid:
            if not self._scrm_is_manager():
                raise AccessError(
                    self.env._("Only a flow manager can hand over what others have.")
                )
            # sudo: only to compare with the people of the step
            return self.env["res.users"].sudo().browse(from_user_id)
        return self.env.user & step._handlers()

    def _scrm_hand_to(self, step, event, user, values, reason, detail=None):
        """Change the handlers; undone when the new one cannot see the record."""
        person = {"id": user.id, "name": user.name}
        detail = {"user": person, "reason": reason, **(detail or {})}
        with self.env.cr.savepoint():
            answer = self._scrm_change_step(step, event, values, detail)
            # asked afterwards: handling a record can be what opens it to somebody
            if not self.with_user(user).has_access("read"):
                raise UserError(
                    self.env._(
                        "%(user)s cannot handle it: %(why)s.",
                        user=user.name,
                        why=self.env._("may not see the record"),
                    )
                )
        return answer

    def _scrm_change_step(self, step, event, values, detail=None):
        self.env["scrm.flow.engine"]._change_step(step, event, values, detail)
        return self._scrm_answer(step.run_id)

    def _scrm_answer(self, run):
        # sudo: own position, the record was read before
        return {"node": self.sudo().scrm_node_key, "state": run.state}
