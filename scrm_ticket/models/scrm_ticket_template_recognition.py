from odoo import api, fields, models
from odoo.tools import html2plaintext

from ..doors import words

#: What counts how much for a suggestion: what is said now, what was said last, the
#: template of the last ticket, the customer's tags.
SAID, SAID_LAST, USED_LAST, TAGGED = 10, 3, 2, 1


class ScrmTicketTemplate(models.Model):
    """By what a template is recognised: its words, business types, customers."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.ticket.template"

    words = fields.Text(
        help="Words by which messages of this kind are recognised, parted by commas "
        "or lines, in all languages of your customers: repair, broken, 报修.",
    )
    category_ids = fields.Many2many(
        comodel_name="helpdesk.ticket.category",
        string="Business Types",
        help="A ticket of one of these categories that names no template gets this "
        "one, and with it the flow.",
    )
    customer_tag_ids = fields.Many2many(
        comodel_name="res.partner.category",
        string="Suggested for Customers",
        help="It is rather suggested for customers with one of these tags.",
    )

    def _scrm_words(self):
        """Key -> words, in the order of the templates."""
        return {template.key: words.read(template.words) for template in self}

    @api.model
    def _scrm_of_category(self, category):
        """The template of a business type; a higher category counts for lower ones.

        :param category: ``helpdesk.ticket.category``, may be empty
        """
        domain = [("company_id", "in", [False, *self.env.companies.ids])]
        while category:
            found = self.search(
                [*domain, ("category_ids", "in", category.ids)], limit=1
            )
            if found:
                return found
            category = category.parent_id
        return self.browse()

    def _scrm_suggest(self, partner, text=""):
        """Which of these templates fits best what a customer may want.

        :param partner: ``res.partner``, may be empty
        :param text: what is said now, may be empty
        :return: ``scrm.ticket.template``, empty when nothing speaks for one
        """
        last = self._scrm_last_ticket(partner)
        said_last = f"{last.name or ''}\n{html2plaintext(last.description or '')}"
        tags = partner.category_id | partner.commercial_partner_id.category_id
        points = {}
        for template in self:
            known = words.read(template.words)
            points[template] = (
                SAID * words.score(known, text)
                + (SAID_LAST * words.score(known, said_last) if last else 0)
                + USED_LAST * bool(last and last.template_id == template)
                + TAGGED * bool(tags & template.customer_tag_ids)
            )
        found = max(points, key=points.get, default=self.browse())
        return found if found and points[found] else self.browse()

    def _scrm_last_ticket(self, partner):
        """The customer's last ticket that the user may read."""
        # not with the sudo that pages read templates with
        tickets = self.env["helpdesk.ticket"].with_env(self.env(su=False))
        if not partner or not tickets.has_access("read"):
            return tickets.browse()
        owner = partner.commercial_partner_id
        return tickets.search(
            [("commercial_partner_id", "=", owner.id)], order="id desc", limit=1
        )
