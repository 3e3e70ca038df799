from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class ScrmPartLine(models.Model):
    """The ways of a part besides reserving and consuming it: fetched from another
    place, issued to a van, ordered, given back, scrapped.

    All are stock moves of Odoo. Transfers have a document (``stock.picking``) that
    the warehouse handles; their goods are for this line.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.part.line"

    product_tracking = fields.Selection(related="product_id.tracking")
    lot_ids = fields.Many2many(
        comodel_name="stock.lot",
        string="Serial Numbers",
        domain="[('product_id', '=', product_id)]",
        copy=False,
        help="Which pieces or batches are used; parts with such numbers need them.",
    )
    move_ids = fields.One2many(
        comodel_name="stock.move",
        inverse_name="scrm_part_line_id",
        string="Stock Moves",
        readonly=True,
    )
    quantity_ordered = fields.Float(
        string="Ordered", digits="Product Unit", readonly=True, copy=False
    )
    quantity_returned = fields.Float(
        string="Returned", digits="Product Unit", readonly=True, copy=False
    )

    _waiting_idx = models.Index("(product_id) WHERE state = 'waiting'")

    # What is missing

    def _scrm_missing(self):
        """Quantity that is neither held nor consumed, in the product's unit."""
        self.ensure_one()
        if self.state in ("consumed", "released"):
            return 0.0
        return max(self.quantity - self.quantity_reserved, 0.0)

    def _scrm_turn(self):
        """Where the line stands among those that wait for the same goods."""
        return -int(self.ticket_id.priority or 0), self.id

    def _scrm_ahead(self):
        """Quantity that others are given of the same goods before this line."""
        self.ensure_one()
        waiting = self.search(
            [
                ("state", "=", "waiting"),
                ("product_id", "=", self.product_id.id),
                ("location_id", "=", self.location_id.id),
                ("id", "!=", self.id),
            ]
        )
        before = waiting
        if self.state == "waiting":
            turn = self._scrm_turn()
            before = waiting.filtered(lambda line: line._scrm_turn() < turn)
        return sum(line._scrm_missing() for line in before)

    @api.model
    def _scrm_take_arrived(self, moves):
        """Let lines that wait take the goods of these moves, urgent tickets first.

        What was fetched for a line is taken by it, before others.

        :param moves: done ``stock.move`` into internal locations
        """
        waiting = self.search(
            [
                ("state", "=", "waiting"),
                ("product_id", "in", moves.product_id.ids),
                ("location_id", "parent_of", moves.location_dest_id.ids),
            ]
        )
        fetched_for = moves.scrm_part_line_id
        waiting = waiting.sorted(
            lambda line: (line not in fetched_for, line._scrm_turn())
        )
        waiting._scrm_lock_stock()
        for line in waiting:
            line.move_id._action_assign()
            if line.move_id.state == "assigned":
                line.write({"state": "reserved", "quantity_ordered": 0.0})

    # Fetching and issuing

    def _scrm_transfer(self, source=None):
        """Fetch what is missing of each line from where it lies.

        The transfers are confirmed and their goods reserved; the warehouse finishes
        them, and the line takes what arrives.

        :param source: ``stock.location`` to fetch from; by default the van or
            warehouse that has the most of it
        :return: ``stock.picking``
        :raise UserError: when no place has enough, naming product and need
        """
        self.ticket_id.check_access("write")
        self._scrm_reserve(wait=True)
        short = self.filtered(
            lambda line: line.state == "waiting"
            and not line._scrm_open_transfers()
            and line._scrm_missing() > 0
        )
        pickings = self.env["stock.picking"]
        for line in short:
            pickings |= line._scrm_fetch(source or line._scrm_source())
        # sudo: access to the tickets is checked; their users handle no transfers
        return pickings.sudo(False)

    def _scrm_source(self):
        """The place that has the most of what is missing."""
        stock = self.env["scrm.part.stock"]
        company = self.ticket_id.company_id
        places = [
            place
            for place in stock._of(self.product_id, company)[self.product_id.id]
            if place.location.id != self.location_id.id
            and self.uom_id.compare(place.free, self._scrm_missing()) >= 0
        ]
        if not places:
            raise UserError(
                self.env._(
                    "No other warehouse and no van has %(needed)g “%(product)s” for "
                    "ticket %(ticket)s.",
                    needed=self._scrm_missing(),
                    product=self.product_id.name,
                    ticket=self.ticket_id.number,
                )
            )
        return max(places, key=lambda place: place.free).location

    def _scrm_fetch(self, source):
        """The transfer of what is missing from a place to the line's own.

        :param source: ``stock.location``
        :raise UserError: when somebody else took it meanwhile
        """
        self.ensure_one()
        missing = self._scrm_missing()
        picking = self._scrm_picking(source, self.location_id, missing)
        move = picking.move_ids
        if move.state != "assigned":
            held = move.quantity
            raise UserError(
                self.env._(
                    "Not enough “%(product)s” in %(location)s: %(needed)g needed, "
                    "%(available)g available.",
                    product=self.product_id.name,
                    location=source.display_name,
                    needed=missing,
                    available=held,
                )
            )
        return picking

    def _scrm_picking(self, source, target, quantity):
        """A confirmed transfer for this line, its goods reserved as far as possible.

        :param quantity: in the product's unit
        """
        # Access to the ticket is checked; its users may not make transfers.
        line = self.sudo()
        self._scrm_lock_stock(source)
        company = line.ticket_id.company_id
        # sudo: only by which type of transfer the goods go
        places = (source | target).sudo()
        warehouse = places.warehouse_id[:1]
        # sudo: as above
        pickings = self.env["stock.picking"].sudo().with_company(company)
        picking = pickings.create(
            {
                "picking_type_id": warehouse.int_type_id.id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "origin": line.ticket_id.number,
                "scrm_ticket_id": line.ticket_id.id,
                "company_id": company.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": line.product_id.id,
                            "product_uom": line.uom_id.id,
                            "product_uom_qty": quantity,
                            "location_id": source.id,
                            "location_dest_id": target.id,
                            "company_id": company.id,
                            "scrm_part_line_id": line.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        return picking

    def _scrm_open_transfers(self):
        # sudo: transfers of the line's own ticket
        pickings = self.sudo().move_ids.picking_id
        return pickings.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )

    def _scrm_cancel_transfers(self):
        self._scrm_open_transfers().action_cancel()

    def _scrm_receive(self):
        """Finish the open transfers of these lines: the goods have arrived.

        :raise UserError: when one is not complete, naming it
        """
        self.ticket_id.check_access("write")
        for picking in self._scrm_open_transfers():
            if any(move.state != "assigned" for move in picking.move_ids):
                raise UserError(
                    self.env._("The transfer %s is not complete.", picking.name)
                )
            self._scrm_finish(picking)

    @api.model
    def _scrm_finish(self, picking):
        picking.move_ids.picked = True
        picking._action_done()

    def _scrm_issue(self, van):
        """Hand the reserved parts out to a technician: they lie in his van now.

        :param van: ``stock.location``
        """
        self.ticket_id.check_access("write")
        self._scrm_reserve()
        for line in self.filtered(lambda line: line.state == "reserved"):
            if line.location_id == van:
                continue
            # Access to the ticket is checked; its users may not process moves.
            held = line.sudo()
            held.move_id._action_cancel()
            picking = line._scrm_picking(line.location_id, van, line.quantity)
            if any(move.state != "assigned" for move in picking.move_ids):
                raise line._scrm_shortage(
                    line.quantity, sum(picking.move_ids.mapped("quantity"))
                )
            self._scrm_finish(picking)
            held.write({"state": "draft", "move_id": False})
            held.location_id = van
            line._scrm_reserve()

    # Ordering

    def _scrm_order(self):
        """Order what is missing by the routes of the product: a purchase, a transfer
        from the warehouse that supplies this one, or just a receipt to expect. Where
        no rule says how, it is listed in the stock app's *Replenishment*.

        :return: the lines for which something was ordered
        """
        self.ticket_id.check_access("write")
        self._scrm_reserve(wait=True)
        ordered = self.browse()
        for line in self.filtered(lambda line: line.state == "waiting"):
            if line._scrm_open_transfers():
                continue
            missing = line._scrm_missing() - line.quantity_ordered
            if line.uom_id.compare(missing, 0.0) <= 0:
                continue
            # Access to the ticket is checked; its users may not order.
            point = line.sudo()._scrm_orderpoint()
            if point.rule_ids:
                point.qty_to_order_manual = missing
                point.action_replenish()
            else:
                point.qty_to_order_manual += missing
            # sudo: users do not write what was ordered, see the field
            line.sudo().quantity_ordered += missing
            ordered |= line
        return ordered

    def _scrm_orderpoint(self):
        """The replenishment of this part in its location, made when there is none."""
        self.ensure_one()
        points = self.env["stock.warehouse.orderpoint"].with_company(
            self.ticket_id.company_id
        )
        return points.search(
            [
                ("product_id", "=", self.product_id.id),
                ("location_id", "=", self.location_id.id),
            ],
            limit=1,
        ) or points.create(
            {
                "product_id": self.product_id.id,
                "location_id": self.location_id.id,
                "warehouse_id": self.location_id.warehouse_id.id,
                "company_id": self.ticket_id.company_id.id,
                "trigger": "manual",
            }
        )
