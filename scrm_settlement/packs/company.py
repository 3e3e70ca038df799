"""The company's books: chart of accounts in the section ``company``."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import Extension, register_extension


@register_extension
class CompanyBooks(Extension):
    """Load a chart of accounts into a company that has no entries yet."""

    section = "company"
    addon = "scrm_settlement"
    kind = "company"
    pointer = ()
    properties = {
        "chart": {
            **f.STRING,
            "description": "Code of Odoo's chart of accounts, such as generic_coa or "
            "cn; loaded once, while the company has no journal entries.",
        }
    }

    def load(self, pack, item, record):
        code = item.get("chart")
        if not code or record.chart_template == code:
            return
        charts = pack.env["account.chart.template"]
        chart = charts._get_chart_template_mapping().get(code)
        if not chart:
            raise pack.error(
                pack.user_env._("there is no chart of accounts “%s”", code), ".chart"
            )
        if not pack.is_installed(chart["module"]):
            raise pack.error(
                pack.user_env._(
                    "the chart of accounts “%(chart)s” needs the addon %(addon)s, "
                    "which is not installed",
                    chart=code,
                    addon=chart["module"],
                ),
                ".chart",
            )
        if record.root_id._existing_accounting():
            raise pack.error(
                pack.user_env._(
                    "%(company)s has journal entries by the chart of accounts "
                    "“%(old)s”: it cannot take “%(new)s” any more. Leave the key out, "
                    "or import into a database without entries.",
                    company=record.name,
                    old=record.chart_template,
                    new=code,
                ),
                ".chart",
            )
        currency = record.currency_id  # a chart brings that of its country
        charts.try_loading(code, company=record, install_demo=False)
        if record.currency_id != currency:
            record.currency_id = currency

    def dump(self, pack, record):
        return {"chart": record.chart_template or None}
