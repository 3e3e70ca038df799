import re

from odoo import models

#: What a map or board of one flow, or of all of them, asks to be told about.
CHANNEL = re.compile(r"scrm\.flow_(\d+|all)")


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Who may read a flow is told when something moves on it; nobody else."""
        channels = list(channels)
        wanted = [
            channel
            for channel in channels
            if isinstance(channel, str) and CHANNEL.fullmatch(channel)
        ]
        flows = self.env["scrm.flow"]
        if wanted:
            channels = [channel for channel in channels if channel not in wanted]
            if self.env.user._is_internal() and flows.has_access("read"):
                keys = {CHANNEL.fullmatch(channel)[1] for channel in wanted}
                ids = [int(key) for key in keys - {"all"}]
                domain = [] if "all" in keys else [("id", "in", ids)]
                # all flows that one may read: a company has some dozens
                # pylint: disable-next=no-search-all
                channels += flows.search(domain)
        return super()._build_bus_channel_list(channels)
