from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

#: What a region manager may change of a variant.
OF_THE_REGION = {"line_ids"}


class ScrmTicketTemplateVariant(models.Model):
    """What the form of a template asks for besides in some regions.

    All regions share the template, its flow and its rules; tickets of a store in one
    of these regions have the variant's fields as well. Its region managers choose
    them, and nothing else of the template.
    """

    _name = "scrm.ticket.template.variant"
    _description = "Regional Variant"
    _order = "template_id, regions, id"
    _rec_name = "regions"

    template_id = fields.Many2one(
        comodel_name="scrm.ticket.template",
        string="Template",
        required=True,
        ondelete="cascade",
        index=True,
    )
    regions = fields.Char(
        required=True,
        help="Regions of stores, as they are written there, separated by commas.",
    )
    user_ids = fields.Many2many(
        comodel_name="res.users",
        string="Region Managers",
        domain=[("share", "=", False)],
        help="Who may change the fields of this variant, given the role “Region "
        "Manager”.",
    )
    line_ids = fields.One2many(
        comodel_name="scrm.ticket.template.line",
        inverse_name="variant_id",
        string="Fields",
        copy=False,
    )

    _regions_unique = models.Constraint(
        "UNIQUE(template_id, regions)", "The template has these regions already."
    )

    @api.constrains("regions")
    def _check_regions(self):
        for variant in self:
            if not variant._scrm_regions():
                raise ValidationError(self.env._("Name at least one region."))

    def _scrm_regions(self):
        """The regions, as a tuple."""
        names = (self.regions or "").replace("，", ",").split(",")
        return tuple(name.strip() for name in names if name.strip())

    def write(self, vals):
        if not self._scrm_is_head_office() and vals.keys() - OF_THE_REGION:
            raise AccessError(
                self.env._(
                    "Regions and their managers are set by head office; you may "
                    "change the fields of your region."
                )
            )
        if "line_ids" in vals:
            # sudo: an earlier form is kept, whoever changes it
            before = {
                template: template._scrm_snapshot() for template in self.template_id
            }
            result = super().write(vals)
            for template, lines in before.items():
                template._scrm_keep_form(lines)
        else:
            result = super().write(vals)
        if "regions" in vals:
            self.env["scrm.form.part.mixin"]._scrm_forget_forms()
        return result

    def unlink(self):
        self.line_ids.unlink()
        return super().unlink()

    @api.model
    def _scrm_is_head_office(self):
        return self.env.su or self.env.user.has_group("scrm_ticket.group_manager")


class ScrmTicketTemplate(models.Model):
    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.ticket.template"

    variant_ids = fields.One2many(
        comodel_name="scrm.ticket.template.variant",
        inverse_name="template_id",
        string="Regional Variants",
    )


class ScrmTicketTemplateLine(models.Model):
    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.ticket.template.line"

    variant_id = fields.Many2one(
        comodel_name="scrm.ticket.template.variant",
        string="Only in",
        ondelete="cascade",
        index="btree_not_null",
        domain="[('template_id', '=', template_id)]",
        help="The field is on the form of tickets of stores in these regions only.",
    )

    @api.constrains("variant_id", "template_id")
    def _check_variant(self):
        for line in self:
            if line.variant_id and line.variant_id.template_id != line.template_id:
                raise ValidationError(
                    self.env._(
                        "“%s” belongs to a regional variant of another template.",
                        line.field_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("variant_id") and not vals.get("template_id"):
                variant = self.env["scrm.ticket.template.variant"]
                vals["template_id"] = variant.browse(vals["variant_id"]).template_id.id
        return super().create(vals_list)

    def write(self, vals):
        moved = vals.keys() & {"variant_id", "template_id"}
        if moved and not self.variant_id._scrm_is_head_office():
            raise AccessError(
                self.env._("Only head office moves fields between regions.")
            )
        return super().write(vals)

    def _scrm_shown_when(self):
        condition = super()._scrm_shown_when()
        if self.variant_id:
            regions = self.variant_id._scrm_regions()
            return (*condition, ("store_id.region", "in", regions))
        return condition
