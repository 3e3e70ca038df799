from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

#: What the colours of a board mean; the keys are what people see.
COLOURS = [("red", "Overdue or Stuck"), ("yellow", "Waiting"), ("green", "Done Today")]


class ScrmFlowReportMixin(models.AbstractModel):
    """What the reports on steps and on runs share.

    The product's clock says what is overdue, the reader's timezone what was done
    today. Addons add fields and columns as in ``scrm.report.mixin``.
    """

    _name = "scrm.flow.report.mixin"
    _inherit = ["scrm.report.mixin", "scrm.flow.trace.mixin"]
    _description = "Report on Flows"

    #: Alias of the table in :meth:`_report_joins` that names the record.
    _report_subject = None

    run_id = fields.Many2one("scrm.flow.run", readonly=True)
    flow_id = fields.Many2one("scrm.flow", readonly=True)
    version_id = fields.Many2one("scrm.flow.version", readonly=True)
    node_id = fields.Many2one(
        "scrm.flow.node",
        readonly=True,
        help="On the newest drawing where that still has a node of this key.",
    )
    node_key = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", string="Handler", readonly=True)
    colour = fields.Selection(
        COLOURS,
        readonly=True,
        help="Red: the deadline has passed, or the flow has stopped. Yellow: it waits "
        "for somebody. Green: done today.",
    )
    deadline_at = fields.Datetime(string="Deadline", readonly=True)
    ended_at = fields.Datetime(string="Ended", readonly=True)
    late_hours = fields.Float(string="Late by", readonly=True, aggregator="max")

    # Whose stage it is ----------------------------------------------------------

    @api.model
    def _post_domain(self) -> Domain:
        """Rows that the reader may see where boards are cut by post."""
        return Domain.TRUE

    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            domain = Domain(domain) & self._post_domain()
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if not self or not self.env["scrm.flow"]._segmented_ids():
            return result
        rows = self - result[0] if result else self
        forbidden = rows - self.browse(self._search(Domain("id", "in", rows.ids)))
        if not forbidden:
            return result
        if result:
            forbidden += result[0]
        return forbidden, lambda: AccessError(
            self.env._("On the boards of this flow each post sees its own nodes only.")
        )

    @api.model
    def _day_bounds(self, first=None, last=None) -> tuple[datetime, datetime]:
        """From the beginning of one day of the reader's to the end of another.

        :param first: ``date``, by default today
        :param last: ``date``, by default the first one
        :return: naive UTC; the end itself is not in it
        """
        first = first or self._today()
        last = last or first
        zone = pytz.timezone(self.env.user.tz or "UTC")

        def midnight(day):
            local = zone.localize(datetime.combine(day, time()))
            return local.astimezone(pytz.utc).replace(tzinfo=None)

        return midnight(first), midnight(last + timedelta(days=1))

    @api.model
    def _today(self):
        return self.env["scrm.clock"].today()

    # What a map filters and splits by -----------------------------------------

    @api.model
    def _map_dimensions(self, model_name) -> list[str]:
        """Fields by which the records of a model are filtered and split on a map.

        Each is a field of this report and of the records, under one name.
        """
        return []

    @api.model
    def _map_options(self, flow, name) -> list[tuple]:
        """What can be chosen for one of these fields: [(value, label)].

        Only what the reader may see, of what is in use now.
        """
        field = self._fields[name]
        if field.type == "selection":
            return field._description_selection(self.env)
        comodel = self.env[field.comodel_name]
        if not comodel.has_access("read"):
            return []
        found = comodel.search_fetch(self._map_option_domain(flow, name), limit=500)
        return [(record.id, record.display_name) for record in found]

    @api.model
    def _map_option_domain(self, flow, name) -> list:
        return []
