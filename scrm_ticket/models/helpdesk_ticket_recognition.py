from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext, plaintext2html


class HelpdeskTicket(models.Model):
    """What is recognised when a ticket comes in, in three layers: the customer's tags
    say its priority, the business type its template and flow; who gets it, the flow's
    handler rules say by who is there."""

    # One model, a file per concern.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_is_vip = fields.Boolean(
        string="VIP",
        compute="_compute_scrm_is_vip",
        compute_sudo=True,  # a mark on the ticket, whoever writes it
        store=True,
        help="The customer has a VIP tag: the ticket stands before others that came "
        "earlier.",
    )
    scrm_suggested_id = fields.Many2one(
        comodel_name="scrm.ticket.template",
        string="Suggestion",
        compute="_compute_scrm_suggested_id",
        help="What the customer said last, and who he is, speak for this template.",
    )
    scrm_origin_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Split from",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    scrm_split_ids = fields.One2many(
        comodel_name="helpdesk.ticket",
        inverse_name="scrm_origin_id",
        string="Split Tickets",
    )

    @api.depends(
        "partner_id.category_id.scrm_is_vip",
        "partner_id.commercial_partner_id.category_id.scrm_is_vip",
    )
    def _compute_scrm_is_vip(self):
        for ticket in self:
            ticket.scrm_is_vip = ticket.partner_id.scrm_is_vip

    @api.depends("partner_id", "name", "description", "template_id")
    @api.depends_context("uid")
    def _compute_scrm_suggested_id(self):
        templates = self.env["scrm.ticket.template"]
        self.scrm_suggested_id = False
        without = self.filtered(lambda ticket: not ticket.template_id)
        if not without or not templates.has_access("read"):
            return
        companies = [False, *self.env.companies.ids]
        offered = templates.search([("company_id", "in", companies)])
        for ticket in without:
            ticket.scrm_suggested_id = offered._scrm_suggest(
                ticket.partner_id, ticket._scrm_said()
            )

    @api.onchange("partner_id")
    def _onchange_partner_priority(self):
        self.priority = max(
            self.priority or "0", self._scrm_tag_priority(self.partner_id)
        )

    @api.onchange("category_id")
    def _onchange_category_template(self):
        if not self.template_id:
            templates = self.env["scrm.ticket.template"]
            self.template_id = templates._scrm_of_category(self.category_id)
            self._onchange_template_id()

    def action_scrm_use_suggestion(self):
        """Take the suggested template."""
        self.ensure_one()
        self.template_id = self.scrm_suggested_id
        return True

    @api.model_create_multi
    def create(self, vals_list):
        ids = {vals["partner_id"] for vals in vals_list if vals.get("partner_id")}
        # sudo: read at once whose tags `_scrm_tag_priority` looks at one by one
        partners = self.env["res.partner"].sudo().browse(ids)
        (partners | partners.commercial_partner_id).mapped("category_id")
        return super().create(vals_list)

    def _scrm_prepare_create(self, vals):
        said = vals.get("priority")
        if not vals.get("template_id") and vals.get("category_id"):
            category = self.env["helpdesk.ticket.category"].browse(vals["category_id"])
            # sudo: the template goes onto the ticket, whoever may read it
            templates = self.env["scrm.ticket.template"].sudo()
            vals["template_id"] = templates._scrm_of_category(category).id
        vals = super()._scrm_prepare_create(vals)
        if not said:
            partner = self.env["res.partner"].browse(vals.get("partner_id"))
            least = self._scrm_tag_priority(partner)
            vals["priority"] = max(vals.get("priority") or "1", least)
        return vals

    @api.model
    def _scrm_tag_priority(self, partner):
        """The priority that the customer's tags ask for at least.

        :param partner: ``res.partner``, may be empty
        """
        # sudo: tags of the customer decide, whoever raises the ticket
        partner = partner.sudo()
        tags = partner.category_id | partner.commercial_partner_id.category_id
        return max((tag.scrm_priority or "0" for tag in tags), default="0")

    # Splitting

    def _scrm_said(self):
        """What the customer wrote, as plain text."""
        self.ensure_one()
        text = html2plaintext(self.description or "")
        name = self.name or ""
        if name in text or text and self._scrm_is_talk():
            return text
        return f"{name}\n{text}".strip()

    def scrm_split(self):
        """Make a ticket of each matter that the message speaks of.

        The ticket keeps the first one; each other matter gets a ticket of its own
        template, linked to this one, with its part of the text.

        :return: ids of the new tickets
        :raise UserError: the message speaks of one matter only
        """
        self.ensure_one()
        self.check_access("write")
        templates = self.env["scrm.ticket.template"].search(
            [("company_id", "in", [False, self.company_id.id])]
        )
        said = html2plaintext(self.description or "").strip() or self.name
        parts = self.env["scrm.ticket.classifier"]._parts(said, templates)
        matters = [(template, text) for template, text in parts if template]
        if not self.template_id and matters:
            self.template_id = matters[0][0]
        others = [
            (template, text)
            for template, text in matters
            if template != self.template_id
        ]
        if not others:
            raise UserError(
                self.env._("The message of %s speaks of one matter only.", self.number)
            )
        return self._scrm_split_off(others).ids

    def _scrm_split_off(self, parts):
        """Linked tickets of the parts of a message.

        :param parts: list of (template, text)
        """
        made = self.create(
            [
                {
                    "template_id": template.id,
                    "name": self._scrm_name_of_part(template),
                    "description": plaintext2html(text),
                    "partner_id": self.partner_id.id,
                    "partner_name": self.partner_name,
                    "partner_email": self.partner_email,
                    "company_id": self.company_id.id,
                    "scrm_door": self.scrm_door,
                    "scrm_origin_id": self.id,
                }
                for template, text in parts
            ]
        )
        for ticket in made:
            ticket.message_post(
                body=self.env._("Split off from %s.", self.number),
                subtype_xmlid="mail.mt_note",
            )
        self.message_post(
            body=self.env._("Split into %s.", ", ".join(made.mapped("number"))),
            subtype_xmlid="mail.mt_note",
        )
        return made

    def action_scrm_split(self):
        """Split the message and show the new tickets."""
        ids = [*self.scrm_split(), self.id]
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "view_mode": "list,form",
            "domain": [("id", "in", ids)],
            "name": self.env._("Split Tickets"),
        }

    @api.model
    def message_new(self, msg, custom_values=None):
        """A mail without a template gets that of its matter; several are split."""
        ticket = super().message_new(msg, custom_values=custom_values)
        if not ticket.template_id and ticket.team_id.scrm_reads_mails:
            parts = self.env["scrm.ticket.classifier"]._parts(
                ticket._scrm_said(),
                # sudo: the gateway's user may be anybody
                self.env["scrm.ticket.template"]
                .sudo()
                .search([("company_id", "in", [False, ticket.company_id.id])]),
            )
            matters = [(template, text) for template, text in parts if template]
            if matters:
                ticket.template_id = matters[0][0]
            if len(matters) > 1:
                ticket._scrm_split_off(matters[1:])
        return ticket


class HelpdeskTicketTeam(models.Model):
    _inherit = "helpdesk.ticket.team"

    scrm_reads_mails = fields.Boolean(
        string="Recognise Mails",
        help="Mails to this team get the template whose words they have; a mail about "
        "several matters becomes several linked tickets.",
    )


class ResPartnerCategory(models.Model):
    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "res.partner.category"

    scrm_priority = fields.Selection(
        selection=lambda self: self.env["helpdesk.ticket"]
        ._fields["priority"]
        ._description_selection(self.env),
        string="Priority of Tickets",
        help="Tickets of customers with this tag begin with this priority at least.",
    )
