from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import formatLang


class ScrmSettlementTarget(models.Model):
    """What settlement may cost in a region, watched month by month.

    When every one of the last months is above the target, the responsible person is
    warned, with another scheme and what it would have cost: tiers by price that would
    have met the target.
    """

    _name = "scrm.settlement.target"
    _description = "Settlement Cost Target"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _rec_name = "region"
    _order = "region, id"
    _check_company_auto = True

    plan_id = fields.Many2one(
        "scrm.settlement.plan", required=True, ondelete="cascade", tracking=True
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    currency_id = fields.Many2one(related="plan_id.currency_id")
    region = fields.Char(required=True, tracking=True)
    percent = fields.Float(
        "Target (%)",
        required=True,
        min_display_digits=2,
        tracking=True,
        help="What the plan pays, in percent of the revenue of the region's tickets.",
    )
    months = fields.Integer(
        "Warn After (Months)",
        required=True,
        default=3,
        help="So many months in a row above the target.",
    )
    user_id = fields.Many2one(
        "res.users", "Responsible", default=lambda self: self.env.user
    )
    warned_month = fields.Date(readonly=True, copy=False)
    state = fields.Selection(
        [("kept", "Kept"), ("over", "Above Target")],
        readonly=True,
        default="kept",
        copy=False,
    )
    proposal = fields.Text(readonly=True, copy=False)
    history = fields.Text("Month by Month", compute="_compute_history")

    _percent_positive = models.Constraint(
        "CHECK (percent > 0 AND months > 0)",
        "The target and the number of months are above zero.",
    )

    def _months_past(self):
        """(first day, cost, revenue) of the last full months, oldest first."""
        self.ensure_one()
        today = self.plan_id._today().replace(day=1)
        start = fields.Date.subtract(today, months=max(self.months, 6))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT date_trunc('month', board.day)::date, SUM(paid.amount),
                       SUM(board.revenue)
                  FROM (%s) board
                  JOIN (SELECT fact.source_id, SUM(record.amount) AS amount
                          FROM scrm_settlement_record record
                          JOIN scrm_settlement_fact fact ON fact.id = record.fact_id
                         WHERE record.plan_id = %s GROUP BY 1) paid
                    ON paid.source_id = board.ticket_id
                 WHERE board.region = %s AND board.company_id = %s
                   AND board.day >= %s AND board.day < %s
              GROUP BY 1 ORDER BY 1
                """,
                self.env["scrm.settlement.board"]._query(),
                self.plan_id.id,
                self.region,
                self.company_id.id,
                start,
                today,
            )
        )
        return [(day, cost or 0, revenue or 0) for day, cost, revenue in rows]

    @api.depends("plan_id", "region", "percent", "months")
    @api.depends_context("lang")
    def _compute_history(self):
        for target in self:
            # sudo: sums of records and facts for those who watch the target
            target.history = "\n".join(
                self.env._(
                    "%(month)s: %(cost)s of %(revenue)s, %(percent)s %%",
                    month=day.strftime("%Y-%m"),
                    cost=formatLang(self.env, cost, currency_obj=target.currency_id),
                    revenue=formatLang(
                        self.env, revenue, currency_obj=target.currency_id
                    ),
                    percent=f"{cost * 100 / revenue:.2f}" if revenue else "-",
                )
                for day, cost, revenue in (
                    target.sudo()._months_past() if target.plan_id else []
                )
            )

    @api.model
    def _cron_watch(self):
        """Look at every target once; warn where it was missed for too long."""
        self.search([("percent", ">", 0)]).action_watch()

    def action_watch(self):
        """Compare with the target now."""
        self.check_access("write")
        # sudo: sums of records and facts
        for target in self.sudo():
            past = target._months_past()[-target.months :]
            over = [row for row in past if row[1] * 100 > row[2] * target.percent]
            today = target.plan_id._today().replace(day=1)
            first = fields.Date.subtract(today, months=target.months)
            if len(over) < target.months or past[0][0] < first:
                target.state = "kept"
                continue
            target.state = "over"
            if target.warned_month == today:
                continue
            target.warned_month = today
            last = fields.Date.subtract(today, days=1)
            target.proposal = target._propose(first, last)
            target._warn()

    def _propose(self, first, last):
        """Another scheme and its simulated effect, in words; nothing of it is kept."""
        facts = self.plan_id._past_facts(first, last, self.region)
        revenue = sum(
            Decimal(str(fact["inputs"].get("price_total") or 0)) for fact in facts
        )
        paid = sum(self.plan_id._past_paid(facts).values(), Decimal(0))
        share = revenue * Decimal(str(self.percent)) / paid if paid else Decimal(100)
        savepoint = self.env.cr.savepoint()
        try:
            proposed = self.plan_id._propose_tiers(
                "price_total", first, last, 3, share, self.region
            )
            draft = self.plan_id._draft_tiers("price_total", proposed)
            found, _problems = self.plan_id._backtest(draft, first, last, self.region)
        except UserError as refusal:
            return str(refusal)
        finally:
            savepoint.rollback()
            savepoint.close(rollback=False)
            self.env.invalidate_all(flush=False)
        tried = sum(row[2] for row in found.values())

        def money(amount):
            return formatLang(self.env, float(amount), currency_obj=self.currency_id)

        return self.env._(
            "Instead of the present rules, tiers by price: %(tiers)s. From %(first)s "
            "to %(last)s they would have paid %(tried)s instead of %(paid)s, which is "
            "%(percent)s %% of the revenue.",
            tiers="; ".join(
                (f"{rule.name}: " if len(proposed) > 1 else "")
                + ", ".join(
                    f"{tier.above} – {tier.up_to or '∞'}: {tier.rate} %"
                    for tier in tiers
                )
                for rule, tiers in proposed.items()
            ),
            first=first,
            last=last,
            tried=money(tried),
            paid=money(paid),
            percent=f"{tried * 100 / revenue:.2f}" if revenue else "-",
        )

    def _warn(self):
        summary = self.env._(
            "%(region)s: settlement above %(percent)s %% for %(months)s months",
            region=self.region,
            percent=f"{self.percent:g}",
            months=self.months,
        )
        self.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=summary,
            note=self.proposal,
            user_id=self.user_id.id or self.env.uid,
        )
        body = f"{summary}. {self.proposal}"
        self.message_post(body=body)
