from odoo import api, fields, models


class StockLocation(models.Model):
    """A technician's van is a location of its own."""

    _inherit = "stock.location"

    scrm_van_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Van of",
        index="btree_not_null",
        domain=[("share", "=", False)],
        help="Whose van this is: parts are issued to it and taken from it on site.",
    )

    @api.model
    def _scrm_van(self, user, company):
        """The van of a user in a company, may be empty.

        :param user: ``res.users``
        """
        if not user:
            return self.browse()
        return self.search(
            [
                ("scrm_van_user_id", "=", user.id),
                ("usage", "=", "internal"),
                ("company_id", "in", [False, company.id]),
            ],
            limit=1,
        )
