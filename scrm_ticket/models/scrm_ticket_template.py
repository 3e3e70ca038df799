from base64 import b64encode
from collections import Counter

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError


class ScrmTicketTemplate(models.Model):
    """A business scenario: the form a customer fills, the flow that serves it, the
    team and priority its tickets start with."""

    _name = "scrm.ticket.template"
    _inherit = ["scrm.key.mixin", "scrm.form.part.mixin"]
    _description = "Ticket Template"
    _order = "sequence, name, id"
    _key_suffix = ""  # "key_2" after "key"

    key = fields.Char(
        required=True,
        copy=False,
        help="Stable name used by rules, packs and the API.",
    )
    name = fields.Char(required=True, translate=True)
    description = fields.Text(
        translate=True, help="Tells customers on the portal what the form is for."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Company",
        help="Leave empty to use the template in all companies.",
    )
    flow_id = fields.Many2one(
        comodel_name="scrm.flow",
        string="Flow",
        domain=[("model", "=", "helpdesk.ticket"), ("is_block", "=", False)],
        ondelete="restrict",
        help="Every ticket of this template starts the published version of the flow.",
    )
    team_id = fields.Many2one(comodel_name="helpdesk.ticket.team", string="Team")
    priority = fields.Selection(
        selection=lambda self: self.env["helpdesk.ticket"]
        ._fields["priority"]
        ._description_selection(self.env),
        string="Default Priority",
        default="1",
    )
    store_id = fields.Many2one(
        comodel_name="scrm.store",
        string="Default Store",
        help="Store of a ticket that names no other.",
    )
    portal_published = fields.Boolean(
        string="On the Portal", help="Customers can choose this form on the portal."
    )
    public_published = fields.Boolean(
        string="On the Website",
        help="Anybody can fill in this form, without a login.",
    )
    mini_published = fields.Boolean(
        string="In Mini-Programs",
        help="Customers can fill in this form in your mini-programs.",
    )
    public_url = fields.Char(string="Address", compute="_compute_public_url")
    public_qr = fields.Binary(
        string="QR Code",
        compute="_compute_public_qr",
        help="For posters, stands and flyers: it opens the form on a phone.",
    )
    is_complaint = fields.Boolean(
        string="Complaints",
        help="How soon its tickets get an answer is shown for each store.",
    )
    line_ids = fields.One2many(
        comodel_name="scrm.ticket.template.line",
        inverse_name="template_id",
        string="Form",
        copy=True,
    )
    part_ids = fields.One2many(
        comodel_name="scrm.ticket.template.part",
        inverse_name="template_id",
        string="Parts",
        copy=True,
    )
    service_ids = fields.Many2many(
        comodel_name="product.product",
        relation="scrm_template_service_rel",
        column1="template_id",
        column2="product_id",
        string="Services",
        domain=[("type", "=", "service")],
        help="What its tickets do: brings the parts and hours of the service.",
    )
    reserve_parts = fields.Boolean(
        string="Reserve at Once",
        help="A new ticket holds its parts before anybody works on it; what is missing "
        "waits.",
    )
    appointment_group_id = fields.Many2one(
        comodel_name="res.groups",
        string="Visits by",
        help="The role whose members come to the customer, where services and repair "
        "plans name none. None: the team.",
    )
    appointment_hours = fields.Float(
        string="A Visit Takes (Hours)",
        default=1.0,
        help="Where services and repair plans do not say it.",
    )
    values_definition = fields.PropertiesDefinition(
        string="Form Definition",
        compute="_compute_values_definition",
        store=True,
        copy=False,
        readonly=True,
    )
    ticket_ids = fields.One2many(
        comodel_name="helpdesk.ticket", inverse_name="template_id", string="Tickets"
    )
    ticket_count = fields.Integer(compute="_compute_ticket_count")

    _key_unique = models.Constraint(
        "UNIQUE(key)", "Another ticket template already has this key."
    )
    _appointment_hours_positive = models.Constraint(
        "CHECK (COALESCE(appointment_hours, 0) >= 0)",
        "A visit does not take less than no time.",
    )

    @api.depends(
        "line_ids.sequence",
        "line_ids.field_id.name",
        "line_ids.field_id.option_ids.key",
        "line_ids.field_id.option_ids.name",
        "line_ids.field_id.option_ids.sequence",
        "line_ids.field_id.option_ids.parent_id",
        "line_ids.field_id.record_model",
        "line_ids.field_id.record_domain",
    )
    def _compute_values_definition(self):
        for template in self.with_context(lang="en_US"):
            found = [
                line.field_id._scrm_definition()
                for line in template.line_ids.sorted()
                if line.field_id
            ]
            template.values_definition = [part for part in found if part]

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        # each ticket that is opened or saved asks for it
        for template in self:
            if isinstance(template.id, int):
                template.display_name = template._scrm_cached_name(self.env.lang)
            else:
                template.display_name = template.name

    @tools.ormcache("self.id", "lang")
    def _scrm_cached_name(self, lang):
        # sudo: Odoo gives names of records that are chosen somewhere to everybody
        return self.sudo().with_context(lang=lang).name

    @api.depends("key")
    def _compute_public_url(self):
        for template in self:
            template.public_url = f"{template.get_base_url()}/scrm/new/{template.key}"

    @api.depends("public_url", "public_published")
    def _compute_public_qr(self):
        reports = self.env["ir.actions.report"]
        for template in self:
            template.public_qr = template.public_published and b64encode(
                reports.barcode("QR", template.public_url, width=400, height=400)
            )

    @api.depends("ticket_ids")
    def _compute_ticket_count(self):
        counts = dict(
            self.env["helpdesk.ticket"]._read_group(
                [("template_id", "in", self.ids)], ["template_id"], ["__count"]
            )
        )
        for template in self:
            template.ticket_count = counts.get(template, 0)

    @api.constrains("flow_id")
    def _check_flow(self):
        for template in self:
            if template.flow_id and template.flow_id.model != "helpdesk.ticket":
                raise ValidationError(
                    self.env._(
                        "The flow “%(flow)s” of the template “%(template)s” is not "
                        "made for tickets.",
                        flow=template.flow_id.name,
                        template=template.name,
                    )
                )

    def write(self, vals):
        if "values_definition" in vals:
            raise UserError(self.env._("Change the form of a template by its lines."))
        return super().write(vals)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for template, vals in zip(self, vals_list, strict=True):
            if "name" not in (default or {}):
                vals["name"] = self.env._("%s (copy)", template.name)
        return vals_list

    def _scrm_desk_lang(self):
        """The language that most of the team speak, who serve these tickets; what
        comes in by a machine is named in it."""
        # sudo: languages of colleagues
        people = self.sudo().team_id.user_ids.filtered("lang")
        spoken = Counter(people.mapped("lang")).most_common(1)
        if spoken:
            return spoken[0][0]
        # sudo: as above
        company = self.sudo().company_id or self.env.company.sudo()
        return company.partner_id.lang or self.env.lang

    def action_view_tickets(self):
        """Open the tickets of this template."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt.helpdesk_ticket_action"
        )
        action["domain"] = [("template_id", "in", self.ids)]
        action["context"] = {"default_template_id": self[:1].id}
        return action
