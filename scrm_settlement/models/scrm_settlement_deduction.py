from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date


class ScrmSettlementDeduction(models.Model):
    """What changes a statement's sum into what is paid out; a line on its bill.

    ``fee``
        of instant payout.
    ``advance``
        paid before, recovered now.
    ``retention``
        held back until a day.
    ``release``
        held back by an earlier statement, paid now.

    Only the statement's steps write deductions: they are made when it is confirmed
    and go when it goes back to draft or is reversed.
    """

    _name = "scrm.settlement.deduction"
    _description = "Settlement Deduction"
    _order = "statement_id, id"

    statement_id = fields.Many2one(
        "scrm.settlement.statement",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="statement_id.company_id", store=True)
    payee_id = fields.Many2one(related="statement_id.payee_id", store=True)
    currency_id = fields.Many2one(related="statement_id.currency_id")
    kind = fields.Selection(
        [
            ("fee", "Fee of instant payout"),
            ("advance", "Advance recovered"),
            ("retention", "Held back"),
            ("release", "Released"),
        ],
        required=True,
        readonly=True,
    )
    amount = fields.Monetary(
        required=True, readonly=True, help="Negative: deducted from what is paid."
    )
    account_id = fields.Many2one(
        "account.account", readonly=True, ondelete="restrict", check_company=True
    )
    product_id = fields.Many2one("product.product", readonly=True, ondelete="restrict")
    advance_id = fields.Many2one(
        "scrm.settlement.advance", readonly=True, ondelete="restrict", index=True
    )
    release_date = fields.Date(readonly=True)
    retained_id = fields.Many2one(
        "scrm.settlement.deduction", readonly=True, ondelete="restrict"
    )

    _retained_unique = models.UniqueIndex("(retained_id) WHERE retained_id IS NOT NULL")

    @api.depends("kind", "statement_id", "release_date", "retained_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        # sudo: the payee reads which advance or earlier statement it is about
        for row in self.sudo():
            name = labels.get(row.kind, "")
            if row.kind == "retention" and row.release_date:
                name = self.env._(
                    "%(kind)s until %(day)s",
                    kind=name,
                    day=format_date(self.env, row.release_date),
                )
            elif row.kind == "advance" and row.advance_id:
                name = f"{name} ({row.advance_id.name})"
            elif row.kind == "release" and row.retained_id:
                name = f"{name} ({row.retained_id.statement_id.name})"
            row.display_name = name

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise self._own_error()

    def write(self, vals):  # pylint: disable=method-required-super
        raise self._own_error()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_by_statement(self):
        raise self._own_error()

    @api.model
    def _make(self, vals_list):
        return super().create(vals_list)

    def _drop(self):
        """Delete by the statement's own step; what was released since stays."""
        if self.search_count([("retained_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._("What was held back has been released by a later statement.")
            )
        if self:
            self.env.execute_query(
                SQL(
                    "DELETE FROM scrm_settlement_deduction WHERE id IN %s RETURNING id",
                    tuple(self.ids),
                )
            )
            self.env.invalidate_all()

    def _own_error(self):
        return UserError(
            self.env._("Deductions are made by confirming the statement, not by hand.")
        )
