from odoo import api, fields, models


class ScrmTicketTemplate(models.Model):
    """Which posts see how far tickets are paid."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.ticket.template"

    payment_group_ids = fields.Many2many(
        comodel_name="res.groups",
        relation="scrm_template_payment_group_rel",
        column1="template_id",
        column2="group_id",
        string="Payments Only for",
        help="Of the colleagues only these roles see how far tickets are paid, the "
        "manager of the store and managers of tickets. None: everybody who reads the "
        "ticket.",
    )

    @api.model
    def _scrm_matters(self):
        return {**super()._scrm_matters(), "payment": "payment_group_ids"}
