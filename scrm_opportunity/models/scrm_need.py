from odoo import api, fields, models
from odoo.exceptions import UserError

FINANCE = (
    "scrm_opportunity.group_user,account.group_account_readonly,"
    "account.group_account_invoice"
)

#: Who may read all opportunities.
MANAGER = "scrm_opportunity.group_manager"


class ScrmNeedKind(models.Model):
    """A sort of need that sales hears of, and who takes care of it."""

    _name = "scrm.need.kind"
    _description = "Kind of Need"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    user_ids = fields.Many2many(
        "res.users",
        string="Operations",
        domain="[('share', '=', False)]",
        help="One of them gets a to-do: who has the fewest open needs.",
    )


class ScrmNeed(models.Model):
    """A need that somebody marked in a conversation with a customer.

    Sales marks it, operations get a to-do with what the customer has bought, finance
    sees the range of the budget, which operations do not.
    """

    _name = "scrm.need"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Need of a Customer"
    _order = "id desc"
    _rec_name = "kind_id"

    kind_id = fields.Many2one(
        "scrm.need.kind", string="Need", required=True, ondelete="restrict"
    )
    note = fields.Text(string="What Was Said")
    message_id = fields.Many2one(
        "mail.message",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        groups=MANAGER,
    )
    ticket_id = fields.Many2one("helpdesk.ticket", index="btree_not_null")
    lead_id = fields.Many2one(
        "crm.lead",
        string="Opportunity",
        index="btree_not_null",
        groups=MANAGER,
    )
    opportunity_id = fields.Many2one(
        "crm.lead",
        string="Opportunity You May Read",
        compute="_compute_opportunity_id",
        inverse="_inverse_opportunity_id",
        groups="sales_team.group_sale_salesman",
    )
    partner_id = fields.Many2one("res.partner", string="Customer", index=True)
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, required=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    budget_low = fields.Monetary(
        string="Budget from",
        compute="_compute_budget",
        store=True,
        readonly=False,
        precompute=True,
        groups=FINANCE,
        help="Of the customer's orders so far, unless somebody knows better.",
    )
    budget_high = fields.Monetary(
        string="Budget to",
        compute="_compute_budget",
        store=True,
        readonly=False,
        precompute=True,
        groups=FINANCE,
    )
    purchases = fields.Text(
        readonly=True, help="What the customer had bought when the need was marked."
    )
    marked_by_id = fields.Many2one(
        "res.users", readonly=True, default=lambda self: self.env.user
    )
    user_id = fields.Many2one("res.users", string="Operations", readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("done", "Done")], required=True, default="open"
    )

    _budget_order = models.Constraint(
        "CHECK(budget_low <= budget_high)", "The budget must go from low to high."
    )

    @api.depends("lead_id")
    @api.depends_context("uid")
    def _compute_opportunity_id(self):
        for need in self:
            # sudo: the link only; its end is shown to whom may read it
            lead = need.sudo().lead_id.with_env(self.env)
            need.opportunity_id = lead._filtered_access("read")

    def _inverse_opportunity_id(self):
        for need in self:
            need.opportunity_id.check_access("read")
            need.sudo().lead_id = need.opportunity_id  # just checked

    @api.depends("partner_id")
    def _compute_budget(self):
        for need in self:
            amounts = need._orders().mapped("amount_total")
            need.budget_low = min(amounts, default=0.0)
            need.budget_high = max(amounts, default=0.0)

    def _orders(self):
        """Confirmed orders of the customer, the newest first."""
        # sudo: a range for finance and a list for operations, no order is opened
        entity = self.partner_id.sudo().commercial_partner_id
        return (
            self.env["sale.order"]
            .sudo()
            .search(
                [
                    ("partner_id", "child_of", entity.ids or [0]),
                    ("state", "=", "sale"),
                ],
                order="date_order desc",
                limit=50,
            )
        )

    @api.model_create_multi
    def create(self, vals_list):
        needs = super().create(vals_list)
        message = self.env["mail.message"].browse(
            self.env.context.get("scrm_need_message_id")
        )
        if message:
            message.check_access("read")
            needs.sudo().message_id = message  # what is marked, just checked
        for need in needs:
            need._hand_over()
        return needs

    def _hand_over(self):
        """Give operations their to-do, with what the customer has bought."""
        self.ensure_one()
        # sudo: who marks a need hands it to people chosen by the manager
        need = self.sudo()
        if not need.partner_id:
            need.partner_id = need.ticket_id.partner_id or need.lead_id.partner_id
        lines = [
            f"{line.order_id.date_order:%Y-%m-%d} {line.product_id.display_name}"
            f" x {line.product_uom_qty:g}"
            for line in need._orders().order_line
            if line.product_id
        ]
        need.purchases = "\n".join(lines)
        people = need.kind_id.user_ids
        if people:
            counts = dict(
                need._read_group(
                    [("user_id", "in", people.ids), ("state", "=", "open")],
                    ["user_id"],
                    ["__count"],
                )
            )
            need.user_id = min(people, key=lambda user: (counts.get(user, 0), user.id))
            bought = self.env["ir.qweb"]._render(
                "scrm_opportunity.scrm_need_note", {"need": need, "lines": lines}
            )
            need.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=need.user_id.id,
                summary=f"{need.kind_id.name} – {need.partner_id.display_name or ''}",
                note=bought,
            )

    def action_done(self):
        """The need is met; its to-do is done."""
        self.check_access("write")
        for need in self:
            need.activity_ids.action_feedback()
        self.state = "done"
        return True

    @api.model
    def action_mark(self, message_id):
        """Open the form that marks a need in a message.

        :param message_id: id of a message of a ticket or an opportunity
        :raise UserError: the message belongs to neither
        """
        self.check_access("create")
        message = self.env["mail.message"].browse(message_id)
        message.check_access("read")
        names = {"helpdesk.ticket": "ticket_id", "crm.lead": "opportunity_id"}
        if message.model not in names:
            raise UserError(
                self.env._("Needs are marked in messages of tickets and opportunities.")
            )
        record = self.env[message.model].browse(message.res_id)
        record.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Mark a Need"),
            "res_model": "scrm.need",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "scrm_need_message_id": message.id,
                f"default_{names[message.model]}": record.id,
                "default_partner_id": record.partner_id.id,
                "default_note": message.preview,
            },
        }
