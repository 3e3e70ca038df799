from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

KINDS = [("copy", "Copies"), ("read", "Reads")]


class ScrmGuardLimit(models.Model):
    """How many records of customers somebody may take in a span of time.

    Of the limits of a kind the first holds whose role the person has, or that has none.
    """

    _name = "scrm.guard.limit"
    _description = "Limit of Customer Data"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        KINDS,
        string="What",
        required=True,
        default="copy",
        help="Copies: exports, prints of several, bulk reads. Reads: lists, forms, "
        "files and the API.",
    )
    group_id = fields.Many2one(
        comodel_name="res.groups",
        string="Role",
        ondelete="cascade",
        help="Whom it holds for; nobody's role: everybody.",
    )
    records = fields.Integer(
        string="Records at Most",
        required=True,
        help="One more freezes the rights of who takes it, in the same moment.",
    )
    minutes = fields.Integer(string="Within Minutes", required=True)
    active = fields.Boolean(default=True)

    @api.depends("kind", "group_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        names = dict(self._fields["kind"]._description_selection(self.env))
        for limit in self:
            parts = [names.get(limit.kind), limit.group_id.display_name]
            limit.display_name = ", ".join(filter(None, parts))

    @api.constrains("records", "minutes")
    def _check_numbers(self):
        for limit in self:
            if limit.records < 1:
                raise ValidationError(
                    self.env._("“Records at Most” must be 1 or more.")
                )
            if not 1 <= limit.minutes <= 1440:
                raise ValidationError(
                    self.env._("“Within Minutes” must be from 1 to 1440, one day.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    @tools.ormcache("self.env.uid", "kind")
    def _of_user(self, kind: str):
        """(records, minutes) that the user may take, None for any number."""
        groups = self.env.user.all_group_ids
        # sudo: a limit holds for whoever does not see it, too
        for limit in self.sudo().search([("kind", "=", kind)]):
            if not limit.group_id or limit.group_id in groups:
                return limit.records, limit.minutes
        return None
