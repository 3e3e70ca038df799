from odoo import models


class MailTemplate(models.Model):
    """Mails whose reports this machine cannot print."""

    _inherit = "mail.template"

    def _generate_template_attachments(
        self, res_ids, render_fields, render_results=None
    ):
        """Leave the reports out where the context says ``scrm_without_reports``."""
        if self.env.context.get("scrm_without_reports"):
            render_fields = set(render_fields) - {"report_template_ids"}
        return super()._generate_template_attachments(
            res_ids, render_fields, render_results=render_results
        )
