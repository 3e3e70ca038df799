from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class ScrmRepairPlan(models.Model):
    """What a fault of a device model takes: parts, hours, and who is able to do it.

    A fault is an option of the form: a choice, a category or a tag. A plan of a
    category holds for those below it. Of several that fit, the most exact one counts:
    first the deeper category, then the one that names the device model.
    """

    _name = "scrm.repair.plan"
    _inherit = "scrm.fitting.mixin"
    _description = "Repair Plan"
    _order = "sequence, name, id"
    _key_suffix = ""  # "key_2" after "key"
    _fitting_fields = frozenset(
        "active company_id fault_id name product_tmpl_ids sequence template_ids".split()
    )

    key = fields.Char(required=True, copy=False, help="Stable name used by packs.")
    name = fields.Char(required=True, translate=True)
    product_tmpl_ids = fields.Many2many(
        comodel_name="product.template",
        relation="scrm_repair_plan_device_rel",
        column1="plan_id",
        column2="device_tmpl_id",
        string="Device Models",
        domain=[("scrm_is_device", "=", True)],
        help="None: for every device.",
    )
    fault_id = fields.Many2one(
        comodel_name="scrm.form.option",
        string="Fault",
        domain=[("field_id.type", "in", ("choice", "category", "tags"))],
        ondelete="restrict",
        index="btree_not_null",
        help="The answer on the form. "
        "None: maintenance, when no plan for a fault fits.",
    )
    template_ids = fields.Many2many(
        comodel_name="scrm.ticket.template",
        string="Ticket Templates",
        help="None: tickets of every template.",
    )
    hours = fields.Float(string="Labour Hours")
    role_ids = fields.Many2many(
        comodel_name="res.groups",
        string="Done by Roles",
        help="Who is able to do it: members of one of these.",
    )
    note = fields.Text(
        string="How It Is Done", translate=True, help="For whoever repairs."
    )
    part_ids = fields.One2many(
        comodel_name="scrm.repair.plan.part",
        inverse_name="plan_id",
        string="Parts",
        copy=True,
    )

    _key_unique = models.Constraint(
        "UNIQUE(key)", "Another repair plan already has this key."
    )
    _hours_positive = models.Constraint(
        "CHECK(COALESCE(hours, 0) >= 0)", "Labour hours cannot be negative."
    )

    # the name, for a plan that is made without any of the others
    @api.constrains("name", "fault_id", "product_tmpl_ids", "template_ids")
    def _check_plan(self):
        for plan in self:
            if not (plan.fault_id or plan.product_tmpl_ids or plan.template_ids):
                raise ValidationError(
                    self.env._(
                        "The repair plan “%s” names neither a device model, nor a "
                        "fault, nor a ticket template: it would fit everything.",
                        plan.name,
                    )
                )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for plan, vals in zip(self, vals_list, strict=True):
            if "name" not in (default or {}):
                vals["name"] = self.env._("%s (copy)", plan.name)
        return vals_list

    @api.model
    @tools.ormcache()
    def _scrm_fault_keys(self):
        """Keys of the form's fields whose answers a plan may ask for."""
        plans = self.sudo().with_context(active_test=True)  # sudo: keys only
        found = plans.search([("fault_id", "!=", False)])
        return frozenset(found.fault_id.field_id.mapped("key"))

    @api.model
    def _scrm_fitting(self, device, faults, template, company):
        """The plans for these faults of a device: the best one for each fault.

        :param device: ``product.template`` of the device, may be empty
        :param faults: ``scrm.form.option`` chosen on the form
        :param template: ``scrm.ticket.template`` of the ticket
        :param company: ``res.company`` of the ticket
        :return: ``scrm.repair.plan``, each once; with the rights of the caller
        """
        lines = tuple(fault._scrm_with_parents()._ids for fault in faults)
        return self.browse(
            self._scrm_fitting_ids(device.id, lines, template.id, company.id)
        )

    @api.model
    @tools.ormcache("device_id", "lines", "template_id", "company_id")
    def _scrm_fitting_ids(self, device_id, lines, template_id, company_id):
        """The same by ids, asked once: every new ticket wants to know.

        :param lines: for each fault, itself and the categories above it, by id
        :return: ids of ``scrm.repair.plan``
        """
        # sudo: the answer is the same for everybody, see _scrm_fitting for rights
        plans = (
            self.sudo()
            .with_context(active_test=True, lang=None)
            .search(
                self._fitting_domain(template_id, company_id)
                & Domain(
                    "fault_id", "in", [False, *(one for line in lines for one in line)]
                )
                & (
                    Domain("product_tmpl_ids", "=", False)
                    | Domain("product_tmpl_ids", "in", [device_id])
                )
            )
        )
        found = plans.browse()
        for line in lines:
            ranks = {option_id: rank for rank, option_id in enumerate(line)}
            fitting = plans.filtered(
                lambda plan, ranks=ranks: plan.fault_id.id in ranks
            )
            found |= fitting.sorted(
                lambda plan, ranks=ranks: (
                    ranks[plan.fault_id.id],
                    not plan.product_tmpl_ids,
                    not plan.template_ids,
                )
            )[:1]
        if not found:
            found = plans.filtered(lambda plan: not plan.fault_id).sorted(
                lambda plan: (not plan.product_tmpl_ids, not plan.template_ids)
            )[:1]
        return found._ids


class ScrmRepairPlanPart(models.Model):
    """A part that a repair takes."""

    _name = "scrm.repair.plan.part"
    _inherit = "scrm.part.need.mixin"
    _description = "Part of a Repair Plan"

    plan_id = fields.Many2one(
        comodel_name="scrm.repair.plan",
        string="Repair Plan",
        required=True,
        ondelete="cascade",
        index=True,
    )
