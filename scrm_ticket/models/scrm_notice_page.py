from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.scrm_flow.models.scrm_notice_count import COUNTED


class ScrmNoticeRule(models.Model):
    """What customers read on the pages of forms while an alert lasts."""

    _inherit = "scrm.notice.rule"

    page_notice = fields.Text(
        string="Notice on Pages",
        translate=True,
        help="Stands above the forms of the portal and the website while what is "
        "counted is too much.",
    )
    page_template_ids = fields.Many2many(
        "scrm.ticket.template",
        "scrm_notice_rule_page_rel",
        "rule_id",
        "template_id",
        string="On the Pages of",
        help="Empty: of all templates.",
    )

    @api.model
    def _scrm_page_notices(self, template) -> list[str]:
        """What stands above the form of a template now."""
        now = self.env["scrm.clock"].now()
        # sudo: words that are meant for everybody
        rules = self.sudo().search(
            [("event", "in", COUNTED), ("page_notice", "!=", False)]
        )
        rules = rules.filtered(
            lambda rule: not rule.page_template_ids
            or template in rule.page_template_ids
        )
        return [
            rule.page_notice
            for rule in rules
            if self.env["scrm.notice.event"]
            .sudo()  # sudo: whether it has counted too much, nothing of the event
            .search_count(
                [
                    ("rule_id", "=", rule.id),
                    ("name", "=", rule.event),
                    ("at", ">", now - timedelta(hours=rule.count_hours)),
                ],
                limit=1,
            )
        ]
