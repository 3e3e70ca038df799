from markupsafe import Markup

from odoo import api, fields, models

#: Writing one of these on a ticket may change its price.
PRICE_TRIGGERS = frozenset(
    {
        "scrm_values",
        "template_id",
        "store_id",
        "partner_id",
        "team_id",
        "priority",
        "company_id",
        "channel_id",
        "category_id",
        "scrm_lot_id",
        "scrm_tier_id",
        "scrm_discount",
        "scrm_price_approval",
    }
)


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    scrm_price_line_ids = fields.One2many(
        "scrm.price.line", "ticket_id", "Price Lines", readonly=True, copy=False
    )
    scrm_price_currency_id = fields.Many2one(
        "res.currency",
        "Price Currency",
        compute="_compute_scrm_price",
        store=True,
        compute_sudo=True,
    )
    scrm_price_total = fields.Monetary(
        "Price",
        compute="_compute_scrm_price",
        store=True,
        compute_sudo=True,
        currency_field="scrm_price_currency_id",
    )
    scrm_price_enabled = fields.Boolean(related="template_id.price_enabled")
    scrm_price_message = fields.Char(
        "Price Note", compute="_compute_scrm_price_message", compute_sudo=True
    )

    @api.depends("scrm_price_line_ids.amount", "scrm_price_line_ids.currency_id")
    def _compute_scrm_price(self):
        for ticket in self:
            lines = ticket.scrm_price_line_ids
            ticket.scrm_price_currency_id = lines.currency_id[:1]
            ticket.scrm_price_total = sum(lines.mapped("amount"))

    @api.depends("scrm_price_line_ids", "scrm_values", "template_id")
    @api.depends_context("lang")
    def _compute_scrm_price_message(self):
        for ticket in self:
            table = ticket.template_id.price_table_id
            if not ticket.scrm_price_enabled or ticket.scrm_price_line_ids or not table:
                ticket.scrm_price_message = False
                continue
            ticket.scrm_price_message = ticket._scrm_price_fault(table)

    def _scrm_price_fault(self, table):
        """Why there is no price, in words."""
        _vals_list, fault = self._scrm_price_vals()
        if fault:
            return fault
        keys = dict.fromkeys(table.rule_ids.condition_ids.mapped("dimension"))
        dimensions = self.env["scrm.dimension"]
        definitions = dimensions._definitions(self._name)
        values = dimensions.values(self, keys)
        missing = [
            definitions[key].label
            for key, value in values.items()
            if value is None or value is False or value == ""
        ]
        if missing:
            return self.env._(
                "No price yet: %(fields)s has no value.", fields=", ".join(missing)
            )
        return self.env._(
            "No price: nothing in the price table applies to %(values)s.",
            values=", ".join(
                f"{definitions[key].label} {value}" for key, value in values.items()
            ),
        )

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        tickets._scrm_update_prices()
        return tickets

    def write(self, vals):
        result = super().write(vals)
        if PRICE_TRIGGERS & vals.keys():
            self._scrm_update_prices()
        return result

    def _scrm_start_flow(self):
        """Price the ticket first: its first gateway may ask for the price."""
        self._scrm_update_prices()
        return super()._scrm_start_flow()

    def _scrm_prices_open(self):
        """Whether the prices of this ticket may still change."""
        return self._scrm_not_done()

    def _scrm_not_done(self):
        self.ensure_one()
        runs = self.scrm_flow_run_ids
        return not runs or any(run.state in ("running", "incident") for run in runs)

    def _scrm_update_prices(self):
        """Compute the prices again; what has not changed is not written."""
        # sudo: a customer sees the price of his ticket, not the tables behind it
        for ticket in self.sudo():
            enabled = ticket.template_id.price_enabled
            if not enabled and not ticket.scrm_price_line_ids:
                continue
            if not ticket._scrm_prices_open():
                continue
            lines = ticket.scrm_price_line_ids
            vals_list = ticket._scrm_price_vals()[0] if enabled else []
            if len(lines) == len(vals_list) and all(
                line._same(vals)
                for line, vals in zip(lines.sorted("id"), vals_list, strict=True)
            ):
                continue
            lines.unlink()
            lines._store(ticket, vals_list)
            ticket.invalidate_recordset(["scrm_price_line_ids"])

    def _scrm_run_ended(self, run):
        """Freeze the fact that the ticket is done, and settle it at once."""
        result = super()._scrm_run_ended(run)
        # sudo: an engineer's last click settles by plans he may not read
        ticket = self.sudo()
        ticket._scrm_close_prices()
        fact = ticket.env["scrm.settlement.fact"]._freeze_ticket(ticket, run.sudo())
        problems = ticket.env["scrm.settlement.plan"]._settle_fact(fact)
        if problems:
            ticket._scrm_note_problems(problems)
        return result

    def _scrm_close_prices(self):
        """Make the prices final: the run has ended, unused parts are given back."""

    def _scrm_note_problems(self, problems):
        lines = Markup("").join(
            Markup("<li>%s: %s</li>") % (fault["plan"], fault["reason"])
            for fault in problems
        )
        self.message_post(
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (self.env._("Not settled yet:"), lines),
            subtype_xmlid="mail.mt_note",
        )
