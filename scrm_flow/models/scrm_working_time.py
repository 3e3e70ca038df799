from datetime import UTC, datetime, timedelta

from odoo import api, models
from odoo.exceptions import UserError

from ..engine import clock

#: Days of a calendar that are read at once, doubled each time.
FIRST_LOOK = 14
#: Days after which a calendar is taken to have no working hours at all.
LAST_LOOK = 1000


class ScrmWorkingTime(models.AbstractModel):
    """Counts hours by the clock, or only those somebody works (`resource.calendar`).

    The arithmetic is in ``engine/clock.py``; this feeds it from Odoo's calendars,
    public holidays and leaves included.
    """

    _name = "scrm.working.time"
    _description = "Working Time"

    @api.model
    def _shift(self, moment, hours, calendar=None, resource=None) -> datetime:
        """The moment so many hours later, or earlier when negative.

        :param moment: naive UTC
        :param hours: all hours count without a calendar, else those worked
        :param calendar: ``resource.calendar``
        :param resource: ``resource.resource`` whose leaves do not count
        :raise UserError: nobody ever works by this calendar
        """
        wanted = clock.length(hours)
        moment = moment.replace(microsecond=0)
        if not calendar:
            return moment + wanted
        if wanted < timedelta(0):
            spans = self._spans(moment, calendar, resource, backwards=True)
            found = clock.before(moment, -wanted, spans)
        else:
            spans = self._spans(moment, calendar, resource)
            found = clock.after(moment, wanted, spans)
        if found is None:
            raise self._too_few(calendar, wanted)
        return found.replace(microsecond=0)

    @api.model
    def _between(self, start, end, calendar=None, resource=None) -> timedelta:
        """How much time that counts lies between two moments, as in :meth:`_shift`."""
        if not calendar or start >= end:
            return max(end - start, timedelta(0))
        # sudo: see _spans
        resource = (resource or self.env["resource.resource"]).sudo()
        # sudo: see _spans
        intervals = calendar.sudo()._work_intervals_batch(
            start.replace(tzinfo=UTC), end.replace(tzinfo=UTC), resource or None
        )[resource.id]
        spans = [
            (self._naive(begin), self._naive(last)) for begin, last, _why in intervals
        ]
        worked = clock.between(start, end, spans)
        return timedelta(seconds=round(worked.total_seconds()))

    @api.model
    def _postpone(self, moment, pause, calendar=None, resource=None) -> datetime:
        """The moment, later by as much time that counts as a pause took.

        :param pause: ``timedelta`` as :meth:`_between` counts it
        :raise UserError: nobody ever works by this calendar
        """
        if not calendar:
            return moment + pause
        spans = self._spans(moment, calendar, resource)
        found = clock.postpone(moment, pause, spans)
        if found is None:
            raise self._too_few(calendar, pause)
        return found.replace(microsecond=0)

    @api.model
    def _too_few(self, calendar, wanted) -> UserError:
        return UserError(
            self.env._(
                "The working hours “%(calendar)s” do not have %(hours)s hours "
                "within %(days)s days.",
                calendar=calendar.name,
                hours=f"{abs(wanted.total_seconds()) / 3600:g}",
                days=LAST_LOOK,
            )
        )

    @api.model
    def _spans(self, moment, calendar, resource=None, backwards=False):
        """The working time from a moment on, read from the calendar bit by bit."""
        # sudo: when a colleague works decides over the step, whoever moves it
        calendar = calendar.sudo()
        # sudo: the same for their leaves
        resource = (resource or self.env["resource.resource"]).sudo()
        seen, days = 0, FIRST_LOOK
        while seen < LAST_LOOK:
            days = min(days, LAST_LOOK - seen)
            near, far = timedelta(days=seen), timedelta(days=seen + days)
            if backwards:
                first, last = moment - far, moment - near
            else:
                first, last = moment + near, moment + far
            intervals = calendar._work_intervals_batch(
                first.replace(tzinfo=UTC), last.replace(tzinfo=UTC), resource or None
            )[resource.id]
            spans = [
                (self._naive(begin), self._naive(end)) for begin, end, _why in intervals
            ]
            yield from reversed(spans) if backwards else spans
            seen += days
            days *= 2

    @api.model
    def _naive(self, moment):
        return moment.astimezone(UTC).replace(tzinfo=None)

    @api.model
    def _calendar_of(self, company, user=None):
        """Whose working hours count, and the resource whose leaves count with them.

        :param user: their own hours in the company, if they have any there
        :return: (``resource.calendar``, ``resource.resource``)
        """
        # sudo: see _spans
        company = company.sudo()
        if user:
            # sudo: see _spans
            resource = user.sudo().resource_ids.filtered(
                lambda resource: resource.company_id in (company, company.browse())
            )[:1]
            if resource.calendar_id:
                return resource.calendar_id, resource
        return company.resource_calendar_id, self.env["resource.resource"]
