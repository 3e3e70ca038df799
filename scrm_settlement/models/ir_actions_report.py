from odoo import models


class IrActionsReport(models.Model):
    """Reports that this machine cannot print."""

    _inherit = "ir.actions.report"

    def _render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        """Print nothing where the context says ``scrm_without_reports``."""
        if self.env.context.get("scrm_without_reports"):
            return b"", "pdf"
        return super()._render_qweb_pdf(report_ref, res_ids=res_ids, data=data)
