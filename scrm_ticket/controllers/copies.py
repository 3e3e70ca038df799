import json

from odoo import http
from odoo.http import request

from odoo.addons.web.controllers.pivot import TableExporter
from odoo.addons.web.controllers.report import ReportController


class Prints(ReportController):
    """Prints of customers: several at once are a copy, one counts as a read."""

    @http.route()
    def report_routes(self, reportname, docids=None, converter=None, **data):
        report = request.env["ir.actions.report"]._get_report_from_name(reportname)
        model = request.env.get(report.model or "base")
        ids = [int(one) for one in str(docids or "").split(",") if one.isdigit()]
        uses = request.env["scrm.guard.use"]
        if ids and hasattr(model, "_scrm_tells") and uses._is_watched():
            records = model.browse(ids)
            if len(ids) > 1:
                uses._on_copy("print", records, [reportname])
            else:
                uses._on_read(records)
        return super().report_routes(reportname, docids, converter, **data)


class Pivots(TableExporter):
    """A pivot table that is saved as a spreadsheet is a copy, too."""

    @http.route()
    def export_xlsx(self, data, **kw):
        text = data if isinstance(data, str) else data.read()
        table = json.loads(text)
        model = request.env.get(table.get("model") or "base")
        if hasattr(model, "_scrm_tells"):
            request.env["scrm.guard.use"]._on_copy(
                "pivot",
                model.browse(),
                [one.get("title") or "" for one in table.get("measure_headers") or ()],
                len(table.get("rows") or ()),
            )
        return super().export_xlsx(text, **kw)
