from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime, html2plaintext

from ..matching import names

#: Entries shown of each kind, the newest first.
PER_KIND = 50
#: Goods of an order that are named.
GOODS = 3
#: Characters of a mail that are shown.
EXCERPT = 160
#: How often entries of one customer lead to further ones.
TWIN_ROUNDS = 3


class ScrmStory(models.AbstractModel):
    """The story line of a customer: all that happened, on one time line.

    Each source is one method that yields entries; an addon adds one by extending
    `_sources`. Everything is read as the user: what they may not read is not there.
    """

    _name = "scrm.story"
    _description = "Story Line of a Customer"

    @api.model
    def _sources(self):
        """Functions that take commercial partners and give entries."""
        return [
            self._tickets,
            self._opportunities,
            self._orders,
            self._deliveries,
            self._meetings,
            self._calls,
            self._mails,
            self._needs,
        ]

    @api.model
    def _story(self, partner):
        """What happened with a customer and its contacts, the newest first.

        :param partner: ``res.partner``, may be empty
        :return: list of dicts with at (datetime), kind, icon, title, note, model, id
        """
        entities = partner.commercial_partner_id
        if not entities:
            return []
        entities |= self._twins(entities)
        entries = [entry for source in self._sources() for entry in source(entities)]
        return sorted(entries, key=lambda entry: entry["at"], reverse=True)

    @api.model
    def _twins(self, entity):
        """The same customer as colleagues have entered it once more.

        One that has the same phone number, e-mail address or, of a company, the same
        name without its legal form, and that the user may read.
        """
        found = entity
        for _round in range(TWIN_ROUNDS):
            same = [
                Domain(name, "in", values)
                for name in ("phone_sanitized", "email_normalized", "scrm_company_key")
                if (values := [value for value in found.mapped(name) if value])
            ]
            if not same:
                break
            more = self._read("res.partner", Domain.OR(same), "id")
            if more.commercial_partner_id <= found:
                break
            found |= more.commercial_partner_id
        return found - entity

    @api.model
    def _read(self, model, domain, order):
        """The newest records that the user may read; none without the right."""
        records = self.env[model]
        if not records.has_access("read"):
            return records
        return records.search(domain, order=order, limit=PER_KIND)

    @api.model
    def _entry(self, record, at, icon, kind, note="", title=None):
        return {
            "at": fields.Datetime.to_datetime(at),
            "icon": icon,
            "kind": kind,
            "title": title or record.display_name,
            "note": note or "",
            "model": record._name,
            "id": record.id,
        }

    def _of(self, entity, name="partner_id"):
        return Domain(name, "child_of", entity.ids)

    @api.model
    def _tickets(self, entity):
        kind = self.env._("Ticket")
        for ticket in self._read("helpdesk.ticket", self._of(entity), "id desc"):
            yield self._entry(
                ticket, ticket.create_date, "fa-life-ring", kind, ticket.stage_id.name
            )

    @api.model
    def _opportunities(self, entity):
        kind = self.env._("Opportunity")
        leads = self.env["crm.lead"].with_context(active_test=False)
        for lead in self.with_env(leads.env)._read(
            "crm.lead", self._of(entity), "id desc"
        ):
            states = {"won": self.env._("won"), "lost": self.env._("lost")}
            note = states.get(lead.won_status) or lead.stage_id.name
            yield self._entry(lead, lead.create_date, "fa-star", kind, note)

    @api.model
    def _orders(self, entity):
        for order in self._read("sale.order", self._of(entity), "date_order desc"):
            kind = (
                self.env._("Order")
                if order.state == "sale"
                else self.env._("Quotation")
            )
            # sudo: what stands on an order that the user reads
            goods = order.sudo().order_line.product_id[:GOODS].mapped("name")
            note = " · ".join([order.currency_id.format(order.amount_total), *goods])
            yield self._entry(order, order.date_order, "fa-file-text-o", kind, note)

    @api.model
    def _deliveries(self, entity):
        kind = self.env._("Delivery")
        domain = self._of(entity) & Domain("picking_type_code", "=", "outgoing")
        states = dict(
            self.env["stock.picking"]._fields["state"]._description_selection(self.env)
        )
        for picking in self._read("stock.picking", domain, "scheduled_date desc"):
            at = picking.date_done or picking.scheduled_date
            yield self._entry(picking, at, "fa-truck", kind, states[picking.state])

    @api.model
    def _meetings(self, entity):
        kind = self.env._("Meeting")
        people = self._of(entity, "partner_ids")
        for event in self._read("calendar.event", people, "start desc"):
            yield self._entry(event, event.start, "fa-calendar", kind, event.location)

    @api.model
    def _calls(self, entity):
        """Calls that were noted as done on the customer and its records."""
        about = []
        for model in ("res.partner", "crm.lead", "helpdesk.ticket"):
            name = "id" if model == "res.partner" else "partner_id"
            records = self._read(model, self._of(entity, name), "id desc")
            about.append(
                Domain("model", "=", model) & Domain("res_id", "in", records.ids)
            )
        done = Domain("mail_activity_type_id.category", "=", "phonecall")
        for call in self._read("mail.message", done & Domain.OR(about), "date desc"):
            yield self._message(call, "fa-phone", self.env._("Call"))

    @api.model
    def _needs(self, entity):
        kind = self.env._("Need")
        for need in self._read("scrm.need", self._of(entity), "id desc"):
            yield self._entry(need, need.create_date, "fa-flag", kind, need.note)

    @api.model
    def _mails(self, entity):
        """Mails of the customer's people and to them."""
        domain = Domain("message_type", "in", ("email", "email_outgoing")) & (
            self._of(entity, "author_id") | self._of(entity, "partner_ids")
        )
        for mail in self._read("mail.message", domain, "date desc"):
            yield self._message(mail, "fa-envelope-o", self.env._("Mail"))

    @api.model
    def _message(self, message, icon, kind):
        """The entry of a message, which leads to the record it belongs to."""
        text = " ".join(html2plaintext(message.body or "").split())[:EXCERPT]
        title = message.subject or message.record_name
        entry = self._entry(message, message.date, icon, kind, text, title)
        if message.model and message.res_id:
            entry |= {"model": message.model, "id": message.res_id}
        return entry

    @api.model
    def _html(self, partner):
        """The story line as HTML, for a field of a form."""
        entries = self._story(partner)
        if not entries:
            return False
        return self.env["ir.qweb"]._render(
            "scrm_opportunity.scrm_story_line",
            {"entries": entries, "local": self._local},
        )

    @api.model
    def _local(self, moment):
        """A moment as the reader writes it."""
        return format_datetime(self.env, moment, dt_format="short")


class ResPartner(models.Model):
    _inherit = "res.partner"

    scrm_company_key = fields.Char(
        string="Company in Written Form",
        compute="_compute_scrm_company_key",
        store=True,
        index="btree_not_null",
        help="The company's name without legal form and branch.",
    )
    scrm_story = fields.Html(
        compute="_compute_scrm_story",
        string="Story Line",
        sanitize=False,
        groups="base.group_user",
    )

    @api.depends("name", "is_company")
    def _compute_scrm_company_key(self):
        for partner in self:
            key = partner.is_company and names.company_key(partner.name)
            partner.scrm_company_key = key or False

    @api.depends_context("uid", "lang", "tz")
    def _compute_scrm_story(self):
        for partner in self:
            partner.scrm_story = self.env["scrm.story"]._html(partner)


class HelpdeskTicket(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_story = fields.Html(
        compute="_compute_scrm_story",
        string="Story Line",
        sanitize=False,
        groups="base.group_user",
    )
    scrm_agreed = fields.Html(
        compute="_compute_scrm_agreed",
        string="Agreed Before",
        groups="scrm_opportunity.group_user",
        help="Notes and mails of the linked opportunities, special wishes included.",
    )

    @api.depends("partner_id")
    @api.depends_context("uid", "lang", "tz")
    def _compute_scrm_story(self):
        for ticket in self:
            ticket.scrm_story = self.env["scrm.story"]._html(ticket.partner_id)

    @api.depends("match_ids.state", "match_ids.lead_id.description")
    @api.depends_context("uid", "lang", "tz")
    def _compute_scrm_agreed(self):
        for ticket in self:
            leads = ticket.lead_ids
            said = self.env["mail.message"].search(
                [
                    ("model", "=", "crm.lead"),
                    ("res_id", "in", leads.ids),
                    ("message_type", "in", ("comment", "email", "email_outgoing")),
                ],
                order="date desc",
                limit=PER_KIND,
            )
            ticket.scrm_agreed = bool(leads) and self.env["ir.qweb"]._render(
                "scrm_opportunity.scrm_agreed",
                {
                    "leads": leads,
                    "said": said.grouped("res_id"),
                    "local": self.env["scrm.story"]._local,
                },
            )


class CrmLead(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "crm.lead"

    scrm_story = fields.Html(
        compute="_compute_scrm_story",
        string="Story Line",
        sanitize=False,
        groups="base.group_user",
    )

    @api.depends("partner_id")
    @api.depends_context("uid", "lang", "tz")
    def _compute_scrm_story(self):
        for lead in self:
            lead.scrm_story = self.env["scrm.story"]._html(lead.partner_id)
