from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize, html2plaintext

from odoo.addons.iap.tools import iap_tools

from ..matching import names, references
from ..matching.score import LINK, decide
from ..matching.signals import Subject

USER = "scrm_opportunity.group_user"
#: A change of these looks for opportunities once more.
MATCHED_ON = frozenset(
    {
        "partner_id",
        "partner_email",
        "partner_name",
        "name",
        "description",
        "scrm_values",
        "scrm_contact_phone",
    }
)


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    match_ids = fields.One2many(
        "scrm.match", "ticket_id", string="Matches", groups=USER
    )
    lead_ids = fields.Many2many(
        "crm.lead",
        string="Opportunities",
        compute="_compute_lead_ids",
        search="_search_lead_ids",
        groups=USER,
        help="Opportunities linked with this ticket that you may read.",
    )
    lead_count = fields.Integer(compute="_compute_lead_ids", groups=USER)
    suggestion_count = fields.Integer(compute="_compute_lead_ids", groups=USER)
    scrm_phone_key = fields.Char(
        string="Phone Left, as Matched",
        compute="_compute_scrm_phone_key",
        store=True,
        index="btree_not_null",
        groups="base.group_system",
        help="The number left on the website, in international form.",
    )

    _scrm_email_idx = models.Index(
        "(lower(partner_email)) WHERE partner_email IS NOT NULL"
    )

    @api.depends("scrm_contact_phone")
    def _compute_scrm_phone_key(self):
        for ticket in self:
            # sudo: kept in a form that only matching reads
            number = ticket.sudo().scrm_contact_phone
            home = (ticket.company_id or self.env.company).partner_id.sudo()
            ticket.scrm_phone_key = bool(number) and (
                home._phone_format(number=number) or number
            )

    @api.depends("match_ids.state")
    @api.depends_context("uid")
    def _compute_lead_ids(self):
        rows = self.env["scrm.match"]._read_group(
            [("ticket_id", "in", self.ids), ("state", "in", ("linked", "suggested"))],
            ["ticket_id", "state"],
            ["lead_id:recordset"],
        )
        leads = {(ticket, state): found for ticket, state, found in rows}
        for ticket in self:
            ticket.lead_ids = leads.get((ticket._origin, "linked"), False)
            ticket.lead_count = len(ticket.lead_ids)
            suggested = leads.get((ticket._origin, "suggested"), ())
            ticket.suggestion_count = len(suggested)

    def _search_lead_ids(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        linked = Domain("state", "=", "linked") & Domain("lead_id", operator, value)
        return Domain("match_ids", "any", linked)

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        tickets._scrm_match()
        return tickets

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & MATCHED_ON:
            self._scrm_match()
        return result

    def action_view_opportunities(self):
        """The linked opportunities that the user may read."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm.crm_lead_opportunities"
        )
        action["domain"] = [("id", "in", self.lead_ids.ids)]
        action["context"] = {"active_test": False}
        if self.lead_count == 1:
            action["views"] = [(False, "form")]
            action["res_id"] = self.lead_ids.id
        return action

    def _scrm_subject(self, text):
        """What matching knows of this ticket.

        :param text: what was said, plain
        """
        self.ensure_one()
        partner = self.partner_id
        entity = partner.commercial_partner_id
        email = email_normalize(self.partner_email or "") or partner.email_normalized
        home = partner if partner.street or partner.city else entity
        country = entity.country_id or self.company_id.country_id
        company = entity.name if entity.is_company else partner.company_name
        person = "" if partner.is_company else partner.name
        if not partner and names.is_company_name(self.partner_name):
            company = self.partner_name
        return Subject(
            entity=entity.id or None,
            contact=partner.id or None,
            phone=partner.phone_sanitized
            or entity.phone_sanitized
            or self.scrm_phone_key
            or None,
            email=email or None,
            day=self.env["scrm.clock"].today(),
            # of a provider's addresses everybody has one: then it gives the address
            domain=email and iap_tools.mail_prepare_for_domain_search(email) or None,
            company=names.company_key(company) or None,
            person=names.person_key(person or not company and self.partner_name or "")
            or None,
            codes=frozenset(code.upper() for code in references.codes(text)),
            products=frozenset(self.part_line_ids.product_id.ids),
            said_phones=frozenset(references.phones(text, country.code or None)),
            topics=self.env["scrm.offer"]._topics(text),
            street=home.street or None,
            city=home.city or None,
            postcode=home.zip or None,
        )

    def _scrm_match_text(self):
        """What the ticket says, plain: subject, description, texts of the form."""
        self.ensure_one()
        form = self.scrm_values._values if self.template_id else {}
        texts = [value for value in form.values() if isinstance(value, str)]
        return "\n".join(
            [self.name or "", html2plaintext(self.description or ""), *texts]
        )[: references.TEXT_LIMIT]

    def _scrm_match(self):
        """Find the open opportunities of these tickets' customers and keep them.

        The best one that reaches the link threshold is linked, unless a person has
        already linked another one; the others are suggested. What a person has
        accepted or rejected stays. What only the system had found and no longer
        finds, after a change of customer, goes.
        """
        # sudo: all opportunities compete, so that the best is linked whoever opens
        # the ticket; a match is shown only to those who may read both its ends
        tickets = self.sudo()
        said = {ticket.id: ticket._scrm_match_text() for ticket in tickets}
        subjects = {
            ticket.id: ticket._scrm_subject(said[ticket.id]) for ticket in tickets
        }
        found = self.env["crm.lead"]._scrm_candidates(
            [
                (ticket.id, ticket.company_id.id, subjects[ticket.id], said[ticket.id])
                for ticket in tickets
            ]
        )
        weights = self.env["scrm.match.weight"]._weights()
        fresh = []
        for ticket in tickets:
            candidates = found.get(ticket.id, ())
            decided = decide(subjects[ticket.id], candidates, weights)
            fresh += ticket._scrm_keep_matches(decided)
        if fresh:
            tickets.env["scrm.match"].create(fresh)
        # what was read with sudo must not stay in the cache that the user reads
        self.invalidate_recordset(
            ["match_ids", "lead_ids", "lead_count", "suggestion_count"]
        )
        self.env["crm.lead"].invalidate_model(
            ["match_ids", "ticket_ids", "ticket_count"]
        )

    def _scrm_keep_matches(self, decided):
        """Bring the matches of one ticket up to date with what was found.

        :param decided: list of (decision, Match) from `decide`
        :return: values of the matches still to create
        """
        known = {match.lead_id.id: match for match in self.match_ids}
        by_hand = self.match_ids.filtered("decided_by_id")
        may_link = "linked" not in by_hand.mapped("state")
        kept, fresh = by_hand, []
        for decision, pair in decided:
            lead_id = pair.candidate.lead
            match = known.get(lead_id, self.env["scrm.match"])
            vals = {
                "score": pair.total,
                **{f"{layer}_score": points for layer, points in pair.layers.items()},
                "signals": [hit.as_dict() for hit in pair.hits],
            }
            if not match or match not in by_hand:
                linked = decision == LINK and may_link
                vals["state"] = "linked" if linked else "suggested"
                vals["found_as"] = vals["state"]
            if match:
                match.write(vals)
                kept |= match
            else:
                fresh.append({"ticket_id": self.id, "lead_id": lead_id, **vals})
        (self.match_ids - kept).unlink()
        return fresh
