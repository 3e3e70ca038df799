from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..engine import approval


class ScrmFlowVote(models.Model):
    """A seat in an approval: somebody who decides, and the decision.

    Without a decision the seat is ``asked``, or ``waiting`` while others are asked
    before, or ``dropped`` when the approval ended without this vote. A decision is
    never changed.
    """

    _name = "scrm.flow.vote"
    _inherit = "scrm.flow.trace.mixin"
    _description = "Flow Vote"
    _order = "step_id, rank, id"

    step_id = fields.Many2one(
        "scrm.flow.step", required=True, readonly=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Approver",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    rank = fields.Integer(readonly=True, help="Place in the order of asking.")
    previous_user_id = fields.Many2one(
        "res.users", string="In Place of", readonly=True, ondelete="restrict"
    )
    decision = fields.Selection(
        [("approved", "Approved"), ("rejected", "Rejected")], readonly=True
    )
    comment = fields.Text(readonly=True)
    decided_at = fields.Datetime(readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Not asked yet"),
            ("asked", "Asked"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("dropped", "Not needed any more"),
        ],
        compute="_compute_state",
    )

    _once = models.UniqueIndex(
        "(step_id, user_id)", "Nobody has two votes in the same approval."
    )
    _record_idx = models.Index("(res_model, res_id)")

    @api.depends("user_id.name")
    def _compute_display_name(self):
        for vote in self:
            vote.display_name = vote.user_id.name

    @api.depends(
        "decision", "step_id.state", "step_id.user_id", "step_id.candidate_ids"
    )
    def _compute_state(self):
        for vote in self:
            if vote.decision:
                vote.state = vote.decision
            elif vote.step_id.state in ("done", "rejected", "cancelled"):
                vote.state = "dropped"
            elif vote.user_id in vote.step_id._handlers():
                vote.state = "asked"
            else:
                vote.state = "waiting"

    def write(self, vals):
        if any(vote.decision for vote in self):
            raise UserError(self.env._("A vote cannot be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        if any(vote.decision for vote in self):
            raise UserError(self.env._("A vote cannot be deleted."))


class ScrmFlowStep(models.Model):
    """Who decides an approval. Other steps are handled by their handlers."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.step"

    vote_ids = fields.One2many("scrm.flow.vote", "step_id", readonly=True)

    def _is_approval(self):
        self.ensure_one()
        return self._compiled_node().type == "approval"

    def _approval_outcome(self) -> str | None:
        """``approved`` or ``rejected`` once the votes say so."""
        self.ensure_one()
        data = self._compiled_node().data["approval"]
        seats = [vote.decision or approval.UNDECIDED for vote in self.vote_ids]
        wanted = approval.needed(data["policy"], data["count"], len(seats))
        return approval.outcome(seats, wanted)

    def _vote_tally(self) -> dict:
        """How an approval stands, in numbers: who said what stays inside."""
        self.ensure_one()
        data = self._compiled_node().data["approval"]
        said = [vote.decision for vote in self.vote_ids]
        return {
            "seats": len(said),
            "needed": approval.needed(data["policy"], data["count"], len(said)),
            "approved": said.count(approval.APPROVED),
            "rejected": said.count(approval.REJECTED),
        }

    def _settle_votes(self, record):
        """Take the transition of an approval that is decided.

        :param record: the business record, with the engine's rights
        """
        outcome = self._approval_outcome()
        if not outcome:
            return
        way = self._compiled_node().data["approval"]["ways"][outcome]
        person = None
        if outcome == approval.REJECTED:  # back to who did it
            edge = self.run_id.version_id._frozen_graph().edges[way]
            earlier = record._scrm_earlier_steps(self).get(edge.target)
            person = earlier and earlier._worker()
        self.env["scrm.flow.engine"]._complete(record, self, way, person=person)

    def _asked_vals(self, seats) -> dict:
        """Values that ask whose turn it is.

        :param seats: [(``res.users``, decision or False)], in order
        """
        data = self._compiled_node().data["approval"]
        places = approval.asked(
            [decision or approval.UNDECIDED for _user, decision in seats],
            data["order"],
        )
        asked = [seats[place][0].id for place in places]
        return {
            "user_id": asked[0] if asked else False,
            "candidate_ids": [Command.set(asked if len(asked) > 1 else [])],
        }

    def _seats(self):
        return [(vote.user_id, vote.decision) for vote in self.vote_ids]

    @api.model
    def _held_domain(self, user):
        seat = [("user_id", "=", user.id), ("decision", "=", False)]
        return super()._held_domain(user) | Domain("vote_ids", "any", seat)

    def _is_held_by(self, user):
        if not self._is_approval():
            return super()._is_held_by(user)
        return user in self._handlers()

    def _transfer_vals(self, user, giver=None):
        if not self._is_approval():
            return super()._transfer_vals(user, giver)
        undecided = self.vote_ids.filtered(lambda vote: not vote.decision)
        if giver:
            vote = undecided.filtered(lambda vote: vote.user_id == giver)
        else:
            vote = undecided.filtered(lambda vote: vote.state == "asked")
        if len(vote) != 1:
            raise UserError(
                self.env._(
                    "Say whose vote is handed over: %s.",
                    ", ".join(undecided.user_id.mapped("name")),
                )
            )
        seats = [
            (user, False) if seat == vote else (seat.user_id, seat.decision)
            for seat in self.vote_ids
        ]
        values = {"user_id": user.id, "previous_user_id": vote.user_id.id}
        return {
            "vote_ids": [Command.update(vote.id, values)],
            **self._asked_vals(seats),
        }

    def _add_handler_vals(self, user):
        if not self._is_approval():
            return super()._add_handler_vals(user)
        return {
            "vote_ids": self._seat_commands(user),
            **self._asked_vals([*self._seats(), (user, False)]),
        }

    def _reassign_vals(self, users):
        if not self._is_approval():
            return super()._reassign_vals(users)
        decided = self.vote_ids.filtered("decision")
        users -= decided.user_id
        data = self._compiled_node().data["approval"]
        seats = len(decided) + len(users)
        if not users or seats < approval.needed(data["policy"], data["count"], seats):
            raise UserError(self.env._("Nobody can take the step over."))
        return self._new_seats_vals(decided, users)

    def _new_seats_vals(self, kept, users):
        """Values that give seats to these people instead of those not kept."""
        gone = [Command.delete(vote.id) for vote in self.vote_ids - kept]
        seats = [(vote.user_id, vote.decision) for vote in kept]
        return {
            "vote_ids": [*gone, *self._seat_commands(users)],
            **self._asked_vals([*seats, *((user, False) for user in users)]),
        }

    def _seat_commands(self, users):
        """Commands that give these people a vote, after those who have one."""
        rank = max(self.vote_ids.mapped("rank"), default=0)
        return [
            Command.create(
                {
                    "user_id": user.id,
                    "rank": rank + number,
                    "res_model": self.res_model,
                    "res_id": self.res_id,
                }
            )
            for number, user in enumerate(users, 1)
        ]
