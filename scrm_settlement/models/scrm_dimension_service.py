from babel.dates import get_day_names, get_month_names

from odoo import api, fields, models
from odoo.tools.misc import babel_locale_parse, get_lang

from odoo.addons.scrm_flow.engine import geo
from odoo.addons.scrm_flow.models.scrm_dimension import Dimension


def hours(start, end):
    """Hours between two moments, as people write them.

    >>> from datetime import datetime
    >>> hours(datetime(2026, 3, 1, 8), datetime(2026, 3, 1, 9, 20))
    1.33
    """
    return round((end - start).total_seconds() / 3600, 2)


class ScrmDimension(models.AbstractModel):
    """What is asked of the work itself: when, how fast, how far, with what."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.dimension"

    @api.model
    def _definitions(self, model_name):
        dimensions = super()._definitions(model_name)
        if model_name != "helpdesk.ticket":
            return dimensions
        found = (
            *self._calendar_definitions(),
            *self._speed_definitions(),
            *self._goods_definitions(),
        )
        return {**dimensions, **{dimension.key: dimension for dimension in found}}

    # When

    @api.model
    def _calendar_definitions(self):
        """The moment it is now where the company is; in a fact: when it was done."""
        moment = self._service_moment
        return (
            Dimension(
                "month",
                self.env._("Month"),
                "choice",
                lambda ticket: f"{moment(ticket).month:02d}",
                self._months,
            ),
            Dimension(
                "weekday",
                self.env._("Weekday"),
                "choice",
                lambda ticket: str(moment(ticket).isoweekday()),
                self._weekdays,
            ),
            Dimension(
                "hour",
                self.env._("Hour of the Day"),
                "number",
                lambda ticket: moment(ticket).hour,
            ),
        )

    @api.model
    def _service_moment(self, ticket):
        # sudo: the company's time zone only
        company = (ticket.company_id or self.env.company).sudo()
        zone = company.partner_id.tz or company.resource_calendar_id.tz or "UTC"
        return fields.Datetime.context_timestamp(
            self.with_context(tz=zone), self.env["scrm.clock"].now()
        )

    @api.model
    def _locale(self):
        return babel_locale_parse(get_lang(self.env).code)

    @api.model
    def _months(self):
        names = get_month_names("wide", "stand-alone", self._locale())
        return [(f"{number:02d}", names[number]) for number in range(1, 13)]

    @api.model
    def _weekdays(self):
        names = get_day_names("wide", "stand-alone", self._locale())
        return [(str(number + 1), names[number]) for number in range(7)]

    # How fast, how well

    @api.model
    def _speed_definitions(self):
        return (
            Dimension(
                "response_hours",
                self.env._("Hours until the First Answer"),
                "number",
                self._response_hours,
            ),
            Dimension(
                "open_hours",
                self.env._("Hours from Start to Now"),
                "number",
                self._open_hours,
            ),
            Dimension(
                "work_hours",
                self.env._("Hours at the Steps"),
                "number",
                lambda ticket: round(sum(self._done_steps(ticket).mapped("hours")), 2),
            ),
            Dimension(
                "on_time",
                self.env._("Every Step in Time"),
                "boolean",
                lambda ticket: all(
                    step.ended_at <= step.deadline_at
                    for step in self._done_steps(ticket)
                    if step.deadline_at
                ),
            ),
            Dimension(
                "reopened",
                self.env._("Times Done Again"),
                "number",
                # sudo: how often, nothing else
                lambda ticket: max(len(ticket.sudo().scrm_flow_run_ids) - 1, 0),
            ),
            Dimension("rating", self.env._("Rating"), "number", self._rating),
            Dimension(
                "cycle_maintenance",
                self.env._("Due by the Maintenance Cycle"),
                "boolean",
                lambda ticket: bool(ticket.scrm_cycle_due),
            ),
            Dimension(
                "cycle_months",
                self.env._("Maintenance Cycle (Months)"),
                "number",
                lambda ticket: ticket.scrm_lot_id.scrm_cycle_months or None,
            ),
            Dimension(
                "cycle_delay",
                self.env._("Days after Maintenance Was Due"),
                "number",
                self._cycle_delay,
            ),
        )

    @api.model
    def _done_steps(self, ticket):
        # sudo: figures about the ticket's own way, whoever may see its steps
        steps = ticket.sudo().scrm_flow_run_ids.step_ids
        return steps.filtered(lambda step: step.state == "done" and step.done_by_id)

    @api.model
    def _response_hours(self, ticket):
        """From the start of the flow until somebody accepted or did a step."""
        runs = ticket.sudo().scrm_flow_run_ids  # sudo: moments only
        answers = [
            step.accepted_at or step.ended_at
            for step in runs.step_ids
            if step.accepted_at or (step.state == "done" and step.done_by_id)
        ]
        if not answers:
            return None
        return hours(min(runs.mapped("started_at")), min(answers))

    @api.model
    def _open_hours(self, ticket):
        runs = ticket.sudo().scrm_flow_run_ids  # sudo: moments only
        if not runs:
            return None
        return hours(min(runs.mapped("started_at")), self.env["scrm.clock"].now())

    @api.model
    def _rating(self, ticket):
        """The mean of what the customer has given so far; None: nothing yet."""
        # sudo: the mark, not the comment
        given = ticket.sudo().rating_ids.filtered("consumed").mapped("rating")
        return round(sum(given) / len(given), 2) if given else None

    @api.model
    def _cycle_delay(self, ticket):
        """Days since the due day of the cycle's ticket; negative: ahead of it."""
        due = ticket.scrm_cycle_due
        return (self._service_moment(ticket).date() - due).days if due else None

    # How far, with what

    @api.model
    def _goods_definitions(self):
        def priced(*origins):
            return lambda ticket: self._priced(ticket, origins)

        return (
            Dimension(
                "city",
                self.env._("City of the Customer"),
                "text",
                # sudo: where the work is
                lambda ticket: ticket.sudo().partner_id.city or None,
            ),
            Dimension(
                "distance",
                self.env._("Distance from the Store (km)"),
                "number",
                self._distance,
            ),
            Dimension(
                "parts_count",
                self.env._("Number of Parts Used"),
                "number",
                lambda ticket: sum(
                    self._used(line) for line in self._used_lines(ticket)
                ),
            ),
            Dimension(
                "parts_cost",
                self.env._("Cost of Parts Used"),
                "number",
                self._parts_cost,
            ),
            Dimension(
                "price_service",
                self.env._("Price of the Service"),
                "number",
                priced("service", "surcharge"),
            ),
            Dimension(
                "price_parts",
                self.env._("Price of Parts"),
                "number",
                priced("part"),
            ),
        )

    @api.model
    def _distance(self, ticket):
        """Kilometres as the crow flies; None where a place has no coordinates."""
        # sudo: how far, not where
        places = [
            geo.point(partner.partner_latitude, partner.partner_longitude)
            for partner in (
                ticket.sudo().store_id.partner_id,
                ticket.sudo().partner_id,
            )
        ]
        return None if None in places else round(geo.distance(*places), 2)

    @api.model
    def _used_lines(self, ticket):
        lines = ticket.sudo().part_line_ids  # sudo: what was used, and its cost
        return lines.filtered(lambda line: line.state == "consumed")

    @api.model
    def _used(self, line):
        """What was used and did not come back, in the product's unit."""
        return (line.quantity_used or line.quantity) - line.quantity_returned

    @api.model
    def _parts_cost(self, ticket):
        """What the stock valuation says that the goods were worth that left for good:
        by first in first out, average, batch or standard, as the product has it."""
        moves = self._used_lines(ticket).move_id
        back = moves.returned_move_ids.filtered(lambda move: move.state == "done")
        return round(sum(moves.mapped("value")) - sum(back.mapped("value")), 6)

    @api.model
    def _priced(self, ticket, origins):
        lines = ticket.sudo().scrm_price_line_ids  # sudo: sums, not lines
        if not lines:
            return None
        return sum(lines.filtered(lambda line: line.origin in origins).mapped("amount"))
