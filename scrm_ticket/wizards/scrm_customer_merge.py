from odoo import api, fields, models


class ScrmCustomerMerge(models.TransientModel):
    """Two contacts turn out to be one customer."""

    _name = "scrm.customer.merge"
    _description = "The Same Customer"

    partner_id = fields.Many2one(
        comodel_name="res.partner", string="This One Stays", required=True
    )
    twin_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Is the Same as",
        required=True,
        help="These are taken into the one that stays. At most two at once.",
    )
    ticket_count = fields.Integer(string="Tickets", compute="_compute_counts")
    device_count = fields.Integer(string="Devices", compute="_compute_counts")

    @api.depends("twin_ids")
    def _compute_counts(self):
        for merge in self:
            people = [("partner_id", "in", merge.twin_ids.ids)]
            merge.ticket_count = self.env["helpdesk.ticket"].search_count(people)
            merge.device_count = self.env["stock.lot"].search_count(
                [("scrm_partner_id", "in", merge.twin_ids.ids)]
            )

    def action_merge(self):
        """Make them one, and show who stayed."""
        self.ensure_one()
        partner = self.partner_id
        partner.scrm_merge(self.twin_ids.ids)
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": partner.id,
            "view_mode": "form",
        }
