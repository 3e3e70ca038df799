from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

#: What cannot change once the plan has settled anything: it would pay again, pay
#: somebody else, or make sealed records unreadable.
FIXED = ("key", "company_id", "currency_id", "event", "payee_node_key")


class ScrmSettlementPlan(models.Model):
    """Who is paid for what: the head of a plan; the rules are in its versions."""

    _name = "scrm.settlement.plan"
    _description = "Settlement Plan"
    _inherit = ["scrm.key.mixin", "mail.thread"]
    _order = "key"
    _check_company_auto = True

    key = fields.Char(required=True, tracking=True)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        tracking=True,
    )
    template_ids = fields.Many2many(
        "scrm.ticket.template",
        "scrm_settlement_plan_template_rel",
        string="Ticket Templates",
        help="Tickets of these templates are settled. Empty: all tickets.",
    )
    event = fields.Selection(
        [
            ("ticket_done", "Ticket done"),
            ("ticket_paid", "Ticket done and paid"),
            ("stage_done", "Stage finished"),
            ("compensation", "Compensation granted"),
        ],
        string="Basis",
        required=True,
        default="ticket_done",
        help="What makes an amount due, and the day it belongs to. Done and paid: the "
        "day of the later of both, the work and the customer's money. Stage finished: "
        "each time a person completes a step, from the day the plan is made; "
        "“stage” as the node that is paid means whoever completed it. Compensation "
        "granted: paid to “customer”.",
    )
    payee_node_key = fields.Char(
        "Paid to who completed",
        required=True,
        tracking=True,
        help="Key of the flow node whose handler is paid; “supplier”: who delivered "
        "the device of the ticket.",
    )
    payee_node_name = fields.Char("Paid to", compute="_compute_payee_node_name")
    rework = fields.Selection(
        [
            ("difference", "Only the difference"),
            ("again", "Paid again"),
            ("nothing", "Not paid"),
        ],
        "Reopened Work Is",
        required=True,
        default="difference",
        help="When a ticket that was settled is reopened and done again. Only the "
        "difference: the last result counts, what was paid before is deducted, also "
        "from somebody else who was paid for it.",
    )
    posting = fields.Selection(
        selection=lambda self: self.env["scrm.settlement.posting"]._selection(),
        string="Posted as",
        required=True,
        default="vendor_bill",
        tracking=True,
        help="What a statement becomes in the books. Payroll entry: for own "
        "employees. Customer invoice: the payee owes us the amounts, such as a "
        "franchise fee.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        domain="[('type', 'in', {'vendor_bill': ['purchase'], 'customer_invoice': "
        "['sale']}.get(posting, ['general'])), ('company_id', '=', company_id)]",
        check_company=True,
        help="Empty: the company's first purchase journal for bills, its first sales "
        "journal for invoices.",
    )
    wages_account_id = fields.Many2one(
        "account.account",
        "Wages Payable",
        domain="[('reconcile', '=', True), "
        "('account_type', 'in', ('liability_payable', 'liability_current'))]",
        ondelete="restrict",
        check_company=True,
        help="Takes what employees are still owed; it must allow reconciliation.",
    )
    is_instant_offered = fields.Boolean(
        "Offer Instant Payout",
        help="Payees may choose to be paid at once; a fee is deducted.",
    )
    instant_fee_percent = fields.Float(
        "Fee (%)", min_display_digits=2, help="Of the statement's total."
    )
    instant_fee_product_id = fields.Many2one(
        "product.product",
        "Fee Product",
        ondelete="restrict",
        check_company=True,
        help="Product of the fee's line on the bill; its account takes the fee.",
    )
    payout_provider_id = fields.Many2one(
        "scrm.settlement.provider",
        "Paid Out by",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="Posted statements are ordered from this provider: instant ones at once, "
        "the others at the end of the month. Empty: paid by hand.",
    )
    is_signature_required = fields.Boolean(
        "Payee Signs",
        help="A statement is approved only after its payee has signed it on the "
        "portal.",
    )
    approve_above = fields.Monetary(
        "Senior Approval from",
        help="Statements of this amount and more are approved by a senior approver. "
        "0: by any accountant who did not prepare them.",
    )
    minimum_payout = fields.Monetary(
        help="Less than this is carried forward to the payee's next statement."
    )
    negative = fields.Selection(
        [
            ("carry", "Deducted from the next statement"),
            ("refund", "Claimed back by a credit note"),
        ],
        "When the Payee Owes",
        required=True,
        default="carry",
        help="What happens when corrections take more than the period earned.",
    )
    retention_percent = fields.Float(
        "Held Back (%)",
        min_display_digits=2,
        help="Part of each statement that is paid later, as a security.",
    )
    retention_days = fields.Integer(
        "Released After (Days)",
        default=90,
        help="Counted from the last day of the statement's period; released with the "
        "first statement that ends on that day or later.",
    )
    retention_account_id = fields.Many2one(
        "account.account",
        "Retention Account",
        ondelete="restrict",
        check_company=True,
        help="Liability that takes what is held back.",
    )
    version_ids = fields.One2many(
        "scrm.settlement.plan.version", "plan_id", "Versions", copy=True
    )
    record_count = fields.Integer(compute="_compute_record_count")

    _key_unique = models.Constraint(
        "UNIQUE (key)", "The key of a settlement plan must be unique."
    )

    _fee_percent = models.Constraint(
        "CHECK (instant_fee_percent >= 0 AND instant_fee_percent < 100)",
        "The fee of an instant payout is from 0 to less than 100 percent.",
    )

    _amounts = models.Constraint(
        "CHECK (minimum_payout >= 0 AND approve_above >= 0 AND retention_days >= 0"
        " AND retention_percent >= 0 AND retention_percent < 100)",
        "Amounts and retention cannot be negative, and not all can be held back.",
    )

    @api.constrains(
        *("posting", "journal_id", "wages_account_id"),
        *("payout_provider_id", "is_instant_offered", "retention_percent"),
    )
    def _check_posting(self):
        for plan in self:
            kind = plan._posting_kind()
            unfit = {
                # sudo: of what type they are, nothing else
                "journal_id": plan.sudo().journal_id.type
                not in (False, kind._journal_type),
                "wages_account_id": plan.wages_account_id
                and not plan.wages_account_id.sudo().reconcile,
                "payout_provider_id": plan.payout_provider_id and not kind._pays_out,
                "is_instant_offered": plan.is_instant_offered and kind._charges,
                "retention_percent": plan.retention_percent and kind._charges,
            }
            if name := next((name for name, is_unfit in unfit.items() if is_unfit), 0):
                raise ValidationError(
                    self.env._(
                        "“%(plan)s” is posted as %(posting)s: %(field)s does not fit.",
                        plan=plan.name,
                        posting=self.env._(kind._label),
                        field=plan._fields[name]._description_string(self.env),
                    )
                )

    @api.constrains("retention_percent", "retention_account_id")
    def _check_retention(self):
        for plan in self:
            if plan.retention_percent and not plan.retention_account_id:
                raise ValidationError(
                    self.env._(
                        "“%(plan)s” holds back a part: choose the account that takes "
                        "it.",
                        plan=plan.name,
                    )
                )

    @api.constrains("is_instant_offered", "instant_fee_product_id")
    def _check_instant(self):
        for plan in self:
            if plan.is_instant_offered and not plan.instant_fee_product_id:
                raise ValidationError(
                    self.env._(
                        "“%(plan)s” offers instant payout: choose the product of its "
                        "fee.",
                        plan=plan.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        plans = super().create(vals_list)
        self.env.registry.clear_cache()
        return plans

    @api.depends("payee_node_key", "template_ids.flow_id")
    @api.depends_context("lang")
    def _compute_payee_node_name(self):
        """The step as the newest flow names it; the key when no flow has it."""
        special = {
            "supplier": self.env._("Supplier of the device"),
            "stage": self.env._("Whoever completed the stage"),
            "customer": self.env._("The customer"),
        }
        # sudo: names of steps, for managers and accountants who read no flows
        nodes = self.env["scrm.flow.node"].sudo()
        for plan in self:
            key = plan.payee_node_key
            domain = [("key", "=", key)]
            if flows := plan.sudo().template_ids.flow_id:
                domain.append(("version_id.flow_id", "in", flows.ids))
            node = nodes.search(domain, order="id desc", limit=1) if key else nodes
            plan.payee_node_name = node.name or special.get(key, key)

    def _compute_record_count(self):
        counts = dict(
            self.env["scrm.settlement.record"]._read_group(
                [("plan_id", "in", self.ids)], ["plan_id"], ["__count"]
            )
        )
        for plan in self:
            plan.record_count = counts.get(plan, 0)

    def write(self, vals):
        self.check_access("write")
        before = {plan: plan._fixed() for plan in self}
        result = super().write(vals)
        if {"event", "active", "company_id", "template_ids"} & vals.keys():
            self.env.registry.clear_cache()
        for plan, values in before.items():
            if any(plan.version_ids.mapped("frozen")) and values != plan._fixed():
                raise UserError(
                    self.env._(
                        "“%(plan)s” has been used to settle: its key, company, "
                        "currency, basis and payee, and who owes whom, cannot change "
                        "any more. Make a new plan.",
                        plan=plan.name,
                    )
                )
        return result

    def _posting_kind(self):
        return self.env["scrm.settlement.posting"]._kind(self.posting)

    def _fixed(self):
        return [self._posting_kind()._charges, *(self[name] for name in FIXED)]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for plan in self:
            if any(plan.version_ids.mapped("frozen")):
                raise UserError(
                    self.env._(
                        "“%(plan)s” has been used to settle: archive it instead of "
                        "deleting it.",
                        plan=plan.name,
                    )
                )

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    @tools.ormcache("event", "company_id")
    def _event_templates(self, event, company_id):
        """Keys of the templates of which such events are settled; empty text: of all.

        Asked at every step of every ticket, so it is remembered.
        """
        plans = self.sudo().search(  # sudo: whether there is such a plan
            [("company_id", "=", company_id), ("event", "=", event)]
        )
        return frozenset(
            key for plan in plans for key in plan.template_ids.mapped("key") or [""]
        )

    # Settling

    def settle(self, interim=False):
        """Settle all facts in the scope of these plans that are not yet settled.

        Running it again changes nothing and adds only what is new. Results of a
        period are settled when it has ended, or earlier as interim results.

        :param bool interim: also settle periods that have not ended
        :return: ``{"created": number of new records,
            "problems": [{"plan", "fact", "reason"}]}``
        :raise AccessError: the user is neither plan manager nor accountant
        """
        self._check_may_settle()
        created, problems = 0, []
        # The amounts belong to the payees, the accountant need not be allowed to
        # read their tickets or partners: only frozen facts are read.
        for plan in self.sudo():
            for records, faults in (
                *plan._settle_all_facts(),
                *plan._settle_all_periods(interim=interim),
            ):
                created += len(records)
                problems += faults
        return {"created": created, "problems": problems}

    def action_settle(self):
        """Button: settle, and say what came of it."""
        outcome = self.settle()
        lines = [
            self.env._("%(count)s new records.", count=outcome["created"]),
            *(f"{fault['fact']}: {fault['reason']}" for fault in outcome["problems"]),
        ]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Settlement"),
                "message": "\n".join(lines[:20]),
                "type": "warning" if outcome["problems"] else "success",
                "sticky": bool(outcome["problems"]),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_view_records(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "scrm_settlement.scrm_settlement_record_action"
        )
        return {**action, "domain": [("plan_id", "=", self.id)]}

    def _check_may_settle(self):
        user = self.env.user
        if not self.env.su and not (
            user.has_group("scrm_settlement.group_manager")
            or user.has_group("scrm_settlement.group_accountant")
        ):
            self.check_access("write")
        self.check_access("read")
