from collections import Counter

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine import handover

#: What people may write; all else is what happened.
WRITABLE = {"successor_id", "note", "line_ids", "message_follower_ids"}


class ScrmHandover(models.Model):
    """Somebody leaves: what ends with that, and who takes over what there is.

    Prepared ahead with a successor and wishes, or made at the moment at which a user
    is archived, by whatever way; either way it is the record of it afterwards.
    """

    _name = "scrm.handover"
    _inherit = ["mail.thread"]
    _description = "Handover of a Leaver"
    _order = "id desc"
    _rec_name = "name"

    name = fields.Char(
        readonly=True, required=True, help="Of the leaver, as it was then."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Who Leaves",
        required=True,
        index=True,
        ondelete="cascade",
        context={"active_test": False},
    )
    successor_id = fields.Many2one(
        "res.users",
        string="Successor",
        domain="[('share', '=', False), ('id', '!=', user_id)]",
        help="Gets everything this person can have. Empty: each thing goes to whom "
        "its rule names, else to the superior, the leader of its team, or a pool.",
    )
    note = fields.Text()
    state = fields.Selection(
        [("draft", "Planned"), ("done", "Done")],
        required=True,
        default="draft",
        readonly=True,
    )
    done_at = fields.Datetime(readonly=True)
    done_by_id = fields.Many2one("res.users", string="Done by", readonly=True)
    line_ids = fields.One2many(
        "scrm.handover.line", "handover_id", string="Handed Over"
    )
    nobody_count = fields.Integer(compute="_compute_nobody_count")
    ended = fields.Json(
        "Ended Access", readonly=True, help="How many of what ended, by key."
    )
    ended_text = fields.Text(compute="_compute_ended_text", string="Ended")

    _planned_once = models.UniqueIndex(
        "(user_id) WHERE state = 'draft'", "This person's handover is planned already."
    )

    @api.depends("line_ids.by")
    def _compute_nobody_count(self):
        for one in self:
            lines = one.line_ids.filtered(lambda line: line.by == handover.NOBODY)
            one.nobody_count = sum(lines.mapped("count"))

    @api.depends("ended")
    @api.depends_context("lang")
    def _compute_ended_text(self):
        labels = self.env["res.users"]._scrm_access_labels()
        for one in self:
            one.ended_text = "\n".join(
                self.env._(
                    "%(what)s: %(number)s", what=labels.get(key, key), number=number
                )
                for key, number in (one.ended or {}).items()
            )

    @api.constrains("successor_id")
    def _check_successor_id(self):
        for one in self:
            successor = one.successor_id
            if successor and (successor == one.user_id or not successor.active):
                raise UserError(
                    self.env._(
                        "Successor: %s leaves, too, and can take nothing over.",
                        successor.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # sudo: only the name, which stays when the user is renamed
            user = self.env["res.users"].sudo().browse(vals.get("user_id"))
            vals["name"] = user.name
            if not self.env.su and vals.keys() - WRITABLE - {"name", "user_id"}:
                raise AccessError(self.env._("What happened is not written by hand."))
        plans = super().create(vals_list)
        plans.filtered(lambda one: one.state == "draft").action_plan()
        return plans

    def write(self, vals):
        if not self.env.su:
            if vals.keys() - WRITABLE:
                raise AccessError(self.env._("What happened is not written by hand."))
            if any(one.state == "done" for one in self) and vals.keys() - {"note"}:
                raise UserError(self.env._("This handover is done."))
        result = super().write(vals)
        if "successor_id" in vals:
            self.action_plan()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if any(one.state == "done" for one in self):
            raise UserError(self.env._("The record of a handover cannot be deleted."))

    # What people do ----------------------------------------------------------

    def action_plan(self):
        """Look anew at what there is, and who would get it."""
        self.check_access("write")
        # sudo: how much of what somebody has, for who may archive users
        for one in self.sudo().filtered(lambda one: one.state == "draft"):
            wishes = one._wishes()
            one._store(one._plan())
            for line in one.line_ids:
                found = {wishes.get((line.kind, number)) for number in line.res_ids}
                if len(found) == 1:
                    line.chosen_id = found.pop()
        return True

    def action_apply(self):
        """End this person's access now and hand everything over.

        :raise AccessError: the caller may not archive users
        """
        self.check_access("write")
        for one in self:
            if one.state == "done":
                raise UserError(self.env._("This handover is done."))
            if one.user_id.active:
                one.user_id.action_archive()
            else:
                one.sudo()._carry_out()  # sudo: whoever may write the plan
        return True

    # How it happens ----------------------------------------------------------

    @api.model
    def _leave(self, users):
        """These users have been archived: end their access, hand everything over.

        :param users: ``res.users``, inactive by now
        """
        # sudo: it follows from archiving, whoever may do that
        plans = self.sudo().with_context(active_test=False)
        planned = plans.search([("user_id", "in", users.ids), ("state", "=", "draft")])
        for user in users.sudo():
            plan = planned.filtered(lambda one, user=user: one.user_id == user)
            if not plan and user.share and not self._has_anything(user):
                user._scrm_end_access()
                continue  # a customer without any work needs no record of it
            plan = plan or plans.create({"user_id": user.id, "state": "done"})
            plan._carry_out()

    @api.model
    def _has_anything(self, user):
        return any(kind._held(user) for kind in self.env["scrm.handover.kind"]._kinds())

    @api.model
    def _cron_again(self):
        """Hand over what has reached leavers since.

        Somebody may have given them a thing while they were being archived, by a
        snapshot in which they were still there; and what nobody could take over may
        find somebody by now.
        """
        done = self.search([("state", "=", "done"), ("user_id.active", "=", False)])
        for user, handovers in done.grouped("user_id").items():
            last = handovers[:1]
            shares = {
                kind: [share for share in found if share.by != handover.NOBODY]
                for kind, found in last._plan().items()
            }
            shares = {kind: found for kind, found in shares.items() if found}
            if shares:
                values = {"user_id": user.id, "successor_id": last.successor_id.id}
                self.create({**values, "state": "done"})._carry_out(shares)
            self.env["ir.cron"]._commit_progress(1)

    def _carry_out(self, shares=None):
        """End the access and give everything away.

        :param shares: what goes to whom; everything, by the rules, when left out
        """
        self.ensure_one()
        if shares is None:
            shares = self._plan()
        self._store(shares)
        self.write(
            {
                "state": "done",
                "done_at": self.env["scrm.clock"].now(),
                "done_by_id": self.env.uid,
                "ended": self.user_id._scrm_end_access(),
            }
        )
        for kind in self.env["scrm.handover.kind"]._kinds():
            kind._give(shares.get(kind._kind_key(), []), self.user_id)
        self._tell()

    def _plan(self) -> dict[str, list[handover.Share]]:
        """Who gets what: {key of a kind: shares}."""
        self.ensure_one()
        wishes = self._wishes()
        plan = {}
        for kind in self.env["scrm.handover.kind"]._kinds():
            held = kind._held(self.user_id)
            if held:
                plan[kind._kind_key()] = self._shares(kind, held, wishes, plan)
        return plan

    def _wishes(self) -> dict:
        """Whom the planner chose: {(key of a kind, id of a record): ``res.users``}."""
        return {
            (line.kind, number): line.chosen_id
            for line in self.line_ids
            if line.chosen_id
            for number in line.res_ids
        }

    def _shares(self, kind, held, wishes, plan):
        leaver, users = self.user_id, self.env["res.users"]
        if kind._ends:
            return [handover.Share(record, users, "ends") for record in held]
        own = kind._own_proposals(held, leaver, plan)
        superiors = leaver._scrm_superiors()
        managers = self._managers()
        taken = Counter()
        shares = []
        for record in held:
            key, named, note = own.get(record.id, ("rule", users, None))
            proposals = [
                ("chosen", wishes.get((kind._kind_key(), record.id), users)),
                ("work", named if key == "work" else users),
                ("colleagues", named if key == "colleagues" else users),
                ("successor", self.successor_id),
                ("rule", named if key == "rule" else users),
                ("superior", superiors),
                ("leader", kind._leaders(record, leaver)),
                ("pool", self._pool(kind._company(record))),
                ("keeper", kind._keepers(record) | managers),
            ]

            def is_able(person_id, record=record):
                person = users.browse(person_id)
                return (
                    person != leaver and person.active and kind._is_able(record, person)
                )

            by, person_id = handover.pick(
                [(key, people.ids) for key, people in proposals], is_able, taken
            )
            person = users.browse(person_id or ())
            note = note if by == key else None
            shares.append(handover.Share(record, person, by, note))
        return shares

    @api.model
    def _pool(self, company):
        """Who takes over from leavers when nobody nearer can."""
        pools = self.env["scrm.flow.backup.pool"].search(
            [
                ("takes_over", "=", True),
                ("company_id", "in", [False, *company.ids]),
            ]
        )
        return (pools.user_ids | pools.group_id.all_user_ids).sorted("id")

    @api.model
    def _managers(self):
        """The house itself: flow managers, never the machine."""
        managers = self.env.ref("scrm_flow.group_manager").all_user_ids
        return managers.filtered(lambda user: user.id != SUPERUSER_ID).sorted("id")

    def _store(self, shares):
        """Keep who gets what, a line for each kind, person and reason."""
        self.ensure_one()
        rows = {}
        for kind, kind_shares in shares.items():
            for share in kind_shares:
                key = (kind, share.by, share.person.id)
                rows.setdefault(key, []).append(share.record.id)
        self.line_ids.unlink()
        self.env["scrm.handover.line"].create(
            [
                {
                    "handover_id": self.id,
                    "kind": kind,
                    "by": by,
                    "person_id": person_id,
                    "res_ids": ids,
                    "count": len(ids),
                }
                for (kind, by, person_id), ids in rows.items()
            ]
        )

    def _tell(self):
        """Leave the result where it is found, and tell who has to care."""
        self.ensure_one()
        author = self.env.user.partner_id
        if self.env.user._is_internal() and self.env.uid != SUPERUSER_ID:
            self.message_subscribe(author.ids)
        if self.nobody_count:
            managers = self._managers()
            self.message_notify(
                partner_ids=managers.partner_id.ids,
                subject=self.env._(
                    "%(name)s has left, and nobody could take over %(number)s things",
                    name=self.name,
                    number=self.nobody_count,
                ),
                body=self.env._("Open the handover and give them to somebody."),
            )
