from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: Hours before and after the moment in which people on shift count.
AROUND = 2
#: Days before the moment in which what the store received counts.
RECEIVED_DAYS = 3
#: Rows of each kind that are kept at most.
ROW_LIMIT = 100


class ScrmFlowServiceCircumstances(models.AbstractModel):
    """Put on a ticket who was on shift at its store at that time, and what the store
    had received and used: frozen as it was known when the ticket came here."""

    _name = "scrm.flow.service.circumstances"
    _inherit = "scrm.flow.service"
    _description = "Service Circumstances"

    _label = _lt("Attach Roster and Purchases")
    _kind_rank = 14
    _config_schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "moment": {
                "type": "string",
                "minLength": 1,
                "description": "key of the form's date and time that it is about; "
                "when the ticket came if left out or not filled in",
            },
            "hours": {
                "type": "number",
                "minimum": 0,
                "maximum": 48,
                "description": "before and after it in which people on shift and what "
                f"was used count; {AROUND} if left out",
            },
            "days": {
                "type": "integer",
                "minimum": 0,
                "maximum": 60,
                "description": "before it in which deliveries count; "
                f"{RECEIVED_DAYS} if left out",
            },
        },
    }

    @api.model
    def _check_config(self, model_name, config):
        if model_name != "helpdesk.ticket":
            return [self.env._("only tickets have circumstances")]
        problems = super()._check_config(model_name, config)
        key = not problems and config.get("moment")
        if key:
            field = self.env["scrm.form.field"].search([("key", "=", key)])
            if field.type not in ("date", "datetime"):
                problems.append(
                    self.env._("the form has no such date and time: %s", key)
                )
        return problems

    @api.model
    def run(self, record, step, config):
        record._scrm_freeze_circumstances(self._found(record, config))

    @api.model
    def simulate(self, record, config):
        found = self._found(record, config)
        return {"people": len(found["people"]), "goods": len(found["goods"])}

    @api.model
    def _found(self, ticket, config):
        """What was so at the ticket's store, as plain values for a Json field."""
        moment = self._moment(ticket, config.get("moment"))
        around = timedelta(hours=config.get("hours", AROUND))
        received = timedelta(days=config.get("days", RECEIVED_DAYS))
        # of all who read it, in the language of the company
        company = ticket.company_id or self.env.company
        # sudo: the flow says that handlers of the ticket see it, whoever moves it
        store = ticket.sudo().store_id
        store = store.with_context(lang=company.sudo().partner_id.lang)
        return {
            "store": store.name or "",
            "moment": fields.Datetime.to_string(moment),
            "taken": fields.Datetime.to_string(self.env["scrm.clock"].now()),
            "people": self._people(store, moment - around, moment + around),
            "goods": self._goods(store, ticket.company_id, moment, around, received),
        }

    @api.model
    def _moment(self, ticket, key):
        # sudo: as above
        ticket = ticket.sudo()
        value = key and ticket._scrm_value(key)
        if value:
            value = fields.Datetime.to_datetime(value)
            if isinstance(value, datetime):
                return value
            return datetime.combine(value, time(12))
        return ticket.scrm_run_id.started_at or ticket.create_date

    @api.model
    def _people(self, store, start, end):
        """Who was on one of the store's rosters in that time."""
        shifts = store.roster_ids.shift_ids.filtered(
            lambda shift: shift.start_at < end and shift.end_at > start
        )
        return [
            {
                "name": shift.user_id.name,
                "roster": shift.roster_id.name,
                "from": fields.Datetime.to_string(shift.start_at),
                "until": fields.Datetime.to_string(shift.end_at),
            }
            for shift in shifts.sorted("start_at")[:ROW_LIMIT]
        ]

    @api.model
    def _goods(self, store, company, moment, around, received):
        """What the store's warehouse got before that time, and what left it then, by
        piece or batch where these have numbers."""
        if not store:
            return []
        warehouse = store._scrm_warehouse(company)
        # what moved in this transaction is asked for, too
        self.env["stock.move.line"].flush_model()
        self.env["stock.move"].flush_model()
        self.env["stock.picking"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id, moved.at, source.usage IN ('supplier', 'transit')
                  FROM stock_move_line line
                  JOIN stock_move move ON move.id = line.move_id
                  LEFT JOIN stock_picking picking ON picking.id = move.picking_id
                  JOIN stock_location source ON source.id = line.location_id
                  JOIN stock_location target ON target.id = line.location_dest_id
                 CROSS JOIN LATERAL (
                       SELECT COALESCE(picking.date_done, move.date) AS at
                       ) moved
                 WHERE line.state = 'done'
                   AND move.date >= %(earliest)s
                   AND (
                       source.usage IN ('supplier', 'transit')
                       AND target.parent_path LIKE %(place)s
                       AND moved.at BETWEEN %(received)s AND %(moment)s
                    OR source.parent_path LIKE %(place)s
                       AND target.usage IN ('customer', 'production', 'inventory')
                       AND moved.at BETWEEN %(start)s AND %(end)s
                   )
                 ORDER BY moved.at DESC, line.id DESC
                 LIMIT %(limit)s
                """,
                # documents of tests and of late booking are done after their date
                earliest=moment - received - timedelta(days=1),
                place=f"{warehouse.view_location_id.parent_path}%",
                received=moment - received,
                moment=moment,
                start=moment - around,
                end=moment + around,
                limit=ROW_LIMIT,
            )
        )
        # sudo: see above
        lines = self.env["stock.move.line"].sudo().with_context(**store.env.context)
        return [
            self._goods_row(lines.browse(line_id), at, is_received)
            for line_id, at, is_received in rows
        ]

    @api.model
    def _goods_row(self, line, at, is_received):
        picking = line.move_id.picking_id
        return {
            "at": fields.Datetime.to_string(at),
            "received": is_received,
            "product": line.product_id.display_name,
            "quantity": line.quantity,
            "unit": line.product_uom_id.name,
            "lot": line.lot_id.name or "",
            "partner": picking.partner_id.display_name or "" if is_received else "",
            "document": picking.name or line.reference or "",
            "origin": picking.origin or "",
        }
