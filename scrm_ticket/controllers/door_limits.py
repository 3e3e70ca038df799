from odoo.http import request

#: Parameter -> entries an hour, where it says nothing else.
LIMITS = {
    "scrm_ticket.public_limit_address": 20,
    "scrm_ticket.public_limit_all": 1000,
    "scrm_ticket.mini_limit_address": 300,
    "scrm_ticket.mini_limit_customer": 30,
}


class DoorLimits:
    """How often something may come in at a door that is open to everybody."""

    def _scrm_network(self):
        """Where the request comes from; of IPv6 the part a provider gives away."""
        address = request.httprequest.remote_addr or ""
        if ":" in address and "." not in address:
            return ":".join(address.split(":")[:4])
        return address

    def _scrm_limit(self, name):
        # sudo: a figure
        text = request.env["ir.config_parameter"].sudo().get_param(name, "")
        return int(text) if text.isdecimal() else LIMITS[name]

    def _scrm_wait_words(self, seconds):
        """How long somebody has to wait, for a sentence like "again in %s"."""
        minutes = seconds // 60 + 1
        if minutes == 1:
            return request.env._("one minute")
        return request.env._("%s minutes", minutes)
