from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError


class ScrmPartLine(models.Model):
    """Parts with serial or batch numbers, and those that come back or are broken."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.part.line"

    def write(self, vals):
        if "lot_ids" in vals and "consumed" in self.mapped("state"):
            raise UserError(self.env._("A consumed part can no longer be changed."))
        return super().write(vals)

    def action_scrm_operation(self):
        """Open the window to give back or scrap this part."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.product_id.display_name,
            "res_model": "scrm.part.operation",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_line_id": self.id,
                "default_quantity": self.quantity_used or self.quantity,
            },
        }

    def _scrm_fill_move(self, move, used):
        """Say on the move how much is used, and which pieces.

        :param move: the line's own ``stock.move``, reserved
        :param used: quantity in the product's unit
        :raise UserError: a number is missing, wrong, or not there
        """
        self.ensure_one()
        if self.product_tracking == "none":
            move.quantity = used
            return
        lots = self.sudo().lot_ids  # numbers of the line's own part
        self._scrm_check_lots(lots, used)
        move._do_unreserve()
        left = used
        for lot in lots:
            wanted = 1.0 if self.product_tracking == "serial" else left
            left -= move._update_reserved_quantity(
                wanted, self.location_id, lot_id=lot, strict=False
            )
        missing = lots - move.move_line_ids.lot_id
        if missing or self.uom_id.compare(left, 0.0) > 0:
            raise UserError(
                self.env._(
                    "%(numbers)s of “%(product)s” is not free in %(location)s.",
                    numbers=", ".join((missing or lots).mapped("name")),
                    product=self.product_id.name,
                    location=self.location_id.display_name,
                )
            )

    def _scrm_check_lots(self, lots, quantity):
        """Refuse numbers that do not fit.

        :param lots: ``stock.lot``
        :param quantity: of this line that they stand for
        """
        foreign = lots.filtered(lambda lot: lot.product_id != self.product_id)
        if foreign:
            raise UserError(
                self.env._(
                    "%(numbers)s is no number of “%(product)s”.",
                    numbers=", ".join(foreign.mapped("name")),
                    product=self.product_id.name,
                )
            )
        serial = self.product_tracking == "serial"
        if not lots or (serial and self.uom_id.compare(len(lots), quantity) != 0):
            raise UserError(
                self.env._(
                    "Name the serial numbers of “%(product)s” on ticket %(ticket)s: "
                    "%(quantity)g are used, %(named)s named.",
                    product=self.product_id.name,
                    ticket=self.ticket_id.number,
                    quantity=quantity,
                    named=len(lots),
                )
            )

    def _scrm_return(self, quantity, lots=None):
        """Take used parts back to where they came from.

        :param quantity: in the product's unit
        :param lots: ``stock.lot`` that come back, for parts with numbers
        :raise UserError: more comes back than was used, or other numbers
        """
        self.ensure_one()
        self.ticket_id.check_access("write")
        used = self.quantity_used - self.quantity_returned
        if self.state != "consumed" or self.uom_id.compare(quantity, used) > 0:
            raise UserError(
                self.env._(
                    "Of “%(product)s” %(used)g can come back, not %(quantity)g.",
                    product=self.product_id.name,
                    used=used if self.state == "consumed" else 0.0,
                    quantity=quantity,
                )
            )
        line = self.sudo()  # access is checked; ticket users may not make moves
        # sudo: numbers, checked against the part below
        numbers = (lots or self.env["stock.lot"]).sudo()
        shares = {}
        if self.product_tracking != "none":
            self._scrm_check_lots(numbers, quantity)
            shares = line._scrm_shares_back(numbers, quantity)
        move = line.move_id.create(line._scrm_return_vals(quantity))
        move._action_confirm(merge=False)
        line._scrm_fill_return(move, quantity, shares)
        move.picked = True
        move._action_done(cancel_backorder=True)
        line.quantity_returned += quantity

    def _scrm_shares_back(self, lots, quantity):
        """How much of each number comes back: {``stock.lot``: quantity}.

        :param lots: ``stock.lot`` that come back
        :param quantity: of this line that they stand for
        :raise UserError: one was not used, or is back already
        """
        used = self._scrm_still_used()
        left, shares = quantity, {}
        for lot in lots:
            share = 1.0 if self.product_tracking == "serial" else min(left, used[lot])
            if share <= 0 or self.uom_id.compare(share, used[lot]) > 0:
                raise UserError(
                    self.env._(
                        "%(number)s was not used on ticket %(ticket)s, or it is back "
                        "already.",
                        number=lot.name,
                        ticket=self.ticket_id.number,
                    )
                )
            shares[lot] = share
            left -= share
        if self.uom_id.compare(left, 0.0) > 0:
            raise UserError(
                self.env._(
                    "Of %(numbers)s ticket %(ticket)s still has %(used)g, "
                    "not %(quantity)g.",
                    numbers=", ".join(lots.mapped("name")),
                    ticket=self.ticket_id.number,
                    used=quantity - left,
                    quantity=quantity,
                )
            )
        return shares

    def _scrm_still_used(self):
        """What was used and has not come back: {``stock.lot``: quantity}."""
        self.ensure_one()
        left = defaultdict(float)
        for used in self.move_id.move_line_ids:
            left[used.lot_id] += used.quantity_product_uom
        back = self.move_id.returned_move_ids.filtered(
            lambda move: move.state == "done"
        )
        for returned in back.move_line_ids:
            left[returned.lot_id] -= returned.quantity_product_uom
        return left

    def _scrm_return_vals(self, quantity):
        """Values of the move that brings used parts back to where they came from."""
        self.ensure_one()
        origin = self.move_id
        return {
            **self._scrm_move_vals(),
            "product_uom_qty": quantity,
            "location_id": origin.location_dest_id.id,
            "location_dest_id": self.location_id.id,
            "origin_returned_move_id": origin.id,
        }

    def _scrm_fill_return(self, move, quantity, shares):
        if not shares:
            move.quantity = quantity
            return
        move._do_unreserve()
        for lot, share in shares.items():
            self.env["stock.move.line"].create(
                {
                    **move._prepare_move_line_vals(quantity=0),
                    "lot_id": lot.id,
                    "quantity": share,
                }
            )

    def _scrm_scrap(self, quantity, lots=None):
        """Throw away parts that turned out to be broken; others are held instead.

        :param quantity: in the product's unit
        :param lots: ``stock.lot`` that are broken, for parts with numbers
        :raise UserError: when fewer are held for the ticket
        """
        self.ensure_one()
        self.ticket_id.check_access("write")
        if self.uom_id.compare(quantity, self.quantity_reserved) > 0:
            raise UserError(
                self.env._(
                    "Of “%(product)s” %(held)g are held for ticket %(ticket)s: "
                    "%(quantity)g cannot be scrapped.",
                    product=self.product_id.name,
                    held=self.quantity_reserved,
                    ticket=self.ticket_id.number,
                    quantity=quantity,
                )
            )
        line = self.sudo()  # access is checked; ticket users may not scrap
        # sudo: numbers, checked against the part below
        numbers = (lots or self.env["stock.lot"]).sudo()
        if self.product_tracking != "none":
            self._scrm_check_lots(numbers, quantity)
        if self.product_tracking == "lot" and len(numbers) > 1:
            raise UserError(
                self.env._(
                    "“%s”: scrap one lot after the other, with the quantity of each.",
                    self.product_id.name,
                )
            )
        self._scrm_lock_stock()
        line.move_id._do_unreserve()
        shares = [(numbers, quantity)]
        if self.product_tracking == "serial":
            shares = [(lot, 1.0) for lot in numbers]
        places = [
            place for lot, share in shares for place in line._scrm_free(lot, share)
        ]
        scraps = self.env["stock.scrap"].sudo().with_company(line.company_id)
        for quant, share in places:
            scraps.create(
                {
                    "product_id": line.product_id.id,
                    "product_uom_id": line.uom_id.id,
                    "scrap_qty": share,
                    "location_id": quant.location_id.id,
                    "lot_id": quant.lot_id.id,
                    "origin": line.ticket_id.number,
                    "scrm_part_line_id": line.id,
                    "company_id": line.ticket_id.company_id.id,
                }
            ).do_scrap()
        line.move_id._action_assign()
        full = line.move_id.state == "assigned"
        line.state = "reserved" if full else "waiting"

    def _scrm_free(self, lot, quantity):
        """Where free goods of this line lie, shelf by shelf.

        The line's own reservation must be undone already.

        :param lot: ``stock.lot`` that they have to be, may be empty
        :param quantity: in the product's unit
        :return: list of (``stock.quant``, quantity)
        :raise UserError: they lie elsewhere, or are held by another ticket
        """
        # sudo: the shelf that the line takes from
        quants = self.env["stock.quant"].sudo()
        found = [
            (quant, share)
            for quant, share in quants._get_reserve_quantity(
                self.product_id, self.location_id, quantity, lot_id=lot or None
            )
            if quant.lot_id == lot
        ]
        free = sum(share for _quant, share in found)
        if self.uom_id.compare(quantity, free) > 0:
            raise UserError(
                self.env._(
                    "%(numbers)s of “%(product)s” is not free in %(location)s.",
                    numbers=lot.name or f"{quantity:g}",
                    product=self.product_id.name,
                    location=self.location_id.display_name,
                )
            )
        return found
