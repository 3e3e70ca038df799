from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmHandoverKindActivity(models.AbstractModel):
    """Planned activities, which Odoo would leave with somebody who never comes."""

    _name = "scrm.handover.kind.activity"
    _inherit = "scrm.handover.kind"
    _description = "Handover of Activities"

    _label = _lt("Activities")
    _kind_rank = 50
    _model = "mail.activity"

    @api.model
    def _company(self, record):
        document = self._document(record)
        if document and "company_id" in document._fields:
            return document.company_id
        return super()._company(record)

    @api.model
    def _is_able(self, record, person):
        document = self._document(record)
        return super()._is_able(record, person) and (
            not document or document.with_user(person).has_access("read")
        )

    @api.model
    def _document(self, activity):
        """What is to be done something about; empty when it is gone."""
        if not activity.res_model or activity.res_model not in self.env:
            return None
        # sudo: see the family
        return self.env[activity.res_model].sudo().browse(activity.res_id).exists()
