from odoo import api, models
from odoo.tools import format_date


class ScrmFormField(models.Model):
    """What a record that was chosen says of itself below its field, as it is now."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.form.field"

    @api.model
    def _scrm_telling_models(self):
        """The models whose records say more than their names."""
        return ["stock.picking"]

    def _scrm_is_telling(self):
        """Whether something stands below this field when it is filled in."""
        self.ensure_one()
        if self.type == "record":
            return self.record_model in self._scrm_telling_models()
        return self.type in ("stock", "serial")

    @api.model
    def _scrm_record_note(self, record):
        """What the form says about a record; addons add theirs.

        :param record: of one of the telling models, with sudo
        :return: {"text", "is_bad"}, with "percent" where a bar shows it
        """
        if record._name == "stock.picking":
            return {"text": self._scrm_delivery_words(record), "is_bad": False}
        return {"text": "", "is_bad": False}

    @api.model
    def _scrm_delivery_words(self, picking):
        """Where a delivery stands: its state, its day, its tracking number."""
        states = dict(picking._fields["state"]._description_selection(self.env))
        words = [
            states[picking.state],
            format_date(self.env, picking.date_done or picking.scheduled_date),
        ]
        # of the addon for carriers, where it is installed
        if "carrier_tracking_ref" in picking._fields and picking.carrier_tracking_ref:
            words.append(
                f"{picking.carrier_id.name or ''} {picking.carrier_tracking_ref}"
            )
        told = ", ".join(word.strip() for word in words if word)
        return f"{picking.name}: {told}"
