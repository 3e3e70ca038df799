"""The customer's usage of a device, attached to the ticket for the engineer."""

import csv
import io

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)
USAGE = "usage"


class ScrmFlowServiceUsageDiary(models.AbstractModel):
    """Attach the usage diary; nothing happens where there is no usage."""

    _name = "scrm.flow.service.usage_diary"
    _inherit = "scrm.flow.service"
    _description = "Service Usage Diary"

    _label = _lt("Attach the Usage Diary")
    _kind_rank = 72
    _config_schema = {"type": "object", "additionalProperties": False}

    @api.model
    def _check_config(self, model_name, config):
        if model_name != "helpdesk.ticket":
            return [self.env._("only tickets have a usage diary")]
        return super()._check_config(model_name, config)

    @api.model
    def run(self, record, step, config):
        record._scrm_attach_usage_diary()

    @api.model
    def simulate(self, record, config):
        return {"rows": len(record._scrm_usage_rows())}


class HelpdeskTicket(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    def action_attach_usage_diary(self):
        """Attach the usage diary to the ticket.

        :raise UserError: nothing is known about how the customer uses the device
        """
        self.ensure_one()
        self.check_access("write")
        if not self._scrm_attach_usage_diary():
            raise UserError(
                self.env._(
                    "Nothing is known of how the customer of %(ticket)s uses the "
                    "device.",
                    ticket=self.number,
                )
            )
        return True

    def _scrm_usage_rows(self):
        """(moment, what, details) of the device's counter and the recorded usage.

        Of the ticket's device, of all of the customer's where it names none.
        """
        self.ensure_one()
        lot = self.scrm_lot_id
        entity = self.partner_id.commercial_partner_id
        # sudo: counters of the device the engineer is sent to
        readings = lot.sudo().scrm_reading_ids
        rows = [
            (f"{reading.day} 00:00:00", reading.unit or "", f"{reading.value:g}")
            for reading in readings
        ]
        if entity:
            entries = self.env["scrm.profile.entry"]._of(entity, [USAGE])
            if lot:
                entries = entries.filtered(
                    lambda entry: not entry.lot_id or entry.lot_id == lot
                )
            rows += [
                (f"{entry.at}", entry.name, entry.details or "") for entry in entries
            ]
        return sorted(rows, reverse=True)

    def _scrm_attach_usage_diary(self):
        """The attachment, empty when nothing is known; made anew each time."""
        self.ensure_one()
        files = self.env["ir.attachment"]
        rows = self._scrm_usage_rows()
        if not rows:
            return files
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow([self.env._("When"), self.env._("What"), self.env._("Details")])
        writer.writerows(rows)
        name = self.env._("Usage diary %(ticket)s.csv", ticket=self.number)
        where = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        raw = text.getvalue().encode("utf-8-sig")  # opens in spreadsheets as it is
        known = files.search([*where, ("name", "=", name)], limit=1)
        if known:
            known.raw = raw
            return known
        return files.create(
            {
                "name": name,
                "raw": raw,
                "mimetype": "text/csv",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
