from datetime import datetime

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

#: What a carrier may say, and the types of it.
SAID = {
    "number": str,
    "at": str,
    "place": str,
    "text": str,
    "state": str,
    "expected_at": str,
    "latitude": (int, float),
    "longitude": (int, float),
}
LIMITS = {"latitude": 90, "longitude": 180}
#: Longest text that is kept of a message, in characters.
TEXT_LIMIT = 200


class HelpdeskTicket(models.Model):
    """Parts on their way to a ticket, as the carrier tells by signed messages.

    Messages may come twice and in any order: each is kept once by its id, and what is
    true now is what the newest one says that says something of it.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_track_number = fields.Char(
        string="Tracking Number", copy=False, index="btree_not_null"
    )
    scrm_track_carrier = fields.Char(string="Carrier", copy=False)
    scrm_track_state = fields.Selection(
        [
            ("handed", "Handed over"),
            ("moving", "On its way"),
            ("held", "Held up"),
            ("delivered", "Delivered"),
        ],
        string="Delivery",
        copy=False,
        readonly=True,
    )
    scrm_expected_at = fields.Datetime(
        string="Expected Arrival", copy=False, readonly=True
    )
    scrm_track = fields.Json(string="Track", copy=False, readonly=True)
    scrm_track_html = fields.Html(
        string="Way of the Parts", compute="_compute_scrm_track_html", sanitize=False
    )

    @api.depends("scrm_track")
    @api.depends_context("lang", "tz")
    def _compute_scrm_track_html(self):
        for ticket in self:
            items = reversed(ticket.scrm_track or [])
            rows = Markup().join(ticket._scrm_track_row(item) for item in items)
            ticket.scrm_track_html = rows and Markup(
                "<ul class='list-unstyled o_scrm_track mb-0'>%s</ul>"
            ) % (rows)

    def _scrm_track_row(self, item):
        at = fields.Datetime.to_datetime(item["at"])
        words = [item.get("place"), item.get("text")]
        row = Markup("<li><small class='text-muted'>%s</small> %s%s</li>")
        return row % (
            # the reader's clock: pages of the portal are written by the superuser
            format_datetime(
                self.env, at, tz=self.env.context.get("tz"), dt_format="short"
            ),
            " · ".join(word for word in words if word),
            self._scrm_track_position(item),
        )

    def _scrm_track_position(self, item):
        """A link that opens the map of a phone where the vehicle was."""
        if item.get("latitude") is None or item.get("longitude") is None:
            return ""
        where = f"{item['latitude']:.5f},{item['longitude']:.5f}"
        return Markup(" <a href='geo:%s'>%s</a>") % (where, self.env._("Position"))

    def _scrm_courier_place(self):
        """(latitude, longitude) of who has the goods now, as told last; else Nones."""
        self.ensure_one()
        if self.scrm_track_state not in ("handed", "moving", "held"):
            return None, None
        for item in reversed(self.scrm_track or []):
            if item.get("latitude") is not None and item.get("longitude") is not None:
                return item["latitude"], item["longitude"]
        return None, None

    # What a carrier says -----------------------------------------------------

    @api.model
    def _scrm_take_track(self, message_id, message):
        """Keep what a carrier says of parts on their way; once, in any order.

        :param message_id: the carrier's own, the same when it is sent again
        :param message: {"number", and any of the others in ``SAID``}; moments are
            ISO 8601 in UTC
        :return: the tickets of that tracking number
        :raise UserError: it says what nobody understands, or the number is unknown
        """
        item = self._scrm_read_track(message)
        number = item.pop("number")
        tickets = self.search([("scrm_track_number", "=", number)])
        if not tickets:
            raise UserError(
                self.env._("No ticket has the tracking number “%s”.", number)
            )
        tickets.check_access("write")
        tickets.lock_for_update()
        tickets.invalidate_recordset(["scrm_track"])
        for ticket in tickets:
            track = list(ticket.scrm_track or [])
            if message_id not in [one["id"] for one in track]:
                track.append({"id": message_id, **item})
                track.sort(key=lambda one: one["at"])
                ticket.write(self._scrm_track_vals(track))
        return tickets

    @api.model
    def _scrm_track_vals(self, track):
        """What is true after all that was said, the oldest first."""
        vals = {"scrm_track": track}
        for item in track:
            if item.get("state"):
                vals["scrm_track_state"] = item["state"]
            if item.get("expected_at"):
                vals["scrm_expected_at"] = item["expected_at"]
        return vals

    @api.model
    def _scrm_read_track(self, message):
        if not isinstance(message, dict):
            raise UserError(self.env._("The message must be a JSON object."))
        for name, value in message.items():
            if name not in SAID:
                raise UserError(
                    self.env._(
                        "The message has no place for “%(name)s”, but for: %(names)s.",
                        name=str(name)[:60],
                        names=", ".join(SAID),
                    )
                )
            good = isinstance(value, SAID[name]) and not isinstance(value, bool)
            if good and name in LIMITS:
                good = abs(value) <= LIMITS[name]
            if not good:
                raise self._scrm_track_error(name)
        if not message.get("number"):
            raise self._scrm_track_error("number")
        item = {
            name: value[:TEXT_LIMIT] if isinstance(value, str) else value
            for name, value in message.items()
        }
        now = self.env["scrm.clock"].now()
        item["at"] = self._scrm_track_moment(item, "at") or str(now)
        if "expected_at" in item:
            item["expected_at"] = self._scrm_track_moment(item, "expected_at")
        states = self._fields["scrm_track_state"].get_values(self.env)
        if "state" in item and item["state"] not in states:
            raise self._scrm_track_error("state")
        return item

    @api.model
    def _scrm_track_moment(self, item, name):
        """A moment as Odoo writes it, in UTC."""
        if name not in item:
            return None
        try:
            at = datetime.fromisoformat(item[name])
            if at.tzinfo:
                at = at.replace(tzinfo=None) - at.utcoffset()
        except (ValueError, OverflowError) as error:
            raise self._scrm_track_error(name) from error
        return fields.Datetime.to_string(at)

    @api.model
    def _scrm_track_error(self, name):
        return UserError(self.env._("“%s” of the message cannot be read.", name))
