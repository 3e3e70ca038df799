from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, float_repr
from odoo.tools.misc import formatLang

#: States in which a move holds stock or has taken it.
HELD = ("waiting", "reserved", "consumed")


class ScrmPartLine(models.Model):
    """A part that a ticket needs, and the stock move that reserves and consumes it.

    States: ``draft`` (wanted), ``waiting`` (some of it is not there yet; what is, is
    held), ``reserved`` (held for the ticket in the warehouse), ``consumed`` (left to
    the customer), ``released`` (given back unused).

    The move has no transfer document of its own: it goes from the warehouse of the
    ticket's store to the customer and carries the ticket. Ticket users may not
    create stock moves; the methods that touch stock check access to the ticket and
    then work with more rights.
    """

    _name = "scrm.part.line"
    _inherit = "scrm.ticket.row.mixin"
    _description = "Ticket Part"
    _order = "ticket_id, id"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Ticket",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="ticket_id.company_id")
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Product",
        required=True,
        domain=[("is_storable", "=", True)],
        ondelete="restrict",
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    quantity = fields.Float(
        default=1.0,
        required=True,
        digits="Product Unit",
        help="Needed quantity, in the product's unit.",
    )
    quantity_used = fields.Float(
        string="Used",
        digits="Product Unit",
        help="Quantity really used. Left at zero, all that is reserved is consumed.",
    )
    location_id = fields.Many2one(
        comodel_name="stock.location",
        string="From",
        compute="_compute_location_id",
        store=True,
        readonly=False,
        precompute=True,
        domain=[("usage", "=", "internal")],
    )
    move_id = fields.Many2one(
        comodel_name="stock.move", string="Stock Move", readonly=True, copy=False
    )
    quantity_reserved = fields.Float(
        string="Reserved",
        compute="_compute_quantity_reserved",
        compute_sudo=True,  # a figure about the ticket's own move
        digits="Product Unit",
    )
    proposed_by = fields.Char(
        string="Proposed by",
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="The part of a repair plan or service that brought this line. It would "
        "say what the fault is to those who may not read it.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Wanted"),
            ("waiting", "Waiting"),
            ("reserved", "Reserved"),
            ("consumed", "Consumed"),
            ("released", "Released"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "The quantity of a part must be above zero."
    )
    _quantity_used_positive = models.Constraint(
        "CHECK(quantity_used >= 0)", "The used quantity of a part is never negative."
    )

    @api.depends("ticket_id.store_id", "ticket_id.company_id")
    def _compute_location_id(self):
        for line in self:
            if line.state in HELD:
                continue
            # Which shelf serves a ticket is decided by its store, not by the reader.
            ticket = line.ticket_id.sudo()
            warehouse = ticket.store_id._scrm_warehouse(ticket.company_id)
            line.location_id = warehouse.lot_stock_id

    @api.depends("move_id.quantity", "move_id.state")
    def _compute_quantity_reserved(self):
        for line in self:
            move = line.move_id
            reserved = move.state in ("assigned", "partially_available")
            line.quantity_reserved = move.quantity if reserved else 0.0

    @api.depends("product_id", "ticket_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.ticket_id.number}: {line.product_id.name}"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su and vals.keys() & {"move_id", "state"}:
                raise UserError(
                    self.env._("Stock moves of parts are made by the ticket's flow.")
                )
        return super().create(vals_list)

    def write(self, vals):
        if vals.keys() & {"product_id", "quantity", "location_id", "ticket_id"}:
            self._scrm_check_open()
        if vals.keys() & {"move_id", "state"} and not self.env.su:
            raise UserError(
                self.env._("Stock moves of parts are made by the ticket's flow.")
            )
        if "quantity_used" in vals and "consumed" in self.mapped("state"):
            raise UserError(self.env._("A consumed part can no longer be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_moved(self):
        self._scrm_check_open()

    def _scrm_check_open(self):
        """Refuse to change a line that holds stock or has consumed it."""
        for line in self:
            if line.state in HELD:
                raise UserError(
                    self.env._(
                        "“%(product)s” of ticket %(ticket)s is already "
                        "%(state)s and can no longer be changed.",
                        product=line.product_id.name,
                        ticket=line.ticket_id.number,
                        state=dict(
                            self._fields["state"]._description_selection(self.env)
                        )[line.state].lower(),
                    )
                )

    def _quantity_text(self):
        """The quantity needed, or used, in the reader's figures.

        As many decimals as it has; the unit where it is not counted by the piece.
        """
        self.ensure_one()
        used = self.state == "consumed"
        quantity = self.quantity_used if used else self.quantity
        digits = self._fields["quantity"].get_digits(self.env)[1]
        plain = float_repr(quantity, digits).rstrip("0").rstrip(".")
        figures = formatLang(self.env, quantity, digits=len(plain.partition(".")[2]))
        if self.uom_id == self.env.ref("uom.product_uom_unit"):
            return figures
        return f"{figures}\u00a0{self.uom_id.name}"

    # Stock

    def _scrm_reserve(self, wait=False):
        """Hold the needed quantity of each wanted line in its location.

        :param wait: hold what is there of a short one, and let it wait for the rest
        :raise UserError: when one is short, naming product, need and what is there
        """
        wanted = self.filtered(lambda line: line.state in ("draft", "released"))
        wanted.ticket_id.check_access("write")
        wanted._scrm_lock_stock()
        for line in wanted:
            if not line.location_id:
                raise UserError(
                    self.env._(
                        "There is no warehouse to take “%(product)s” from for ticket "
                        "%(ticket)s.",
                        product=line.product_id.name,
                        ticket=line.ticket_id.number,
                    )
                )
            # Access to the ticket is checked; its users may not create moves.
            move = (
                self.env["stock.move"]
                .sudo()
                .with_company(line.ticket_id.company_id)
                .create(line._scrm_move_vals())
            )
            move._action_confirm(merge=False)
            move._action_assign()
            held = move.quantity if move.state == "assigned" else 0.0
            if line.uom_id.compare(held, line.quantity) < 0:
                if wait:
                    # Users cannot write these themselves, see write().
                    line.sudo().write({"move_id": move.id, "state": "waiting"})
                    continue
                # A figure for the message to who may write the ticket.
                free = line.product_id.sudo().with_context(location=line.location_id.id)
                # the move may hold a part of it already
                raise line._scrm_shortage(
                    line.quantity, max(free.free_qty + move.quantity, 0.0)
                )
            # Users cannot write these themselves, see write().
            line.sudo().write({"move_id": move.id, "state": "reserved"})

    def _scrm_missing_words(self, row):
        """One line on what is missing and where it is.

        :param row: see ``_scrm_availability``
        """
        where = self._scrm_availability_words(row)
        return self.env._(
            "%(product)s: %(missing)g missing (%(where)s)",
            product=self.product_id.name,
            missing=max(row["missing"] - row["free"], 0.0),
            where=where or self.env._("nowhere in stock"),
        )

    def _scrm_shortage(self, needed, available):
        """The error that says which part is short.

        It says where else there is some, to be fetched.

        :param needed: quantity in the product's unit, like ``available``
        """
        message = self.env._(
            "Not enough “%(product)s” in %(location)s: %(needed)g needed, "
            "%(available)g available.",
            product=self.product_id.name,
            location=self.location_id.display_name,
            needed=needed,
            available=available,
        )
        if others := self._scrm_other_places():
            names = ", ".join(f"{place.name} {place.free:g}" for place in others)
            message += " " + self.env._("To be fetched from: %s", names)
        return UserError(message)

    def _scrm_other_places(self):
        """Warehouses and vans besides the line's own that have some, most first."""
        stock = self.env["scrm.part.stock"]
        company = self.ticket_id.company_id
        shelves = stock._places(company)
        # sudo: only which place it is in
        own = stock._root(self.location_id.sudo(), shelves)
        places = stock._of(self.product_id, company, shelves)[self.product_id.id]
        return sorted(
            (place for place in places if place.free > 0 and place.location.id != own),
            key=lambda place: -place.free,
        )

    def _scrm_need_words(self):
        """One line on a needed part: quantity, name, code, where from."""
        self.ensure_one()
        return self.env._(
            "%(quantity)g × %(product)s (%(place)s)",
            quantity=self.quantity,
            product=self.product_id.display_name,
            place=self.location_id.warehouse_id.name or self.location_id.name or "?",
        )

    def _scrm_lock_stock(self, location=None):
        """Let nobody else take the same goods until this transaction ends.

        Odoo itself steps around a quant that is locked and notes its reservation on
        a new one: of two tickets that want the last part at once, both would get it.
        Here the second one waits. When the first commits, PostgreSQL ends the second
        transaction with a serialization failure, Odoo repeats the request, and the
        repetition sees what is left.

        :param location: ``stock.location``, by default where the lines take from
        """
        # Which shelves there are is decided by the ticket's store.
        shelves = (location or self.location_id).sudo()
        if not shelves:
            return
        locations = shelves.search([("id", "child_of", shelves.ids)])
        self.env["stock.quant"].flush_model(["product_id", "location_id"])
        self.env.cr.execute(
            SQL(
                """
                SELECT id
                  FROM stock_quant
                 WHERE product_id IN %s
                   AND location_id IN %s
                 ORDER BY id
                   FOR NO KEY UPDATE
                """,
                tuple(self.product_id.ids),
                tuple(locations.ids),
            ),
            log_exceptions=False,  # to come second is no fault
        )

    def _scrm_move_vals(self):
        """Values of the move that takes this part to the customer."""
        self.ensure_one()
        ticket = self.ticket_id.sudo()  # values of the move, not shown to the user
        customers = (
            ticket.partner_id.with_company(ticket.company_id).property_stock_customer
            or self.env.ref("stock.stock_location_customers").sudo()
        )
        return {
            "product_id": self.product_id.id,
            "product_uom": self.product_id.uom_id.id,
            "product_uom_qty": self.quantity,
            "location_id": self.location_id.id,
            "location_dest_id": customers.id,
            "company_id": ticket.company_id.id,
            "partner_id": ticket.partner_id.id,
            "origin": ticket.number,
            "date": self.env["scrm.clock"].now(),
            "procure_method": "make_to_stock",
            "scrm_part_line_id": self.id,
        }

    def _scrm_consume(self):
        """Take the used quantity of each line out of stock; the rest is free again.

        A line that is only wanted yet, such as a part added on site, is reserved
        first.

        :raise UserError: when more would be consumed than is reserved
        """
        self.filtered(lambda line: line.state == "draft")._scrm_reserve()
        held = self.filtered(lambda line: line.state == "reserved")
        held.ticket_id.check_access("write")
        held._scrm_lock_stock()
        for line in held:
            used = line.quantity_used or line.quantity
            if line.uom_id.compare(used, line.quantity_reserved) > 0:
                raise UserError(
                    self.env._(
                        "Ticket %(ticket)s cannot consume %(used)g of “%(product)s”: "
                        "only %(reserved)g are reserved.",
                        ticket=line.ticket_id.number,
                        used=used,
                        product=line.product_id.name,
                        reserved=line.quantity_reserved,
                    )
                )
            # Only compared, and named to who may write the ticket.
            on_hand = line.product_id.sudo().with_context(location=line.location_id.id)
            if line.uom_id.compare(used, on_hand.qty_available) > 0:
                raise line._scrm_shortage(used, on_hand.qty_available)
            # Access to the ticket is checked; its users may not process moves.
            move = line.move_id.sudo().with_company(line.ticket_id.company_id)
            line._scrm_fill_move(move, used)
            move.picked = True
            move._action_done(cancel_backorder=True)
            # Users cannot write the state themselves, see write().
            line.sudo().write({"state": "consumed", "quantity_used": used})

    def _scrm_release(self):
        """Give back what is reserved and was not consumed."""
        for line in self.filtered(lambda line: line.state in ("waiting", "reserved")):
            line.ticket_id.check_access("write")
            line._scrm_cancel_transfers()
            # Access to the ticket is checked; its users may not cancel moves.
            line.move_id.sudo()._action_cancel()
            # Users cannot write the state themselves, see write().
            line.sudo().write({"state": "released", "quantity_ordered": 0.0})
