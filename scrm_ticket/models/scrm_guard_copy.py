from odoo import api, fields, models
from odoo.exceptions import UserError

#: So many records are named one by one in the record of a copy.
NAMED = 1000


class ScrmGuardCopy(models.Model):
    """Who took customer data in bulk, or tried to: a record for good.

    Rows are committed at once, in a transaction of their own, so that what is refused
    afterwards stays written down.
    """

    _name = "scrm.guard.copy"
    _description = "Copy of Customer Data"
    _order = "id desc"
    _rec_name = "model"
    _log_access = False

    user_id = fields.Many2one(
        "res.users", string="Who", required=True, readonly=True, ondelete="restrict"
    )
    at = fields.Datetime(string="When", required=True, readonly=True, index=True)
    way = fields.Selection(
        [
            ("export", "Export"),
            ("print", "Print"),
            ("pivot", "Pivot table"),
            ("read", "Bulk read"),
        ],
        required=True,
        readonly=True,
    )
    model_name = fields.Char(string="Records Of", compute="_compute_model_name")
    model = fields.Char(required=True, readonly=True)
    domain = fields.Text(string="Condition", readonly=True)
    field_names = fields.Text(string="Fields", readonly=True)
    count = fields.Integer(string="Number of Records", readonly=True)
    record_ids = fields.Json(string="Numbers of the Records", readonly=True)
    path = fields.Char(string="Address", readonly=True)
    source = fields.Char(string="Network Address", readonly=True)
    outcome = fields.Selection(
        [
            ("done", "Given"),
            ("refused", "Refused: no right"),
            ("stopped", "Stopped: too much"),
        ],
        required=True,
        readonly=True,
    )

    _user_idx = models.Index("(user_id, at)")

    @api.depends("model")
    @api.depends_context("lang")
    def _compute_model_name(self):
        for copy in self:
            # sudo: what a model is called is no secret
            known = self.env["ir.model"].sudo()._get(copy.model)
            copy.model_name = known.name or copy.model

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("The record of copies cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("The record of copies cannot be deleted."))
