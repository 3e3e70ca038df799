from odoo import api, fields, models

from ..fields import GuardedDate, GuardedMany2one, ShownMany2many

#: Earlier tickets that a form lists.
HISTORY_LIMIT = 20


class HelpdeskTicket(models.Model):
    """The device a ticket is about, and what happened to it and its owner before."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_lot_id = GuardedMany2one(
        comodel_name="stock.lot",
        string="Device",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        help="The device of the serial number on the form.",
    )
    scrm_lot_product_id = GuardedMany2one(
        related="scrm_lot_id.product_id",
        string="Device Model",
        # the chatter, and accounting's log, would tell it to everybody
        tracking=False,
    )
    scrm_lot_purchase_date = GuardedDate(
        related="scrm_lot_id.scrm_purchase_date", string="Bought on"
    )
    scrm_lot_warranty_end = GuardedDate(
        related="scrm_lot_id.scrm_warranty_end", string="Warranty until"
    )
    scrm_lot_supplier_id = GuardedMany2one(
        related="scrm_lot_id.scrm_supplier_id",
        string="Supplier",
        groups="base.group_user",
    )
    scrm_lot_supplier_contact = fields.Char(
        string="Supplier Contact",
        compute="_compute_scrm_lot_supplier_contact",
        groups="base.group_user",
    )
    scrm_fitting_part_ids = ShownMany2many(
        comodel_name="product.product",
        string="Fitting Parts",
        compute="_compute_scrm_fitting_part_ids",
        help="Spare parts of the device model, with what is in stock now.",
    )
    scrm_has_history = fields.Boolean(compute="_compute_scrm_has_history")
    scrm_history_ids = ShownMany2many(
        comodel_name="helpdesk.ticket",
        string="Earlier Tickets",
        compute="_compute_scrm_history_ids",
        help="Earlier tickets of the same customer or device that you may read.",
    )

    @api.depends("scrm_lot_id")
    @api.depends_context("uid")
    def _compute_scrm_lot_supplier_contact(self):
        for ticket in self:
            # sudo: how to reach a supplier, for who may read which device it is
            supplier = ticket.scrm_lot_supplier_id.sudo()
            words = (supplier.phone, supplier.email)
            ticket.scrm_lot_supplier_contact = " · ".join(filter(None, words)) or False

    @api.depends("scrm_lot_id", "scrm_values", "template_id")
    @api.depends_context("uid")
    def _compute_scrm_fitting_part_ids(self):
        for ticket in self:
            # what the user may not read of the form names no device either
            model = ticket._scrm_device_model()
            ticket.scrm_fitting_part_ids = (
                model.scrm_fitting_part_ids if model else False
            )

    @api.depends("template_id")
    def _compute_scrm_has_history(self):
        for ticket in self:
            lines = ticket.template_id._scrm_lines_of("history")
            ticket.scrm_has_history = bool(lines)

    @api.depends("partner_id", "scrm_lot_id", "template_id")
    @api.depends_context("uid")
    def _compute_scrm_history_ids(self):
        for ticket in self:
            if ticket.scrm_has_history:
                ticket.scrm_history_ids = self._scrm_history(
                    ticket.partner_id, ticket.scrm_lot_id, ticket._origin
                )
            else:
                ticket.scrm_history_ids = False

    @api.model
    def _scrm_history(self, partner, lot, ticket=None):
        """Earlier tickets of a customer or a device that the user may read.

        :param partner: ``res.partner``, may be empty
        :param lot: ``stock.lot``, may be empty
        :param ticket: the ticket itself is not one of them
        """
        domain = fields.Domain.OR(
            [
                [("commercial_partner_id", "=", partner.commercial_partner_id.id)]
                if partner
                else fields.Domain.FALSE,
                [("scrm_lot_id", "=", lot.id)] if lot else fields.Domain.FALSE,
            ]
        )
        if ticket:
            domain &= fields.Domain("id", "!=", ticket.id)
        return self.search(domain, limit=HISTORY_LIMIT, order="id desc")

    @api.model
    def _scrm_find_lot(self, serial):
        """The device with this serial number that the user may name.

        Customers name devices of their own company, and those without an owner.

        :param serial: as it is printed on the device
        :return: ``stock.lot``, empty when there is none, or several
        """
        # sudo: customers read no devices; what may be found is in the domain
        lots = self.env["stock.lot"].sudo()
        domain = fields.Domain("name", "=ilike", escaped(serial)) & fields.Domain(
            "company_id", "in", [False, *self.env.companies.ids]
        )
        user = self.env.user
        # Who scanned its sticker stands before the device; the token proves it.
        scanned = lots._scrm_of_label(self.env.context.get("scrm_label"))
        if scanned and scanned.name.lower() == serial.strip().lower():
            return scanned
        if not user._is_internal():
            owner = self._scrm_asking_partner().commercial_partner_id
            domain &= fields.Domain(
                "scrm_partner_id.commercial_partner_id", "=", owner.id
            ) | fields.Domain("scrm_partner_id", "=", False)
        found = lots.search(domain, limit=2)
        return found if len(found) == 1 else lots.browse()

    @api.model
    def _scrm_asking_partner(self):
        """The customer who asks, whose own devices and orders may be named.

        :return: ``res.partner`` with sudo: that of the session of a mini-program, or
            the user's own
        """
        customer = self.env["scrm.ticket.door.mini"]._session_customer()
        return customer or self.env.user.partner_id.sudo()  # sudo: compared only

    @api.model
    def _scrm_device_vals(self, template, values):
        """The device that the values name, as a value of the ticket."""
        keys = [key for key in template._scrm_keys("serial") if key in values]
        if not keys:
            return {}
        serial = next((values[key] for key in keys if values[key]), None)
        lot = self._scrm_find_lot(serial) if serial else None
        return {"scrm_lot_id": lot.id if lot else False}


def escaped(text):
    """The text as a pattern that stands for itself."""
    for sign in ("\\", "%", "_"):
        text = text.replace(sign, f"\\{sign}")
    return text
