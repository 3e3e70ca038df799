from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ..engine.money import decimal, round_to, text


class ScrmSettlementRecord(models.Model):
    """One amount for one payee, with everything that led to it.

    Unique per plan, component, payee, source and revision: running a settlement
    again can never pay a second time. Only the link to a statement is set later,
    by the statement itself.
    """

    _name = "scrm.settlement.record"
    _description = "Settlement Record"
    _inherit = ["scrm.settlement.sealed"]
    _order = "basis_date, id"
    _rec_name = "source_name"

    fact_id = fields.Many2one(
        "scrm.settlement.fact",
        readonly=True,
        ondelete="restrict",
        index=True,
        groups="scrm_settlement.group_user",
        help="None for the result of a period.",
    )
    plan_id = fields.Many2one(
        "scrm.settlement.plan", required=True, readonly=True, ondelete="restrict"
    )
    version_id = fields.Many2one(
        "scrm.settlement.plan.version",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    component_id = fields.Many2one(
        "scrm.settlement.component", required=True, readonly=True, ondelete="restrict"
    )
    component_key = fields.Char(required=True, readonly=True)
    rule_id = fields.Many2one(
        "scrm.settlement.rule", required=True, readonly=True, ondelete="restrict"
    )
    payee_id = fields.Many2one(
        "res.partner", required=True, readonly=True, ondelete="restrict", index=True
    )
    source_key = fields.Char(required=True, readonly=True)
    source_name = fields.Char(required=True, readonly=True)
    revision = fields.Integer(required=True, readonly=True)
    basis_date = fields.Date(required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    computed_at = fields.Datetime(required=True, readonly=True)
    inputs = fields.Json(required=True, readonly=True)
    steps = fields.Json(required=True, readonly=True)
    parts = fields.Json(
        readonly=True,
        help="Cost centres and their parts of the amount; empty: as the component "
        "says.",
    )
    statement_id = fields.Many2one(
        "scrm.settlement.statement",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    component_name = fields.Char(compute="_compute_explanation", compute_sudo=True)
    explanation = fields.Text(compute="_compute_explanation", compute_sudo=True)
    parts_used = fields.Char(
        compute="_compute_parts_used",
        compute_sudo=True,  # of what the payee is paid for
        help="Spare parts that were used, as they were when the ticket was done.",
    )

    # the source stands early: what a source was settled is looked up by it, too
    _source_unique = models.UniqueIndex(
        "(plan_id, source_key, component_key, payee_id, revision)"
    )
    _unbilled_index = models.Index("(plan_id, basis_date) WHERE statement_id IS NULL")

    # Seal

    @api.model
    def _content(self, *, basis_date, amount, parts=None, **values):
        """What the digest of a record covers."""
        return {
            **values,
            **({"parts": parts} if parts else {}),
            "basis_date": basis_date.isoformat(),
            "amount": text(amount),
        }

    def _sealed(self):
        record = self.sudo()  # keys of the plan's parts, hashed only
        step = decimal(record.currency_id.rounding)
        return self._content(
            plan=record.plan_id.key,
            version=record.version_id.number,
            component=record.component_key,
            rule=record.rule_id.key,
            payee=record.payee_id.id,
            source=record.source_key,
            revision=record.revision,
            basis_date=record.basis_date,
            amount=round_to(decimal(record.amount), step),
            currency=record.currency_id.name,
            inputs=record.inputs,
            steps=record.steps,
            parts=record.parts,
        )

    @api.depends("fact_id.inputs")
    def _compute_parts_used(self):
        for record in self:
            inputs = record.fact_id.inputs or {}
            record.parts_used = inputs.get("parts_used") or False

    # Words

    @api.depends("steps", "inputs")
    @api.depends_context("lang")
    def _compute_explanation(self):
        # Computed with sudo: a payee reads the names of the rules that paid him,
        # not the plans themselves.
        words = self.env["scrm.settlement.words"]
        labels, read = words._labels(), words._reader()
        for record in self:
            record.component_name = record.component_id.name
            sentences = words._sentences(
                record.inputs,
                record.steps,
                labels,
                read,
                rule=record.rule_id.name,
                plan=record.plan_id.name,
                version=record.version_id.number,
            )
            amount = formatLang(
                self.env, record.amount, currency_obj=record.currency_id
            )
            sentences.append(self.env._("Amount: %(amount)s", amount=amount))
            record.explanation = "\n".join(sentences)

    # Statement

    @api.model
    def _claim(self, statement, domain_sql):
        """Put the unbilled records of a condition on a statement.

        Two transactions claiming the same record: the second has to retry.
        """
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE scrm_settlement_record SET statement_id = %s
                 WHERE statement_id IS NULL AND %s RETURNING id
                """,
                statement.id,
                domain_sql,
            )
        )
        self.invalidate_model(["statement_id"])
        statement.invalidate_recordset(["record_ids", "amount_total"])
        return self.browse(row[0] for row in rows)

    @api.model
    def _release(self, statements):
        """Take all records off these statements again."""
        self.env.execute_query(
            SQL(
                """
                UPDATE scrm_settlement_record SET statement_id = NULL
                 WHERE statement_id IN %s RETURNING id
                """,
                tuple(statements.ids),
            )
        )
        self.invalidate_model(["statement_id"])
        statements.invalidate_recordset(["record_ids", "amount_total"])

    def action_open_source(self):
        self.ensure_one()
        if not self.fact_id:
            raise UserError(
                self.env._("This is the result of a period, not of one ticket.")
            )
        return self.fact_id.action_open_source()
