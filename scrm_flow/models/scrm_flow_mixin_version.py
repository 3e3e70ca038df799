from odoo import fields, models


class ScrmFlowMixin(models.AbstractModel):
    """Shows on every record which version of its flow it runs on."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.mixin"

    scrm_version_id = fields.Many2one(
        related="scrm_run_id.version_id", string="Flow Version"
    )
