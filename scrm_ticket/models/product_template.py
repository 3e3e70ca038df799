from odoo import fields, models


class ProductTemplate(models.Model):
    """Device models with the parts that fit them, and services with what they take."""

    _inherit = "product.template"

    scrm_is_device = fields.Boolean(
        string="Device Model",
        help="Its serial numbers are devices at customers.",
    )
    scrm_device_class = fields.Char(
        string="Device Class",
        help="Rules and prices ask for it, such as “imported” or “domestic”.",
    )
    scrm_warranty_months = fields.Integer(
        string="Warranty (Months)", help="From the day of the purchase."
    )
    scrm_cycle_months = fields.Integer(
        string="Maintenance Every (Months)", help="0: not by the calendar."
    )
    scrm_cycle_usage = fields.Float(
        string="Maintenance After (Usage)",
        help="As the device counts: kilometres, hours, copies. 0: not by usage.",
    )
    scrm_usage_unit = fields.Char(
        string="Counts", translate=True, help="What its readings count: km, hours."
    )
    scrm_fitting_part_ids = fields.Many2many(
        comodel_name="product.product",
        relation="scrm_device_part_rel",
        column1="device_tmpl_id",
        column2="part_id",
        string="Fitting Parts",
        domain=[("is_storable", "=", True)],
        help="The spare parts of this device. A ticket for it shows what is in stock.",
    )
    scrm_repair_plan_ids = fields.Many2many(
        comodel_name="scrm.repair.plan",
        relation="scrm_repair_plan_device_rel",
        column1="device_tmpl_id",
        column2="plan_id",
        string="Repair Plans",
    )
    scrm_hours = fields.Float(
        string="Takes (Hours)", help="Labour hours that this service takes."
    )
    scrm_role_ids = fields.Many2many(
        comodel_name="res.groups",
        relation="scrm_service_role_rel",
        column1="service_tmpl_id",
        column2="group_id",
        string="Done by Roles",
        help="Who is able to do it: members of one of these.",
    )
    scrm_service_part_ids = fields.One2many(
        comodel_name="scrm.service.part",
        inverse_name="product_tmpl_id",
        string="Needed Parts",
        copy=True,
    )

    _scrm_cycles_positive = models.Constraint(
        "CHECK (COALESCE(scrm_warranty_months, 0) >= 0 "
        "AND COALESCE(scrm_cycle_months, 0) >= 0 "
        "AND COALESCE(scrm_cycle_usage, 0) >= 0 AND COALESCE(scrm_hours, 0) >= 0)",
        "Warranty, maintenance cycle and duration cannot be negative.",
    )


class ScrmServicePart(models.Model):
    """A part that a service takes."""

    _name = "scrm.service.part"
    _inherit = "scrm.part.need.mixin"
    _description = "Part of a Service"

    product_tmpl_id = fields.Many2one(
        comodel_name="product.template",
        string="Service",
        required=True,
        ondelete="cascade",
        index=True,
    )
