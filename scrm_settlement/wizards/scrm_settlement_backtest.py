from odoo import fields, models
from odoo.fields import Command

#: Problems that are listed.
SHOWN = 20


class ScrmSettlementBacktest(models.TransientModel):
    """A version of a plan over past facts: who gains, who loses, and the total."""

    _name = "scrm.settlement.backtest"
    _inherit = "scrm.wizard.mixin"
    _description = "Settlement Backtest"

    plan_id = fields.Many2one(related="version_id.plan_id")
    version_id = fields.Many2one(
        "scrm.settlement.plan.version", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="version_id.currency_id")
    date_from = fields.Date(
        "First Day",
        required=True,
        default=lambda self: fields.Date.subtract(
            self.env["scrm.clock"].today().replace(day=1), months=3
        ),
    )
    date_to = fields.Date(
        "Last Day",
        required=True,
        default=lambda self: fields.Date.subtract(
            self.env["scrm.clock"].today().replace(day=1), days=1
        ),
    )
    line_ids = fields.One2many("scrm.settlement.backtest.line", "backtest_id")
    is_run = fields.Boolean()
    paid_total = fields.Monetary("Was Paid", readonly=True)
    tried_total = fields.Monetary("Would Be Paid", readonly=True)
    difference = fields.Monetary(readonly=True)
    winner_count = fields.Integer("Gain", readonly=True)
    loser_count = fields.Integer("Lose", readonly=True)
    problems = fields.Text(readonly=True)

    def action_run(self):
        """Compute; nothing is stored but this comparison."""
        self.ensure_one()
        self.version_id.check_access("read")
        # sudo: settlement staff compare amounts; facts and partners stay unread
        plan = self.sudo().version_id.plan_id
        found, problems = plan._backtest(self.version_id, self.date_from, self.date_to)
        lines = [
            {
                "payee_id": payee,
                "fact_count": count,
                "paid": float(paid),
                "tried": float(tried),
                "difference": float(tried - paid),
                "outcome": "gain"
                if tried > paid
                else "loss"
                if tried < paid
                else "same",
            }
            for payee, (count, paid, tried) in sorted(
                found.items(), key=lambda item: item[1][2] - item[1][1]
            )
        ]
        self.write(
            {
                "line_ids": [Command.clear(), *map(Command.create, lines)],
                "is_run": True,
                "paid_total": sum(line["paid"] for line in lines),
                "tried_total": sum(line["tried"] for line in lines),
                "difference": sum(line["difference"] for line in lines),
                "winner_count": sum(line["outcome"] == "gain" for line in lines),
                "loser_count": sum(line["outcome"] == "loss" for line in lines),
                "problems": "\n".join(problems[:SHOWN]),
            }
        )
        return self._reopen()

    def _reopen(self):
        return self._stay_open(self.env._("Backtest"))

    def action_chart(self):
        """The distribution of gains and losses as a chart."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Backtest"),
            "res_model": "scrm.settlement.backtest.line",
            "view_mode": "graph,list",
            "domain": [("backtest_id", "=", self.id)],
        }


class ScrmSettlementBacktestLine(models.TransientModel):
    """One payee: what was paid, what would be."""

    _name = "scrm.settlement.backtest.line"
    _description = "Settlement Backtest Line"
    _order = "difference, id"

    backtest_id = fields.Many2one(
        "scrm.settlement.backtest", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="backtest_id.currency_id")
    payee_id = fields.Many2one("res.partner", readonly=True)
    fact_count = fields.Integer("Facts", readonly=True)
    paid = fields.Monetary("Was Paid", readonly=True)
    tried = fields.Monetary("Would Be Paid", readonly=True)
    difference = fields.Monetary(readonly=True)
    outcome = fields.Selection(
        [("gain", "Gains"), ("same", "Same"), ("loss", "Loses")],
        string="For the Payee",
        readonly=True,
    )
