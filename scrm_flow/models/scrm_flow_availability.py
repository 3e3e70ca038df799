from datetime import UTC
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.fields import Domain

from ..engine import availability


class ScrmFlowAvailability(models.AbstractModel):
    """Who cannot work right now, and why: schedules, leaves, public holidays.

    What is read does not grow with the number of people: their resources, the
    leaves of this moment, the schedules and their lines, a query each.
    """

    _name = "scrm.flow.availability"
    _description = "Availability of Handlers"

    @api.model
    def _selection(self) -> list[tuple[str, str]]:
        """What availability can mean at a node."""
        labels = {
            "ignore": self.env._("Everybody, at any time"),
            "leave_only": self.env._("Who is not on leave"),
            "working_now": self.env._("Who is working now"),
        }
        return list(labels.items())

    @api.model
    def _labels(self) -> dict[str, str]:
        """Why somebody was left out, for people. Addons add theirs."""
        return {
            "inactive": self.env._("inactive"),
            "other_company": self.env._("works for another company"),
            "requester": self.env._("asks for it and does not decide alone"),
            "on_leave": self.env._("on leave"),
            "public_holiday": self.env._("public holiday"),
            "not_working": self.env._("not working now"),
            "booked": self.env._("booked now"),
            "load_limit": self.env._("has enough open steps"),
        }

    @api.model
    def _why_not(self, user_ids, company, kind, now) -> dict[int, str]:
        """Reason codes of those who cannot work; who can is not in the answer.

        Addons that know of more reasons extend this with ``super()``.

        :param user_ids: ids of ``res.users``
        :param company: ``res.company`` of the record, may be empty
        :param kind: ``ignore``, ``leave_only`` or ``working_now``
        :param now: naive UTC
        """
        if kind == "ignore":
            return {}
        resources = self._resources(user_ids, company)
        reasons = self._on_leave(resources, now)
        if kind == "working_now":
            for user_id, code in self._off_duty(resources, now).items():
                reasons.setdefault(user_id, code)
            for user_id in self._booked(resources, now):
                reasons.setdefault(user_id, "booked")
        return reasons

    @api.model
    def _hard_reason(self, record, user) -> str | None:
        """Why this user can never get a step of this record, None if able.

        These reasons also bind people who decide by hand.
        """
        if not user.active:
            return "inactive"
        company = record.company_id if "company_id" in record._fields else None
        if company and company not in user.company_ids:
            return "other_company"
        return None

    @api.model
    def _resources(self, user_ids, company) -> dict:
        """The resource by which each user works in the company: {user id: resource}.

        Who has none there works without a schedule.
        """
        found = self.env["resource.resource"].search_fetch(
            [("user_id", "in", list(user_ids))],
            ["user_id", "company_id", "calendar_id", "tz"],
            order="id",
        )
        resources = {}
        for resource in found:
            user_id = resource.user_id.id
            if company and resource.company_id and resource.company_id != company:
                continue
            known = resources.get(user_id)
            if known is None or (not known.company_id and resource.company_id):
                resources[user_id] = resource
        return resources

    @api.model
    def _on_leave(self, resources, now) -> dict[int, str]:
        if not resources:
            return {}
        by_id = {resource.id: user for user, resource in resources.items()}
        leaves = self.env["resource.calendar.leaves"].search_fetch(
            Domain("time_type", "=", "leave")
            & Domain("date_from", "<=", now)
            & Domain("date_to", ">", now)
            & Domain("resource_id", "in", [False, *by_id]),
            ["resource_id", "calendar_id", "company_id"],
        )
        reasons = {}
        for leave in leaves:
            if leave.resource_id:
                reasons[by_id[leave.resource_id.id]] = "on_leave"
                continue
            for user, resource in resources.items():
                if resource.company_id == leave.company_id and (
                    not leave.calendar_id or leave.calendar_id == resource.calendar_id
                ):
                    reasons.setdefault(user, "public_holiday")
        return reasons

    @api.model
    def _booked(self, resources, now) -> list[int]:
        """Users whose resource is taken at this moment, by an appointment say.

        A booking is an entry of the resource's time off of the kind "other".
        """
        if not resources:
            return []
        by_id = {resource.id: user for user, resource in resources.items()}
        bookings = self.env["resource.calendar.leaves"].search_fetch(
            Domain("time_type", "=", "other")
            & Domain("date_from", "<=", now)
            & Domain("date_to", ">", now)
            & Domain("resource_id", "in", list(by_id)),
            ["resource_id"],
        )
        return [by_id[booking.resource_id.id] for booking in bookings]

    @api.model
    def _off_duty(self, resources, now) -> dict[int, str]:
        """Those whose schedule has no line for this moment."""
        moment = now.replace(tzinfo=UTC)
        everyone = self.env["resource.resource"].union(*resources.values())
        calendars = everyone._get_calendar_at(moment, tz=UTC) if everyone else {}
        lines = self._lines(everyone.browse().calendar_id.union(*calendars.values()))
        reasons = {}
        for user, resource in resources.items():
            calendar = calendars.get(resource)
            if not calendar or calendar.flexible_hours:
                continue
            local = moment.astimezone(ZoneInfo(resource.tz or "UTC"))
            if not availability.works_at(lines.get(calendar.id, ()), local):
                reasons[user] = "not_working"
        return reasons

    @api.model
    def _lines(self, calendars) -> dict[int, list[availability.Line]]:
        """The lines of schedules by their id, breaks left out."""
        found = self.env["resource.calendar.attendance"].search_fetch(
            [
                ("calendar_id", "in", calendars.ids),
                ("display_type", "=", False),
                ("day_period", "!=", "lunch"),
            ],
            ["calendar_id", "dayofweek", "hour_from", "hour_to", "week_type"],
        )
        lines = {}
        for line in found:
            two_weeks = line.calendar_id.two_weeks_calendar
            lines.setdefault(line.calendar_id.id, []).append(
                availability.Line(
                    int(line.dayofweek),
                    line.hour_from,
                    line.hour_to,
                    int(line.week_type) if two_weeks else None,
                )
            )
        return lines
