from odoo import api, fields, models


class ScrmCard(models.Model):
    """A card about the customer beside a ticket or an opportunity.

    It shows where its conditions hold; its blocks say what is on it. All is read with
    the rights of whoever looks at it.
    """

    _name = "scrm.card"
    _inherit = "scrm.keywords.mixin"
    _description = "Customer Card"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    key = fields.Char(
        copy=False, index=True, help="Unique name by which packs refer to it."
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    keywords = fields.Text(
        help="One of them is spoken of; one a line or with commas between. "
        "Empty: always.",
    )
    template_ids = fields.Many2many(
        "scrm.ticket.template", string="Scenarios", help="Empty: on all tickets."
    )
    block_ids = fields.One2many("scrm.card.block", "card_id", copy=True)

    _key_unique = models.UniqueIndex(
        "(key) WHERE key IS NOT NULL", "Another card has this key."
    )

    def _applies(self, text, template):
        """Whether this card belongs beside a record.

        :param text: what is spoken of
        :param template: scenario of the ticket, empty for an opportunity
        """
        self.ensure_one()
        if self.template_ids and template not in self.template_ids:
            return False
        return not self._words() or self._speaks(text)

    @api.model
    def _html(self, partner, text, record):
        """The cards for a record as HTML, False when there is nothing to show.

        :param partner: its customer, may be empty
        :param text: what it says
        :param record: the ticket or opportunity
        """
        template = record.template_id if "template_id" in record._fields else None
        # sudo: which cards there are and when they show; what is on them is read as
        # the user
        cards = self.sudo().search(
            [("company_id", "in", [False, *self.env.companies.ids])]
        )
        shown = []
        for card in cards:
            if not card._applies(text, template):
                continue
            blocks = []
            for block in card.block_ids:
                kind = self.env["scrm.card.block.kind"]._kind(block.kind)
                rows = kind._rows(block, partner, text, record)
                if rows:
                    blocks.append({"title": block.title, "rows": rows})
            if blocks:
                shown.append({"name": card.name, "blocks": blocks})
        return bool(shown) and self.env["ir.qweb"]._render(
            "scrm_opportunity.scrm_cards", {"cards": shown}
        )


class ScrmCardBlock(models.Model):
    _name = "scrm.card.block"
    _description = "Block of a Customer Card"
    _order = "sequence, id"

    card_id = fields.Many2one("scrm.card", required=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        selection=lambda self: self.env["scrm.card.block.kind"]._selection(),
        required=True,
    )
    name = fields.Char(string="Heading", translate=True)
    title = fields.Char(compute="_compute_title")
    entry_kinds = fields.Char(
        string="Kinds of Entries",
        help="Which entries of the profile are shown; with commas between.",
    )
    template_ids = fields.Many2many(
        "scrm.ticket.template",
        string="Scenarios",
        help="Whose tickets it rests on; empty: all.",
    )
    field_ids = fields.Many2many(
        "scrm.form.field", string="Fields", help="Whose answers are shown."
    )
    left_field_id = fields.Many2one(
        "scrm.form.field",
        string="Units Left",
        help="Of a renewal: the field that says how many lessons, visits or units "
        "are left.",
    )
    bought_field_id = fields.Many2one(
        "scrm.form.field",
        string="Units Bought",
        help="Of a renewal: the field that says how many were bought.",
    )

    @api.depends("name", "kind")
    @api.depends_context("lang")
    def _compute_title(self):
        labels = dict(self.env["scrm.card.block.kind"]._selection())
        for block in self:
            block.title = block.name or labels.get(block.kind)


class HelpdeskTicket(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_cards = fields.Html(
        compute="_compute_scrm_cards",
        string="Customer Card",
        sanitize=False,
        groups="base.group_user",
    )

    @api.depends("partner_id", "name", "description", "template_id", "scrm_values")
    @api.depends_context("uid", "lang", "tz")
    def _compute_scrm_cards(self):
        for ticket in self:
            # sudo: only to see which words decide on a card
            text = ticket.sudo()._scrm_match_text()
            ticket.scrm_cards = self.env["scrm.card"]._html(
                ticket.partner_id, text, ticket
            )


class CrmLead(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "crm.lead"

    scrm_cards = fields.Html(
        compute="_compute_scrm_cards",
        string="Customer Card",
        sanitize=False,
        groups="base.group_user",
    )

    @api.depends("partner_id", "name", "description")
    @api.depends_context("uid", "lang", "tz")
    def _compute_scrm_cards(self):
        for lead in self:
            text = f"{lead.name or ''}\n{lead.description or ''}"
            lead.scrm_cards = self.env["scrm.card"]._html(lead.partner_id, text, lead)
