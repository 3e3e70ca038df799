"""1,000 lines priced by 500 tier rules, beside Odoo by 500 plain rules; and how the
parts of 100 tickets stand.

Ours have a condition over the ticket each, a coefficient, a promotion and a margin
floor to work in, and give the terms of every price; Odoo gives the price.
"""

from decimal import Decimal

from tests.benchmarks.measure import pairs

LINES, RULES = 1_000, 500
#: Tickets and the parts of each whose availability is asked for in one call.
TICKETS, PARTS, MOST_QUERIES = 100, 10, 10


def measure(door, report):
    ids = door.get(_make)
    other = {**ids, "products": ids["products"][: LINES // 10]}

    def plain():
        return door.run(lambda env: _odoo(env, ids))

    def ours():
        return door.run(lambda env: _ours(env, ids))

    seconds, mine, queries, ratio = pairs(plain, ours)
    report.say(
        f"{LINES} lines, {RULES} rules: Odoo {seconds * 1e3:.0f} ms, "
        f"ours {mine * 1e3:.0f} ms"
    )
    report.figure("price-lines-over-odoo", ratio, 0.99, queries)
    few = door.run(lambda env: _ours(env, other))[1]
    report.say(f"queries: {few} for {LINES // 10} lines, {queries:g} for {LINES}")
    report.figure("price-queries-flat", queries / few, 1.0, queries)
    _measure_parts(door, report)


def _measure_parts(door, report):
    """How the parts of many tickets stand, asked for in one call."""
    tickets = door.get(_make_tickets)

    def stand():
        return door.run(
            lambda env: len(
                env["helpdesk.ticket"].browse(tickets).scrm_part_availability()
            )
        )

    stand()  # rights and rules are in memory from here on
    seconds, queries, found = stand()
    report.say(f"parts of {found} tickets, {PARTS} each: {seconds * 1e3:.0f} ms")
    report.figure("part-availability-queries", queries / MOST_QUERIES, 1.0, queries)


def _odoo(env, ids):
    pricelist = env["product.pricelist"].browse(ids["plain"])
    products = env["product.product"].browse(ids["products"])
    return pricelist._get_products_price(products, 3.0)


def _ours(env, ids):
    # found only once Odoo knows where its addons are
    from odoo.addons.scrm_settlement.models.scrm_pricing import Request

    tier = env["product.pricelist"].browse(ids["tier"])
    values = {"customer_level": "gold", "region": "East"}
    requests = [
        Request(product, tier, Decimal(3), values)
        for product in env["product.product"].browse(ids["products"])
    ]
    return len(env["scrm.pricing"].price(requests))


def _make(env):
    """Products and two pricelists with the same 500 rules, ours with conditions."""
    products = env["product.product"].create(
        [
            {"name": f"Part {number}", "list_price": 10 + number, "standard_price": 5}
            for number in range(LINES)
        ]
    )
    plain, tier = env["product.pricelist"].create(
        [
            {"name": "Plain"},
            {"name": "Tier", "scrm_margin_limited": True, "scrm_margin_floor": 10},
        ]
    )
    for pricelist in (plain, tier):
        env["product.pricelist.item"].create(
            [_rule(pricelist, tier, products, number) for number in range(RULES)]
        )
    env["scrm.price.adjustment"].create(
        [
            {"key": "east", "name": "East", "kind": "coefficient", "factor": 1.1},
            {"key": "spring", "name": "Spring", "kind": "promotion", "percent": 5},
        ]
    )
    return {"plain": plain.id, "tier": tier.id, "products": products.ids}


def _make_tickets(env):
    """Tickets that need ten parts each, three of which lie on the shelf."""
    parts = env["product.product"].create(
        [{"name": f"Spare {number}", "is_storable": True} for number in range(PARTS)]
    )
    shelf = env["stock.warehouse"].search([], limit=1).lot_stock_id
    for part in parts:
        env["stock.quant"]._update_available_quantity(part, shelf, 3)
    needed = [
        (0, 0, {"product_id": part.id, "quantity": number + 1})
        for number, part in enumerate(parts)
    ]
    return (
        env["helpdesk.ticket"]
        .create(
            [
                {
                    "name": f"Ticket {number}",
                    "description": "Parts",
                    "part_line_ids": needed,
                }
                for number in range(TICKETS)
            ]
        )
        .ids
    )


def _rule(pricelist, tier, products, number):
    """Three of five for one product, the others by quantity for all."""
    vals = {"pricelist_id": pricelist.id}
    if number % 5 < 3:
        product = products[number]
        vals |= {
            "applied_on": "0_product_variant",
            "product_id": product.id,
            "product_tmpl_id": product.product_tmpl_id.id,
            "compute_price": "fixed",
            "fixed_price": 7 + number,
        }
    else:
        vals |= {
            "applied_on": "3_global",
            "compute_price": "percentage",
            "percent_price": number % 20,
            "min_quantity": number % 10,
        }
    if pricelist == tier:
        condition = {
            "dimension": ("customer_level", "region")[number % 2],
            "operator": "=",
            "value": ("gold", "East")[number % 2],
        }
        vals["scrm_condition_ids"] = [(0, 0, condition)]
    return vals
