from odoo import fields, models
from odoo.tools import SQL


class ScrmSettlementComparison(models.Model):
    """Regions, store classes, product classes and workers side by side.

    The margin of each is weighed by revenue; ``points`` says how far it is from the
    margin of the whole company, ``ahead`` how far from the next lower one.
    """

    _name = "scrm.settlement.comparison"
    _description = "Service Comparison"
    _auto = False
    _order = "kind, place, name, id"

    kind = fields.Selection(
        [
            ("region", "Region"),
            ("store_class", "Store Class"),
            ("product", "Product Class"),
            ("worker", "Worker"),
        ],
        readonly=True,
    )
    name = fields.Char(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    place = fields.Integer(readonly=True, aggregator=None, help="By revenue.")
    ticket_place = fields.Integer(
        "Place by Orders", readonly=True, aggregator=None, help="By number of orders."
    )
    ticket_count = fields.Integer("Orders", readonly=True)
    revenue = fields.Monetary(readonly=True)
    average_revenue = fields.Monetary(
        "Revenue per Order", readonly=True, aggregator="avg"
    )
    average_gap = fields.Monetary(
        "Per Order against All",
        readonly=True,
        aggregator="avg",
        help="Revenue per order minus that of the whole company.",
    )
    margin = fields.Monetary(readonly=True)
    margin_percent = fields.Float("Margin (%)", readonly=True, aggregator="avg")
    points = fields.Float(
        "Points against All",
        readonly=True,
        aggregator="avg",
        help="Percentage points above the margin of the whole company.",
    )
    ahead = fields.Float(
        "Points ahead of Next",
        readonly=True,
        aggregator="avg",
        help="Percentage points above the next lower margin.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            WITH board AS (
                SELECT * FROM (%(board)s) one WHERE one.revenue IS NOT NULL
            ), whole AS (
                SELECT company_id, AVG(revenue) AS average,
                       SUM(margin) * 100 / NULLIF(SUM(revenue), 0) AS percent
                  FROM board GROUP BY 1
            ), added AS (
                SELECT dim.kind, dim.name, board.company_id, board.currency_id,
                       COUNT(*) AS ticket_count, SUM(board.revenue) AS revenue,
                       AVG(board.revenue) AS average, SUM(board.margin) AS margin,
                       SUM(board.margin) * 100 / NULLIF(SUM(board.revenue), 0)
                           AS percent
                  FROM board
             LEFT JOIN res_users person ON person.id = board.user_id
             LEFT JOIN res_partner partner ON partner.id = person.partner_id
            CROSS JOIN LATERAL (VALUES
                    ('region', board.region), ('store_class', board.store_class),
                    ('product', board.device_class), ('worker', partner.name)
                  ) AS dim(kind, name)
                 WHERE COALESCE(dim.name, '') <> ''
              GROUP BY 1, 2, 3, 4
            )
            SELECT ROW_NUMBER() OVER (ORDER BY added.company_id, added.kind,
                       added.name) AS id,
                   added.kind, added.name, added.company_id, added.currency_id,
                   added.ticket_count, added.revenue, added.margin,
                   ROUND(added.average, 2) AS average_revenue,
                   ROUND(added.average - whole.average, 2) AS average_gap,
                   ROUND(added.percent, 2) AS margin_percent,
                   ROUND(added.percent - whole.percent, 2) AS points,
                   ROUND(added.percent - LEAD(added.percent) OVER (
                       PARTITION BY added.company_id, added.kind
                       ORDER BY added.percent DESC NULLS LAST), 2) AS ahead,
                   RANK() OVER (PARTITION BY added.company_id, added.kind
                                ORDER BY added.revenue DESC) AS place,
                   RANK() OVER (PARTITION BY added.company_id, added.kind
                                ORDER BY added.ticket_count DESC) AS ticket_place
              FROM added JOIN whole ON whole.company_id = added.company_id
            """,
            board=self.env["scrm.settlement.board"]._query(),
        )
