import os
from datetime import date, datetime, timedelta, timezone

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

OFFSET_PARAMETER = "scrm_flow.clock_offset"
STANDS_PARAMETER = "scrm_flow.clock_stands_at"
SCENARIO_PARAMETER = "scrm_flow.scenario_database"


class ScrmClock(models.AbstractModel):
    """The one source of time for everything the product decides by time.

    Normally this is the server's time. A database that the scenario runner made,
    on a server started with ``SCRM_TEST_CLOCK=1``, may shift it; both conditions
    are looked at on every call, so a copied database tells the true time.
    """

    _name = "scrm.clock"
    _description = "SCRM Clock"

    @api.model
    @api.private
    def now(self) -> datetime:
        """The current moment, naive UTC, without microseconds."""
        now = fields.Datetime.now()
        if self._can_be_set():
            now = self._stands_at() or now + timedelta(seconds=self._offset())
        return now

    @api.model
    @api.private
    def today(self, tz: str | None = None) -> date:
        """The current day in a timezone.

        :param tz: name of the timezone, by default that of the user, else UTC
        """
        zone = pytz.timezone(tz or self.env.user.tz or "UTC")
        return self.now().replace(tzinfo=timezone.utc).astimezone(zone).date()

    @api.model
    def test_set(self, at: str, stand_still: bool = False) -> str:
        """Set the clock of a scenario database; it goes on from there.

        :param at: "YYYY-MM-DD HH:MM:SS" in UTC
        :param stand_still: it shows this time until it is set again, so that what
            is measured does not depend on how fast the machine is
        :return: the time the clock shows now, in the same form
        :raise AccessError: the caller is no administrator
        :raise UserError: this is no scenario database on a test server,
            or ``at`` is no such time
        """
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(
                self.env._("Only an administrator may set the test clock.")
            )
        if not self._can_be_set():
            raise UserError(
                self.env._(
                    "The clock can only be set in a database made by the scenario "
                    "runner, on a server started with SCRM_TEST_CLOCK=1."
                )
            )
        try:
            wanted = datetime.strptime(at, "%Y-%m-%d %H:%M:%S")
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._(
                    "“at” must be a time like 2026-03-02 02:00:00, not %(at)s.", at=at
                )
            ) from error
        offset = round((wanted - fields.Datetime.now()).total_seconds())
        # sudo: parameters are the administrator's, which was checked above
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param(OFFSET_PARAMETER, offset)
        parameters.set_param(STANDS_PARAMETER, at if stand_still else False)
        return fields.Datetime.to_string(self.now())

    @api.model
    def _can_be_set(self) -> bool:
        if os.environ.get("SCRM_TEST_CLOCK") != "1":
            return False
        # sudo: a yes/no about this database, asked on behalf of any user
        parameters = self.env["ir.config_parameter"].sudo()
        return parameters.get_param(SCENARIO_PARAMETER) == "1"

    @api.model
    def _stands_at(self) -> datetime | None:
        # sudo: see _offset
        parameters = self.env["ir.config_parameter"].sudo()
        at = parameters.get_param(STANDS_PARAMETER)
        return fields.Datetime.to_datetime(at) if at else None

    @api.model
    def _offset(self) -> int:
        # sudo: the offset is no secret and everybody's time depends on it
        parameters = self.env["ir.config_parameter"].sudo()
        return int(parameters.get_param(OFFSET_PARAMETER) or 0)
