import re

from odoo import models

#: How a browser asks for the news of the version that it shows.
CHANNEL = re.compile(r"scrm\.flow\.version_(\d+)")


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Whoever may see a flow version may hear that it was changed."""
        wanted = {
            channel: int(match[1])
            for channel in channels
            if isinstance(channel, str) and (match := CHANNEL.fullmatch(channel))
        }
        channels = [channel for channel in channels if channel not in wanted]
        if wanted and self.env.uid:
            versions = self.env["scrm.flow.version"].browse(wanted.values()).exists()
            channels += list(versions._filtered_access("read"))
        return super()._build_bus_channel_list(channels)
