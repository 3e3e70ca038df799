from odoo import api, models


class HelpdeskTicket(models.Model):
    """Most tickets are opened before anybody has rated them."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    @api.depends("rating_ids.res_id", "rating_ids.rating")
    def _compute_rating_stats(self):
        """Ask for the ratings of those tickets only that have some.

        The stored share of good ones, which comes of the same ratings, says so.
        """
        unrated = self.filtered(lambda ticket: ticket.positive_rate_percentage == -1)
        unrated.rating_count = 0
        unrated.rating_avg = 0
        return super(HelpdeskTicket, self - unrated)._compute_rating_stats()
