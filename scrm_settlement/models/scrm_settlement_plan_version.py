from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class ScrmSettlementPlanVersion(models.Model):
    """The rules of a plan during some days.

    Of the versions that cover a day, the one that starts last is in force: a new
    version takes over from the old one without touching it.
    """

    _name = "scrm.settlement.plan.version"
    _description = "Settlement Plan Version"
    _order = "plan_id, valid_from desc"
    _inherit = ["scrm.settlement.frozen"]

    plan_id = fields.Many2one(
        "scrm.settlement.plan", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    currency_id = fields.Many2one(related="plan_id.currency_id")
    number = fields.Integer(readonly=True, copy=False)
    valid_from = fields.Date(
        required=True,
        default=lambda self: self.env["scrm.clock"].today(),
        help="First day whose facts are settled by this version.",
    )
    valid_to = fields.Date(help="Last day; empty: until a later version begins.")
    frozen = fields.Boolean(
        readonly=True,
        copy=False,
        help="Something has been settled by this version: it cannot change any more.",
    )
    component_ids = fields.One2many(
        "scrm.settlement.component", "version_id", "Components", copy=True
    )

    _number_unique = models.Constraint(
        "UNIQUE (plan_id, number)", "The number of a plan version must be unique."
    )
    _start_unique = models.Constraint(
        "UNIQUE (plan_id, valid_from)",
        "Another version of this plan starts on the same day.",
    )
    _dates = models.Constraint(
        "CHECK (valid_to IS NULL OR valid_from <= valid_to)",
        "A plan version cannot end before it starts.",
    )

    @api.depends("plan_id", "number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(plan)s, version %(number)s",
                plan=version.plan_id.name or "",
                number=version.number,
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.pop("frozen", None)
        versions = super().create(vals_list)
        for version in versions.filtered(lambda version: not version.number):
            siblings = version.plan_id.version_ids - version
            version.number = max(siblings.mapped("number"), default=0) + 1
        return versions

    def write(self, vals):
        if "frozen" in vals:
            raise ValidationError(
                self.env._("A version is frozen by settling with it, not by hand.")
            )
        return super().write(vals)

    def action_new_version(self):
        """Copy this version into a new one that starts tomorrow or later."""
        self.ensure_one()
        starts = self.plan_id.version_ids.mapped("valid_from")
        start = fields.Date.add(max([*starts, self.env["scrm.clock"].today()]), days=1)
        version = self.copy({"valid_from": start, "valid_to": False})
        return version.get_formview_action()

    def _frozen_version(self):
        return self

    def _freeze(self):
        """Freeze for ever what has been settled with.

        An edit that was committed meanwhile makes this transaction start again.
        """
        fresh = self.filtered(lambda version: not version.frozen)
        if fresh:
            self.flush_model()
            self.env.execute_query(
                SQL(
                    "UPDATE scrm_settlement_plan_version SET frozen = TRUE "
                    "WHERE id IN %s RETURNING id",
                    tuple(fresh.ids),
                )
            )
            fresh.invalidate_recordset(["frozen"])
