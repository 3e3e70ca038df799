from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

#: Kind of personal data -> the customer's own, with which a form begins.
DEFAULTS = {
    "name": "partner_name",
    "phone": "partner_phone",
    "email": "partner_email",
    "address": "partner_address",
}


class ScrmFormField(models.Model):
    """Base fields: every form asks for them, and none can drop them."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.form.field"

    is_base = fields.Boolean(
        string="On Every Form",
        help="Every template asks for it, and nobody takes it off: the customer's name "
        "and contact, for example, and what it is about. It is always required.",
    )

    @api.constrains("is_base", "type")
    def _check_base_type(self):
        for field in self:
            if field.is_base and field.type in ("history", "formula"):
                raise ValidationError(
                    self.env._(
                        "“%s” cannot be on every form: nobody fills it in.", field.name
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create(vals_list)
        made._scrm_put_on_forms()
        return made

    def write(self, vals):
        result = super().write(vals)
        if vals.get("is_base") or vals.get("active"):
            self._scrm_put_on_forms()
        return result

    @api.model
    def _scrm_base(self):
        """The base fields there are."""
        return self.search([("is_base", "=", True)])

    def _scrm_put_on_forms(self):
        base = self.filtered(lambda field: field.is_base and field.active)
        if base:
            templates = self.env["scrm.ticket.template"].with_context(active_test=False)
            # all of them: that is what it means
            # pylint: disable-next=no-search-all
            templates.search([])._scrm_ask_for(base)


class ScrmTicketTemplate(models.Model):
    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.ticket.template"

    @api.model_create_multi
    def create(self, vals_list):
        templates = super().create(vals_list)
        templates._scrm_ask_for(self.env["scrm.form.field"]._scrm_base())
        return templates

    def _scrm_ask_for(self, base):
        """Let each form ask for base fields, before all others.

        :param base: ``scrm.form.field``
        """
        always = {"required": True, "shown_when": "[]", "variant_id": False}
        for template in self if base else ():
            lines = {line.field_id: line for line in template.line_ids}
            rows = []
            for number, field in enumerate(base.sorted("id"), -len(base)):
                if field in lines:
                    if not lines[field]._scrm_is_always():
                        rows.append(Command.update(lines[field].id, always))
                    continue
                vals = {"field_id": field.id, "sequence": number, **always}
                vals["default_kind"] = DEFAULTS.get(field.masking, False)
                rows.append(Command.create(vals))
            if rows:
                template.line_ids = rows


class ScrmTicketTemplateLine(models.Model):
    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.ticket.template.line"

    @api.constrains("required", "shown_when", "field_id", "variant_id")
    def _check_base(self):
        for line in self:
            if line.field_id.is_base and not line._scrm_is_always():
                raise ValidationError(
                    self.env._(
                        "“%s” is on every form: it is always shown, and required.",
                        line.field_id.name,
                    )
                )

    def write(self, vals):
        if "field_id" in vals:
            others = self.filtered(lambda line: line.field_id.id != vals["field_id"])
            others._scrm_keep_base()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_base(self):
        self._scrm_keep_base()

    def _scrm_is_always(self):
        """Whether the form asks for the field always, of everybody."""
        return (
            self.required and (self.shown_when or "[]") == "[]" and not self.variant_id
        )

    def _scrm_keep_base(self):
        """Refuse to take base fields off a form.

        :raise UserError: naming one of them
        """
        base = self.field_id.filtered(lambda field: field.is_base and field.active)
        if base:
            raise UserError(
                self.env._(
                    "“%s” stays: every form asks for it. Who may change the catalogue "
                    "says there which fields these are.",
                    base[0].name,
                )
            )
