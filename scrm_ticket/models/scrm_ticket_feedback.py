from odoo import api, fields, models

from ..fields_sealed import SealedMemo


class ScrmTicketFeedback(models.Model):
    """Similar feedback that a product-improvement ticket was opened with.

    Kept as it was said: who works on the improvement reads what customers said, not
    who they are, also where he or she may not open their tickets.
    """

    _name = "scrm.ticket.feedback"
    _inherit = [
        "scrm.ticket.row.mixin",
        "scrm.masking.mixin",
        "scrm.sealed.all.mixin",
    ]
    _description = "Similar Feedback"
    _order = "points desc, at desc, id"
    _rec_name = "subject"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Improvement",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    source_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Ticket",
        index="btree_not_null",
        readonly=True,
        ondelete="set null",
    )
    number = fields.Char(string="Ticket Number", readonly=True)
    at = fields.Datetime(string="When", readonly=True)
    subject = fields.Char(readonly=True)
    text = SealedMemo(string="What Was Said", readonly=True)
    product_id = fields.Many2one(
        comodel_name="product.template", string="Device Model", readonly=True
    )
    points = fields.Integer(
        string="Alike",
        readonly=True,
        help="In percent: by what was said, device model, business type.",
    )
    may_open = fields.Boolean(compute="_compute_may_open")

    @api.depends("source_id")
    @api.depends_context("uid")
    def _compute_may_open(self):
        # sudo off: whether the reader may open it, whoever computes
        sources = self.sudo().source_id.sudo(False)._filtered_access("read")
        for row in self:
            row.may_open = row.sudo().source_id.id in sources.ids  # sudo: only compared

    def action_open_source(self):
        """Open the ticket in which it was said."""
        self.ensure_one()
        source = self.sudo().source_id.sudo(False)  # sudo: access is asked now
        source.check_access("read")
        return source._scrm_open_action()
