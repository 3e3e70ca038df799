from odoo import api, fields, models
from odoo.tools import split_every

#: Opportunities whose keys are made in one go.
CHUNK = 1000


class ScrmLeadKey(models.Model):
    """A key by which an opportunity is looked up, see `matching.keys`.

    Rows are narrow and in the order in which they are asked for, so that a key is
    answered from the index alone, however many opportunities there are. They hold
    what may be secret of an opportunity and are read by matching, nobody else.
    """

    _name = "scrm.lead.key"
    _description = "Key of an Opportunity"
    _log_access = False
    _rec_name = "key"

    key = fields.Char(required=True)
    lead_id = fields.Many2one(
        "crm.lead", string="Opportunity", required=True, index=True, ondelete="cascade"
    )
    touched = fields.Datetime(
        related="lead_id.date_last_stage_update",
        string="Last Stage Update",
        store=True,
        precompute=True,
    )

    _lookup_idx = models.Index("(key, touched DESC NULLS LAST, lead_id)")

    @api.model
    def _fill(self):
        """Make the keys of the opportunities that were there before this table."""
        leads = self.env["crm.lead"].with_context(active_test=False)
        wanted = leads.search([("type", "=", "opportunity")], order="id").ids
        for ids in split_every(CHUNK, wanted, tuple):
            self.env.add_to_compute(leads._fields["scrm_key_ids"], leads.browse(ids))
            leads.flush_model(["scrm_key_ids"])
            self.env.invalidate_all()
