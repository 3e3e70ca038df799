from markupsafe import Markup

from odoo import fields, models
from odoo.tools.misc import formatLang

#: Rows that a preview lists.
SHOWN = 200


class ScrmSettlementPreview(models.TransientModel):
    """What a run would settle, to look at before it is started."""

    _name = "scrm.settlement.preview"
    _description = "Settlement Preview"

    run_id = fields.Many2one("scrm.settlement.run", required=True, ondelete="cascade")
    record_count = fields.Integer("New Records", readonly=True)
    totals = fields.Char(readonly=True)
    faults = fields.Text(related="run_id.faults")
    rows = fields.Html(readonly=True, sanitize=False)
    problems = fields.Text(readonly=True)

    def _fill(self, preview):
        """Show the outcome of ``ScrmSettlementPlan._preview``."""
        self.ensure_one()
        components = {
            (component.version_id.plan_id, component.key): component.name
            for component in self.run_id.plan_ids.version_ids.component_ids
        }
        by_currency = {}
        for row in preview["rows"]:
            currency = row["plan"].currency_id
            by_currency.setdefault(currency, 0)
            by_currency[currency] += row["amount"]
        ordered = sorted(
            preview["rows"], key=lambda row: (row["plan"].name, -abs(row["amount"]))
        )
        lines = Markup("").join(
            Markup(
                "<tr><td>%s</td><td>%s</td><td>%s</td>"
                '<td class="text-end">%s</td><td class="text-end">%s</td></tr>'
            )
            % (
                row["payee"].display_name,
                row["plan"].name,
                components.get((row["plan"], row["component"]), row["component"]),
                row["count"],
                formatLang(
                    self.env, float(row["amount"]), currency_obj=row["plan"].currency_id
                ),
            )
            for row in ordered[:SHOWN]
        )
        labels = (
            self.env._("Payee"),
            self.env._("Plan"),
            self.env._("Component"),
            self.env._("Records"),
            self.env._("Amount"),
        )
        head = Markup("").join(
            Markup('<th class="%s">%s</th>') % ("text-end" if place > 2 else "", label)
            for place, label in enumerate(labels)
        )
        self.write(
            {
                "record_count": sum(row["count"] for row in preview["rows"]),
                "totals": ", ".join(
                    formatLang(self.env, float(amount), currency_obj=currency)
                    for currency, amount in by_currency.items()
                ),
                "rows": Markup(
                    '<table class="table table-sm"><thead><tr>%s</tr></thead>'
                    "<tbody>%s</tbody></table>"
                )
                % (head, lines),
                "problems": "\n".join(
                    f"{one['plan']} · {one['fact']}: {one['reason']}"
                    for one in preview["problems"][:SHOWN]
                ),
            }
        )

    def action_start(self):
        """Start the run that was previewed."""
        return self.run_id.action_start()
