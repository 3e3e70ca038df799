from odoo import SUPERUSER_ID, api, models


class ScrmFlowTimer(models.Model):
    """Where the clock of a scenario jumps, tickets are opened that days make due."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.timer"

    @api.model
    def run_due(self):
        count = super().run_due()
        # after super, which checked that an administrator asks in a test database
        self.env["stock.lot"].with_user(SUPERUSER_ID)._cron_scrm_maintenance()
        self.env["scrm.care"].with_user(SUPERUSER_ID)._cron_open()
        self.env["scrm.notice.delivery"].with_user(SUPERUSER_ID)._run_all()
        return count
