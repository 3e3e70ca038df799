from odoo import api, fields, models

from ..doors.platforms import PLATFORMS


class HelpdeskTicket(models.Model):
    """The channel of the customer: the platform where he or she wrote, or the door
    where there is none between."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_channel = fields.Selection(
        selection=lambda self: self._scrm_channel_selection(),
        string="Customer's Channel",
        readonly=True,
        copy=False,
        prefetch="scrm_door",
        help="Where the customer asked: answers go there.",
    )
    scrm_channel_icon = fields.Char(compute="_compute_scrm_channel_icon")

    _scrm_channel_idx = models.Index("(partner_id, create_date, scrm_channel)")

    @api.model
    def _scrm_channels(self):
        """{key: (name, sign)} of all channels."""
        doors = self.env["scrm.ticket.door"]._kinds()
        found = {
            key: (self.env._(name), icon) for key, (name, icon) in PLATFORMS.items()
        }
        for door in doors:
            if not door._platform:
                found[door._kind_key()] = self.env._(door._label), door._icon
        return found

    @api.model
    def _scrm_channel_selection(self):
        return [(key, name) for key, (name, _icon) in self._scrm_channels().items()]

    @api.depends("scrm_channel")
    def _compute_scrm_channel_icon(self):
        channels = self._scrm_channels()
        for ticket in self:
            _name, ticket.scrm_channel_icon = channels.get(
                ticket.scrm_channel, ("", "fa-inbox")
            )

    @api.model_create_multi
    def create(self, vals_list):
        by_default = self.env.context.get("default_scrm_door") or "backend"
        doors = self.env["scrm.ticket.door"]
        prepared = []
        for vals in vals_list:
            door = vals.get("scrm_door") or by_default
            channel = doors._kind(door)._platform or door
            prepared.append({"scrm_channel": channel, **vals})
        return super().create(prepared)

    @api.model
    def _scrm_submit_vals(self, data, door):
        vals, dropped = super()._scrm_submit_vals(data, door)
        said = data.get("partner")
        channel = said.get("channel") if isinstance(said, dict) else None
        if channel in PLATFORMS:
            vals["scrm_channel"] = channel
        return vals, dropped
