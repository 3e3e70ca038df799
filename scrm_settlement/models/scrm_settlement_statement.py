from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError

#: How many people a hint names.
NAMED = 5
#: What a signature consists of; all of it goes when it is void.
SIGNATURE = (
    *("signature", "signed_name", "signed_by_id", "signed_at", "signed_ip"),
    *("signed_digest", "document", "document_sha256", "is_sealed"),
)
#: What only the statement's own steps write.
STEPS = {
    "name",
    "state",
    "author_ids",
    "confirmed_by_id",
    "approved_by_id",
    "posted_by_id",
    "move_id",
    "record_ids",
    "payout",
    "payout_fee_percent",
    "posting_fault",
    "carried_into_id",
    "carried_ids",
    "deduction_ids",
    "reversal_move_id",
    "reversal_reason",
    "reversed_record_ids",
    "reversed_amount",
    "dispute_ids",
    *SIGNATURE,
}


class ScrmSettlementStatement(models.Model):
    """What one payee gets from one plan for one period.

    ``draft``
        prepared; its records may still grow, deleting it sets them free.
    ``confirmed``
        its records are fixed.
    ``approved``
        somebody who did not prepare it agrees.
    ``posted``
        the bill, invoice or entry is posted; it and the statement name each other.
    ``carried``
        too little to be paid: the payee's next statement takes it over.
    ``reversed``
        the bill was reversed; the records are free for another statement.
    """

    _name = "scrm.settlement.statement"
    _description = "Settlement Statement"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_to desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, readonly=True, copy=False)
    plan_id = fields.Many2one(
        "scrm.settlement.plan", required=True, readonly=True, ondelete="restrict"
    )
    plan_name = fields.Char("Plan Name", related="plan_id.name", related_sudo=True)
    payee_id = fields.Many2one(
        "res.partner", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, ondelete="restrict"
    )
    date_from = fields.Date("First Day", required=True, readonly=True)
    date_to = fields.Date("Last Day", required=True, readonly=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("confirmed", "Confirmed"),
            ("approved", "Approved"),
            ("posted", "Posted"),
            ("carried", "Carried Forward"),
            ("reversed", "Reversed"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
        index=True,
    )
    author_ids = fields.Many2many(
        "res.users",
        "scrm_settlement_statement_author_rel",
        string="Prepared by",
        readonly=True,
        copy=False,
    )
    confirmed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    posted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    posting_date = fields.Date(
        copy=False,
        help="Accounting date of the bill. Empty: the day of posting. Choose a "
        "later day when the period is locked.",
    )
    record_ids = fields.One2many(
        "scrm.settlement.record", "statement_id", readonly=True, copy=False
    )
    record_count = fields.Integer(compute="_compute_amount_total")
    amount_total = fields.Monetary("Amount", compute="_compute_amount_total")
    approval_fault = fields.Char(
        "Not Approved by You Because",
        compute="_compute_approval_fault",
        groups="scrm_settlement.group_accountant",
    )
    posting_fault = fields.Char(
        "Not Posted Because",
        readonly=True,
        copy=False,
        help="What kept this statement back when several were posted together.",
    )
    move_id = fields.Many2one(
        "account.move",
        "Journal Entry",
        readonly=True,
        copy=False,
        ondelete="restrict",
        groups="account.group_account_invoice,account.group_account_readonly",
    )

    _period = models.Constraint(
        "CHECK (date_from <= date_to)", "A period cannot end before it starts."
    )
    _move_unique = models.UniqueIndex("(move_id) WHERE move_id IS NOT NULL")
    _draft_unique = models.UniqueIndex(
        "(plan_id, payee_id, date_from, date_to) WHERE state = 'draft'"
    )

    def _compute_amount_total(self):
        totals = {
            statement.id: (amount, count)
            for statement, amount, count in self.env[
                "scrm.settlement.record"
            ]._read_group(
                [("statement_id", "in", self.ids)],
                ["statement_id"],
                ["amount:sum", "__count"],
            )
        }
        for statement in self:
            amount, count = totals.get(statement.id, (0.0, 0))
            statement.amount_total = statement.currency_id.round(amount)
            statement.record_count = count

    @api.depends("state", "author_ids", "signed_at", "dispute_ids.state")
    @api.depends_context("uid", "lang")
    def _compute_approval_fault(self):
        for statement in self:
            fault = False
            if statement.state == "confirmed":
                fault = statement._approver_fault()
                if fault:
                    fault = f"{fault} {statement._approvers_words()}"
                else:
                    fault = statement._dispute_fault() or statement._sign_fault()
            statement.approval_fault = fault

    # Only the steps below write what they own

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise UserError(self.env._("Statements are made by preparing a period."))

    def write(self, vals):
        self.check_access("write")
        if STEPS & vals.keys():
            raise UserError(
                self.env._("A statement changes only by its own steps and buttons.")
            )
        if "posting_date" in vals:
            self._expect_state("draft", "confirmed", "approved")
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        self._expect_state("draft")
        # sudo: the accountant may delete a draft but not write records
        self.env["scrm.settlement.record"].sudo()._release(self)

    def copy(self, default=None):  # pylint: disable=method-required-super
        raise UserError(self.env._("Statements are made by preparing a period."))

    @api.model
    def _make(self, vals):
        return super().create(vals)

    def _step(self, vals):
        return super().write(vals)

    # Steps

    def action_confirm(self):
        """Fix the records of these drafts.

        :raise UserError: not a draft, no records, or a record was altered
        """
        self._begin("draft")
        for statement in self:
            if not statement.record_ids and statement._is_carried():
                raise UserError(
                    self.env._("%(name)s has no records.", name=statement.name)
                )
            if not statement.record_ids.verify():
                raise UserError(
                    self.env._(
                        "%(name)s: a record is no longer what was computed. Nothing "
                        "can be paid on it.",
                        name=statement.name,
                    )
                )
        self._step({"state": "confirmed", "confirmed_by_id": self.env.uid})
        self._deduct()
        self.filtered("is_signature_required")._ask_to_sign()
        return True

    def action_draft(self):
        """Take back a confirmation that is not yet approved."""
        self._begin("confirmed")
        self._void_signature(self.env._("the statement went back to draft."))
        self._step({"state": "draft", "confirmed_by_id": False})
        self._drop_deductions()
        return True

    def action_approve(self):
        """Agree to what somebody else prepared.

        :raise AccessError: the user prepared the statement himself, or it is large
            and he is no senior approver
        :raise UserError: disputed, or not signed though the plan asks for it
        """
        self._begin("confirmed")
        self._check_undisputed()
        self._check_signed()
        for statement in self:
            if fault := statement._approver_fault():
                raise AccessError(fault)
        self._step({"state": "approved", "approved_by_id": self.env.uid})
        return True

    def _approver_fault(self):
        """Why this user may not approve this statement, False when he may."""
        if self.env.user in self.author_ids:
            return self.env._(
                "You prepared %(name)s: somebody else has to approve it.",
                name=self.name,
            )
        is_senior = self.env.user.has_group("scrm_settlement.group_approver")
        if self._is_large() and not is_senior:
            return self.env._(
                "%(name)s is %(limit)s or more: a senior approver has to approve it.",
                name=self.name,
                limit=self.currency_id.format(self.plan_id.approve_above),
            )
        return False

    def _is_large(self):
        limit = self.plan_id.approve_above
        return bool(limit) and self.net_amount >= limit

    def _approvers_words(self):
        """Who may approve this statement instead, by name."""
        role = "approver" if self._is_large() else "accountant"
        # sudo: the names of colleagues with this role
        group = self.env.ref(f"scrm_settlement.group_{role}").sudo()
        users = group.all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        names = (users - self.author_ids).sorted("name").mapped("name")
        if not names:
            return self.env._(
                "Nobody else has the role for it: ask an administrator to give it to "
                "somebody."
            )
        return self.env._(
            "It can be approved by: %(names)s",
            names=", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else ""),
        )

    def action_post(self):
        """Post each statement as its plan says; too little is carried forward.

        Of several statements those that cannot be posted say why and stay as they
        are, the others are posted.

        :return: the posted bills
        :raise UserError: not approved, or no statement can be posted: no journal, no
            currency rate, the accounting date is locked
        """
        self._begin("approved")
        carried = self.filtered(lambda statement: statement._is_carried())
        carried._step({"state": "carried", "posted_by_id": self.env.uid})
        faults = (self - carried)._bill_faults()
        if faults and len(faults) == len(self):
            raise UserError("\n".join(faults.values()))
        for statement, fault in faults.items():
            statement._step({"posting_fault": fault})
        statements = (self - carried).filtered(lambda one: one not in faults)
        moves = statements._create_bills()
        for statement, move in zip(statements, moves, strict=True):
            statement._step(
                {
                    "state": "posted",
                    "posted_by_id": self.env.uid,
                    "move_id": move.id,
                    "posting_fault": False,
                }
            )
        moves.action_post()
        statements._order_payouts()
        return moves

    def action_post_listed(self):
        """Button of the list: post, and say what was kept back and why."""
        moves = self.action_post()
        kept = self.filtered("posting_fault")
        lines = [
            self.env._("%(count)s bills posted.", count=len(moves)),
            *(one.posting_fault for one in kept[:20]),
        ]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Settlement"),
                "message": "\n".join(lines),
                "type": "warning" if kept else "success",
                "sticky": bool(kept),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _begin(self, *states):
        """Lock the rows, then look at what they are now."""
        self.check_access("write")
        self._lock_statement()
        self._expect_state(*states)

    def _lock_statement(self):
        try:
            self.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._("Somebody else is working on this statement right now.")
            ) from error
        self.invalidate_recordset(
            [
                *("state", "author_ids", "record_ids", "move_id"),
                *("payout", "payout_fee_percent", "carried_ids", "deduction_ids"),
                "waiting_release",
            ]
        )

    def _expect_state(self, *states):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for statement in self:
            if statement.state not in states:
                raise UserError(
                    self.env._(
                        "%(name)s is %(state)s; this needs it to be %(states)s.",
                        name=statement.name,
                        state=labels[statement.state],
                        states=" / ".join(labels[state] for state in states),
                    )
                )
