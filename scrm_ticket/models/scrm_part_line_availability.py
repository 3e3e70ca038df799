from odoo import api, fields, models
from odoo.tools.misc import format_date

#: From the best to the worst.
STATES = ("held", "here", "elsewhere", "expected", "short")


class ScrmPartLine(models.Model):
    """Whether a wanted part is there, for any number of lines in a few queries."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.part.line"

    availability = fields.Selection(
        selection=[
            ("held", "Held"),
            ("here", "In Stock"),
            ("elsewhere", "Elsewhere"),
            ("expected", "Expected"),
            ("short", "Short"),
        ],
        compute="_compute_availability",
        help="Held: reserved for the ticket. In stock: free where it is taken from. "
        "Elsewhere: another warehouse or van has enough. Expected: it is on its way.",
    )
    availability_words = fields.Char(
        string="Where It Is", compute="_compute_availability"
    )
    expected_date = fields.Datetime(
        string="Expected on", compute="_compute_availability"
    )

    @api.depends(
        "state",
        "quantity",
        "product_id",
        "location_id",
        "quantity_reserved",
        "move_ids.state",
    )
    @api.depends_context("lang")
    def _compute_availability(self):
        found = self._scrm_availability()
        for line in self:
            row = found.get(line.id) or {}
            line.availability = row.get("state") or False
            line.expected_date = row.get("expected") or False
            line.availability_words = line._scrm_availability_words(row)

    def _scrm_availability_words(self, row):
        words = [
            self.env._("%(place)s: %(free)g", place=place["name"], free=place["free"])
            for place in row.get("places", ())
        ]
        if row.get("expected"):
            words.append(
                self.env._("expected on %s", format_date(self.env, row["expected"]))
            )
        return ", ".join(words) or False

    def _scrm_availability(self) -> dict[int, dict]:
        """What is known of each line whose part is still needed, by its id.

        Each answer has ``state`` (see the field), ``missing`` and ``free`` (in the
        product's unit, free where the line takes from), ``places`` (name and free of
        all that have any) and ``expected`` (naive UTC, or None).
        """
        # sudo: figures and names of places for who may read the ticket
        needed = self.sudo().filtered(
            lambda line: line.id
            and line.product_id
            and line.state not in ("consumed", "released")
        )
        found = {}
        stock = self.env["scrm.part.stock"]
        for company, lines in needed.grouped(
            lambda line: line.ticket_id.company_id
        ).items():
            products = lines.product_id
            shelves = stock._places(company)
            places = stock._of(products, company, shelves)
            coming = lines._scrm_coming(stock, shelves)
            for line in lines:
                found[line.id] = line._scrm_availability_row(
                    places[line.product_id.id],
                    stock._root(line.location_id, shelves),
                    coming,
                )
        return found

    def _scrm_availability_row(self, places, root, coming):
        missing = self._scrm_missing()
        free = {place.location.id: place.free for place in places if place.free > 0}
        here = free.get(root, 0.0)
        own = coming.get(("line", self.id))
        any_line = coming.get((self.product_id.id, root))
        expected = None
        if self.uom_id.compare(missing, 0.0) <= 0:
            state = "held"
        elif own:
            state, expected = "expected", own[1]
        elif self.uom_id.compare(here, missing) >= 0:
            state = "here"
        elif any(self.uom_id.compare(one, missing) >= 0 for one in free.values()):
            state = "elsewhere"
        elif any_line and self.uom_id.compare(here + any_line[0], missing) >= 0:
            state, expected = "expected", any_line[1]
        else:
            state = "short"
        return {
            "state": state,
            "missing": missing,
            "free": here,
            "expected": expected,
            "places": [
                {"name": place.name, "free": place.free}
                for place in sorted(places, key=lambda place: -place.free)
                if place.free > 0
            ],
        }

    def _scrm_coming(self, stock, shelves):
        """What is on its way: {(product id, place) or ("line", id): (quantity, when)}.

        Transfers for a line count for this line alone.
        """
        moves = self.env["stock.move"].search_fetch(
            [
                ("product_id", "in", self.product_id.ids),
                (
                    "state",
                    "in",
                    ("waiting", "confirmed", "partially_available", "assigned"),
                ),
                ("location_dest_id.usage", "=", "internal"),
                "|",
                ("location_id.usage", "not in", ("internal", "customer")),
                ("scrm_part_line_id", "in", self.ids),
            ],
            [
                "product_id",
                "location_dest_id",
                "product_qty",
                "date",
                "scrm_part_line_id",
            ],
        )
        coming = {}
        for move in moves:
            key = (move.product_id.id, stock._root(move.location_dest_id, shelves))
            if move.scrm_part_line_id:
                key = ("line", move.scrm_part_line_id.id)
            quantity, when = coming.get(key, (0.0, move.date))
            coming[key] = (quantity + move.product_qty, max(when, move.date))
        return coming
