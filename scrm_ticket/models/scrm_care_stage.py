from odoo import fields, models


class ScrmCareStage(models.Model):
    """What is told from a certain age on."""

    _name = "scrm.care.stage"
    _description = "Stage of a Care Plan"
    _order = "plan_id, months, id"

    plan_id = fields.Many2one("scrm.care.plan", required=True, ondelete="cascade")
    months = fields.Integer(string="From (Months)", required=True)
    name = fields.Char(required=True, translate=True)
    content = fields.Text(
        translate=True, help="In messages: {{ scrm_care_id.stage_id.content }}"
    )

    _months_unique = models.UniqueIndex(
        "(plan_id, months)", "There is a stage for this age already."
    )
    _not_negative = models.Constraint(
        "CHECK(months >= 0)", "No stage begins before the date."
    )


class ScrmCareMember(models.Model):
    """How it is with one customer: his own cycle, his own use a day."""

    _name = "scrm.care.member"
    _description = "Member of a Care Plan"
    _order = "plan_id, partner_id"

    plan_id = fields.Many2one("scrm.care.plan", required=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="cascade", index=True
    )
    cycle_days = fields.Integer(string="Cycle (Days)", help="0: that of the plan.")
    daily_use = fields.Float(string="Use a Day", help="0: that of the plan.")

    _member_unique = models.UniqueIndex(
        "(plan_id, partner_id)", "The customer is a member of this plan already."
    )
    _not_negative = models.Constraint(
        "CHECK(cycle_days >= 0 AND daily_use >= 0)",
        "Cycle and use of a member are not negative.",
    )
