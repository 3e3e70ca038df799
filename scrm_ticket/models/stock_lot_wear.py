from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..engine import wear


class StockLot(models.Model):
    """Devices that fail again and again: maintenance before its time.

    What counts is when tickets told of a fault, by the fields of the form that repair
    plans ask for; a cancelled ticket does not.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.lot"

    scrm_fault_count = fields.Integer(
        string="Faults",
        compute="_compute_scrm_early",
        help="Days on which a ticket told of a fault.",
    )
    scrm_early_on = fields.Date(
        string="Maintain Early",
        compute="_compute_scrm_early",
        search="_search_scrm_early_on",
        help="Before the next fault is to be expected, when no maintenance is due "
        "until then.",
    )
    scrm_early_words = fields.Char(
        string="Why Early", compute="_compute_scrm_early", help="What it is based on."
    )

    @api.depends(
        "scrm_ticket_ids.scrm_values",
        "scrm_ticket_ids.scrm_run_state",
        "scrm_next_maintenance",
        "scrm_maintenance_ahead",
    )
    @api.depends_context("lang")
    def _compute_scrm_early(self):
        today = self.env["scrm.form.field"]._scrm_today()
        faults = self._scrm_fault_days()
        for lot in self:
            days = faults.get(lot._origin.id, ())
            found = wear.rhythm(days, today)
            ahead = lot.scrm_maintenance_ahead
            lot.scrm_fault_count = len(set(days))
            lot.scrm_early_on = wear.early(
                found, lot.scrm_next_maintenance, ahead, today
            )
            lot.scrm_early_words = lot.scrm_early_on and self.env._(
                "%(faults)d faults, lately every %(every)d days; the next one is to be "
                "expected on %(day)s",
                faults=found.faults,
                every=found.every,
                day=format_date(self.env, found.expected),
            )

    @api.model
    def _search_scrm_early_on(self, operator, value):
        is_any = operator == "not in" and list(value) == [False]
        if not is_any and operator not in ("<", "<=", ">", ">="):
            return NotImplemented
        # sudo: how often devices had tickets, not which
        tickets = self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        rows = tickets._read_group(
            [("scrm_lot_id", "!=", False)],
            ["scrm_lot_id"],
            having=[("__count", ">=", wear.LEAST)],
        )
        often = self.browse(lot.id for [lot] in rows)
        flagged = often.filtered("scrm_early_on")
        if not is_any:
            flagged = flagged.filtered_domain([("scrm_early_on", operator, value)])
        return Domain("id", "in", flagged.ids)

    def _scrm_fault_days(self):
        """Days of faults of each device: {id: [day]}.

        The day on which the ticket was raised, by the product's clock.
        """
        keys = self._scrm_fault_keys()
        found = defaultdict(list)
        if not keys:
            return found
        # sudo: how often devices failed, not with what
        tickets = self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        for ticket in tickets.search([("scrm_lot_id", "in", self.ids)]):
            is_fault = any(ticket._scrm_value(key) for key in keys)
            if is_fault and ticket.scrm_run_state != "cancelled":
                started = ticket.scrm_flow_run_ids.mapped("started_at")
                moment = min(started, default=ticket.create_date)
                found[ticket.scrm_lot_id.id].append(moment.date())
        return found

    @api.model
    def _scrm_fault_keys(self):
        """Keys of the form fields by which a fault is told."""
        # sudo: which fields, whoever looks at a device
        plans = self.env["scrm.repair.plan"].sudo().with_context(active_test=False)
        fields_ = plans.search([("fault_id", "!=", False)]).fault_id.field_id
        return sorted(set(fields_.mapped("key")))
