from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.misc import format_date


class StockLot(models.Model):
    """A device at a customer: whose it is, since when, covered until when.

    Its maintenance is in ``stock_lot_maintenance.py``.
    """

    _inherit = "stock.lot"

    scrm_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        index="btree_not_null",
        help="Whose device it is. Only they can name it on the portal.",
    )
    scrm_site_id = fields.Many2one(
        comodel_name="res.partner",
        string="Site",
        help="Address where the device stands, when it is not the customer's own.",
    )
    scrm_place = fields.Char(
        string="Place", help="Where to find it there: building, floor, room."
    )
    scrm_store_id = fields.Many2one(
        comodel_name="scrm.store",
        string="Store",
        domain="company_id and [('company_id', '=', company_id)] or []",
        help="The service point that looks after it: its tickets go there, unless they "
        "name another store.",
    )
    scrm_purchase_date = fields.Date(string="Bought on")
    scrm_install_date = fields.Date(string="Installed on")
    scrm_warranty_end = fields.Date(
        string="Warranty until",
        compute="_compute_scrm_warranty_end",
        store=True,
        readonly=False,
        precompute=True,
        help="By the device model's months when the day of the purchase is entered; "
        "it can be changed.",
    )
    scrm_supplier_id = fields.Many2one(
        comodel_name="res.partner",
        string="Supplier",
        compute="_compute_scrm_supplier_id",
        store=True,
        readonly=False,
        help="Who delivers the device and its parts; by default the first supplier of "
        "the device model.",
    )
    scrm_ticket_ids = fields.One2many(
        comodel_name="helpdesk.ticket", inverse_name="scrm_lot_id", string="Tickets"
    )
    scrm_ticket_count = fields.Integer(compute="_compute_scrm_ticket_count")
    scrm_part_count = fields.Integer(compute="_compute_scrm_part_count")
    scrm_fitting_part_ids = fields.Many2many(
        related="product_id.scrm_fitting_part_ids", string="Fitting Parts"
    )

    @api.constrains("scrm_store_id", "company_id")
    def _check_scrm_store(self):
        for lot in self:
            company = lot.scrm_store_id.company_id
            if lot.company_id and company and lot.company_id != company:
                raise ValidationError(
                    self.env._(
                        "“%(device)s” belongs to another company than the store "
                        "“%(store)s”.",
                        device=lot.name,
                        store=lot.scrm_store_id.name,
                    )
                )

    @api.depends("scrm_purchase_date", "product_id")
    def _compute_scrm_warranty_end(self):
        for lot in self:
            months = lot.product_id.scrm_warranty_months
            if lot.scrm_purchase_date and months:
                lot.scrm_warranty_end = lot.scrm_purchase_date + relativedelta(
                    months=months
                )
            else:
                lot.scrm_warranty_end = lot.scrm_warranty_end

    @api.depends("product_id.seller_ids.partner_id")
    def _compute_scrm_supplier_id(self):
        for lot in self:
            suppliers = lot.product_id.seller_ids.partner_id
            lot.scrm_supplier_id = lot.scrm_supplier_id or suppliers[:1]

    @api.depends("scrm_ticket_ids")
    @api.depends_context("uid")
    def _compute_scrm_ticket_count(self):
        counts = dict(
            self.env["helpdesk.ticket"]._read_group(
                [("scrm_lot_id", "in", self.ids)], ["scrm_lot_id"], ["__count"]
            )
        )
        for lot in self:
            lot.scrm_ticket_count = counts.get(lot._origin, 0)

    @api.depends("scrm_ticket_ids.part_line_ids.state")
    @api.depends_context("uid")
    def _compute_scrm_part_count(self):
        for lot in self:
            lot.scrm_part_count = self.env["scrm.part.line"].search_count(
                lot._scrm_parts_domain()
            )

    def _mail_get_partner_fields(self, introspect_fields=False):
        """Messages about a device go to its customer.

        Odoo would take who got deliveries of it, for which readers need rights to
        the stock application.
        """
        return ["scrm_partner_id"]

    def _scrm_parts_domain(self):
        return [("ticket_id.scrm_lot_id", "in", self.ids), ("state", "=", "consumed")]

    def action_scrm_tickets(self):
        """Open the tickets of these devices."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "scrm_ticket.helpdesk_ticket_action"
        )
        action["domain"] = [("scrm_lot_id", "in", self.ids)]
        action["context"] = {}
        return action

    def action_scrm_parts(self):
        """Open the parts that were used on these devices."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "scrm_ticket.scrm_part_line_action"
        )
        action["domain"] = self._scrm_parts_domain()
        return action

    def _scrm_describe(self):
        """What a form says of the device, in words of the reader's language."""
        self.ensure_one()
        words = [self.product_id.display_name]
        if self.scrm_purchase_date:
            day = format_date(self.env, self.scrm_purchase_date)
            words.append(self.env._("bought on %s", day))
        if self.scrm_warranty_end:
            day = format_date(self.env, self.scrm_warranty_end)
            today = self.env["scrm.form.field"]._scrm_today()
            words.append(
                self.env._("warranty until %s", day)
                if self.scrm_warranty_end >= today
                else self.env._("warranty ended on %s", day)
            )
        return " · ".join(words)
