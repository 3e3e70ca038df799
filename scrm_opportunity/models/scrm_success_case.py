from odoo import api, fields, models
from odoo.fields import Domain

#: What being alike in one respect counts.
INDUSTRY, TAG, WORD = 3, 2, 2
SHOWN = 3


class ScrmSuccessCase(models.Model):
    """What was achieved for a customer, told so that it may be shown to others."""

    _name = "scrm.success.case"
    _inherit = "scrm.keywords.mixin"
    _description = "Success Case"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    key = fields.Char(
        copy=False, index=True, help="Unique name by which packs refer to it."
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    industry_id = fields.Many2one("res.partner.industry")
    partner_tag_ids = fields.Many2many(
        "res.partner.category", string="Kinds of Customers"
    )
    keywords = fields.Text(help="What it is about; one a line or with commas between.")
    story = fields.Text(
        translate=True, help="The need, what was done, what came of it."
    )
    lead_id = fields.Many2one(
        "crm.lead",
        string="Opportunity",
        groups="scrm_opportunity.group_manager",
        help="The won opportunity behind it; not shown with the case.",
    )

    _key_unique = models.UniqueIndex(
        "(key) WHERE key IS NOT NULL", "Another success case has this key."
    )

    @api.model
    def _similar(self, partner, text):
        """Cases of similar customers or on the same subject, the nearest first.

        :param partner: the customer, may be empty
        :param text: what is spoken of
        """
        entity = partner.commercial_partner_id
        industry = partner.industry_id or entity.industry_id
        tags = (partner | entity).category_id
        alike = (
            Domain("industry_id", "in", industry.ids)
            | Domain("partner_tag_ids", "in", tags.ids)
            | Domain("keywords", "!=", False)
        )
        found = []
        for case in self.search(alike):
            points = INDUSTRY if industry and case.industry_id == industry else 0
            points += TAG * len(case.partner_tag_ids & tags)
            points += WORD if case._speaks(text) else 0
            if points:
                found.append((-points, case.sequence, case.id))
        return self.browse([case for _points, _place, case in sorted(found)[:SHOWN]])


class CrmLead(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "crm.lead"

    def action_success_case(self):
        """Tell this won opportunity as a success case."""
        self.ensure_one()
        partner = self.partner_id
        return {
            "type": "ir.actions.act_window",
            "res_model": "scrm.success.case",
            "view_mode": "form",
            "context": {
                "default_name": self.name,
                "default_lead_id": self.id,
                "default_industry_id": partner.industry_id.id
                or partner.commercial_partner_id.industry_id.id,
                "default_partner_tag_ids": partner.category_id.ids,
            },
        }
