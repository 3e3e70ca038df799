from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import cycle

#: Devices whose tickets are opened before one commit.
CHUNK = 50


class StockLot(models.Model):
    """When a device is due for maintenance, and the ticket that is opened for it."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.lot"

    scrm_cycle_months = fields.Integer(
        string="Maintenance Every (Months)",
        compute="_compute_scrm_cycle",
        store=True,
        readonly=False,
        precompute=True,
        help="0: not by the calendar.",
    )
    scrm_cycle_usage = fields.Float(
        string="Maintenance After (Usage)",
        compute="_compute_scrm_cycle",
        store=True,
        readonly=False,
        precompute=True,
        help="As the device counts. 0: not by usage.",
    )
    scrm_usage_unit = fields.Char(related="product_id.scrm_usage_unit")
    scrm_reading_ids = fields.One2many(
        comodel_name="scrm.device.reading",
        inverse_name="lot_id",
        string="Usage Readings",
    )
    scrm_usage_per_day = fields.Float(
        string="Usage a Day",
        compute="_compute_scrm_next_maintenance",
        store=True,
        help="From the first to the last reading.",
    )
    scrm_last_maintenance = fields.Date(string="Last Maintenance")
    scrm_next_maintenance = fields.Date(
        string="Next Maintenance",
        compute="_compute_scrm_next_maintenance",
        store=True,
        index="btree_not_null",
        help="Months or usage, whatever comes first.",
    )
    scrm_maintenance_template_id = fields.Many2one(
        comodel_name="scrm.ticket.template",
        string="Maintenance Ticket",
        help="A ticket of this template is opened in time. None: nothing is opened.",
    )
    scrm_maintenance_ahead = fields.Integer(
        string="Days Ahead", default=7, help="How long before it is due."
    )
    scrm_maintenance_for = fields.Date(
        string="Ticket Opened for",
        readonly=True,
        copy=False,
        help="The maintenance for which the last ticket was opened.",
    )

    _scrm_cycle_positive = models.Constraint(
        "CHECK (COALESCE(scrm_cycle_months, 0) >= 0 "
        "AND COALESCE(scrm_cycle_usage, 0) >= 0 "
        "AND COALESCE(scrm_maintenance_ahead, 0) >= 0)",
        "The maintenance cycle of a device cannot be negative.",
    )

    @api.depends("product_id")
    def _compute_scrm_cycle(self):
        for lot in self:
            lot.scrm_cycle_months = lot.product_id.scrm_cycle_months
            lot.scrm_cycle_usage = lot.product_id.scrm_cycle_usage

    @api.depends(
        "scrm_cycle_months",
        "scrm_cycle_usage",
        "scrm_install_date",
        "scrm_purchase_date",
        "scrm_last_maintenance",
        "scrm_reading_ids.day",
        "scrm_reading_ids.value",
    )
    def _compute_scrm_next_maintenance(self):
        for lot in self:
            base = (
                lot.scrm_last_maintenance
                or lot.scrm_install_date
                or lot.scrm_purchase_date
            )
            readings = sorted(
                (reading.day, reading.value)
                for reading in lot.scrm_reading_ids
                if reading.day
            )
            daily = cycle.per_day(readings)
            months = lot.scrm_cycle_months
            lot.scrm_usage_per_day = daily or 0.0
            lot.scrm_next_maintenance = cycle.next_due(
                base,
                base + relativedelta(months=months) if base and months else None,
                lot.scrm_cycle_usage,
                lot._scrm_used_since(base, readings),
                daily,
            )

    @api.model
    def _scrm_used_since(self, base, readings):
        """(day, usage since the last maintenance) of the last reading, or None.

        :param base: day of the last maintenance, may be empty
        :param readings: (day, value), sorted
        """
        if not readings:
            return None
        day, value = readings[-1]
        before = [reading[1] for reading in readings if base and reading[0] <= base]
        return day, max(value - (before[-1] if before else 0.0), 0.0)

    def action_scrm_maintained(self):
        """Say that the device was maintained today: its cycle begins anew.

        :raise UserError: when the device has no cycle
        """
        self.check_access("write")
        for lot in self:
            if not (lot.scrm_cycle_months or lot.scrm_cycle_usage):
                raise UserError(
                    self.env._("“%s” has no maintenance cycle.", lot.display_name)
                )
        self.scrm_last_maintenance = self.env["scrm.form.field"]._scrm_today()

    # Tickets opened in time

    @api.model
    def _cron_scrm_maintenance(self):
        """Open the tickets of devices that are due, once for each due day."""
        devices = self.browse(self._scrm_due_ids())
        for number in range(0, len(devices), CHUNK):
            chunk = devices[number : number + CHUNK]
            chunk._scrm_open_maintenance()
            left = len(devices) - number - len(chunk)
            self.env["ir.cron"]._commit_progress(len(chunk), remaining=left)

    @api.model
    def _scrm_due_ids(self):
        """Ids of devices for which a maintenance ticket is to be opened now."""
        today = self.env["scrm.form.field"]._scrm_today()
        found = self.search(
            [
                ("scrm_maintenance_template_id", "!=", False),
                ("scrm_next_maintenance", "!=", False),
            ]
        )
        return found.filtered(
            lambda lot: lot.scrm_next_maintenance
            - timedelta(days=lot.scrm_maintenance_ahead)
            <= today
            and lot.scrm_maintenance_for != lot.scrm_next_maintenance
        ).ids

    def _scrm_open_maintenance(self):
        """Open a ticket for each device.

        :return: ``helpdesk.ticket``
        """
        tickets = self.env["helpdesk.ticket"]
        for lot in self:
            template = lot.scrm_maintenance_template_id
            partner = lot.scrm_site_id or lot.scrm_partner_id
            vals = {
                "template_id": template.id,
                "name": self.env._(
                    "%(template)s: %(device)s",
                    template=template.name,
                    device=lot.display_name,
                ),
                "partner_id": partner.id,
                "scrm_lot_id": lot.id,
            }
            if serials := template._scrm_keys("serial"):
                vals["scrm_values"] = {key: lot.name for key in serials}
            tickets += tickets.create(vals)
            lot.scrm_maintenance_for = lot.scrm_next_maintenance
        return tickets
