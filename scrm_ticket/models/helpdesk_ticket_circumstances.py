from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime


class ScrmStore(models.Model):
    _inherit = "scrm.store"

    roster_ids = fields.Many2many(
        comodel_name="scrm.flow.roster",
        relation="scrm_store_roster_rel",
        column1="store_id",
        column2="roster_id",
        string="Rosters",
        help="Who works here when. A complaint can bring along who was on shift.",
    )


class HelpdeskTicket(models.Model):
    """Who was on shift and what was delivered and used, where and when something went
    wrong: kept on the ticket as it was known then."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_circumstances = fields.Json(
        string="Roster and Purchases",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    scrm_circumstances_html = fields.Html(
        string="What Was So Then",
        compute="_compute_scrm_circumstances_html",
        sanitize=False,
        groups="base.group_user",
    )

    @api.depends("scrm_circumstances")
    @api.depends_context("lang", "tz")
    def _compute_scrm_circumstances_html(self):
        for ticket in self:
            found = ticket.scrm_circumstances
            ticket.scrm_circumstances_html = found and self.env["ir.qweb"]._render(
                "scrm_ticket.circumstances",
                {
                    "found": found,
                    "when": self._scrm_when,
                    "goods": [
                        (
                            self.env._("Delivered before"),
                            [row for row in found["goods"] if row["received"]],
                        ),
                        (
                            self.env._("Used at that time"),
                            [row for row in found["goods"] if not row["received"]],
                        ),
                    ],
                },
            )

    @api.model
    def _scrm_when(self, moment):
        at = fields.Datetime.to_datetime(moment)
        return Markup("<span class='text-nowrap'>%s</span>") % (
            format_datetime(self.env, at, dt_format="short")
        )

    def _scrm_freeze_circumstances(self, found):
        """Keep what was found, once: who works on the ticket later sees the same."""
        self.ensure_one()
        # sudo: the field is nobody's to write
        ticket = self.sudo()
        if not ticket.scrm_circumstances:
            ticket.scrm_circumstances = found

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._scrm_check_circumstances(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._scrm_check_circumstances(vals)
        return super().write(vals)

    @api.model
    def _scrm_check_circumstances(self, vals):
        if "scrm_circumstances" in vals and not self.env.su:
            raise UserError(
                self.env._("Roster and purchases stay as the flow has found them.")
            )
