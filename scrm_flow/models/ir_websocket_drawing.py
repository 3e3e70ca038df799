import re

from odoo import models

#: How a browser asks for the news of the version that it shows.
CHANNEL = re.compile(r"scrm\.flow\.version_(\d+)")


class IrWebsocket(models.AbstractModel):
    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Whoever may see a flow version may hear that it was changed."""
        wanted = {
            channel: int(match[1])
            for channel in channels
            if isinstance(channel, str) and (match := CHANNEL.fullmatch(channel))
        }
        if wanted and self.env.uid:
            channels = [channel for channel in channels if channel not in wanted]
            versions = self.env["scrm.flow.version"].browse(wanted.values()).exists()
            channels += list(versions._filtered_access("read"))
        return super()._build_bus_channel_list(channels)
