from odoo import api, fields, models
from odoo.tools import SQL


class ScrmFlowReportMixin(models.AbstractModel):
    """What reports on flows know of tickets."""

    _inherit = "scrm.flow.report.mixin"
    _depends = {
        "helpdesk.ticket": [
            "channel_id",
            "priority",
            "scrm_door",
            "store_id",
            "team_id",
            "template_id",
        ]
    }

    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True)
    template_id = fields.Many2one("scrm.ticket.template", readonly=True)
    team_id = fields.Many2one("helpdesk.ticket.team", string="Team", readonly=True)
    store_id = fields.Many2one("scrm.store", readonly=True)
    channel_id = fields.Many2one(
        "helpdesk.ticket.channel", string="Channel", readonly=True
    )
    scrm_door = fields.Selection(
        selection=lambda self: self._ticket_selection("scrm_door"),
        string="Entry",
        readonly=True,
    )
    priority = fields.Selection(
        selection=lambda self: self._ticket_selection("priority"), readonly=True
    )

    @api.model
    def _ticket_selection(self, name):
        field = self.env["helpdesk.ticket"]._fields[name]
        return field._description_selection(self.env)

    @api.model
    def _report_columns(self):
        names = self._map_dimensions("helpdesk.ticket")
        return {
            **super()._report_columns(),
            "ticket_id": SQL("ticket.id"),
            "priority": SQL("ticket.priority"),
            **{name: SQL.identifier("ticket", name) for name in names},
        }

    @api.model
    def _report_joins(self):
        about = SQL.identifier(self._report_subject)
        return [
            *super()._report_joins(),
            SQL(
                """
                LEFT JOIN helpdesk_ticket ticket
                  ON ticket.id = %(about)s.res_id
                 AND %(about)s.res_model = 'helpdesk.ticket'
                """,
                about=about,
            ),
        ]

    @api.model
    def _map_dimensions(self, model_name):
        names = super()._map_dimensions(model_name)
        if model_name == "helpdesk.ticket":
            names += ["template_id", "team_id", "store_id", "scrm_door", "channel_id"]
        return names

    @api.model
    def _map_option_domain(self, flow, name):
        domain = super()._map_option_domain(flow, name)
        if name == "template_id":
            return [*domain, ("flow_id", "=", flow.id)]
        return domain
