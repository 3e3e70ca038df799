from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL

from ..matching import keys, names, references
from ..matching.signals import Candidate

#: Opportunities looked at for one key and for one ticket: those that share the most,
#: then those that moved last. A few more than are shown.
LOOKED_AT = 12
#: The same where the text names something, by which one of a customer's many is meant.
LOOKED_AT_NAMED = 40
#: As many shared keys is a quotation worth that the text names.
QUOTATION_WORTH = 10
#: The last values of a `Candidate` without a quotation.
NOT_QUOTED = (frozenset(), frozenset(), frozenset(), False)


class CrmLead(models.Model):
    """Which opportunities come into question for a ticket."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "crm.lead"

    scrm_company_key = fields.Char(
        string="Company in Written Form",
        compute="_compute_scrm_name_keys",
        store=True,
        help="The company's name without legal form and branch, as matching reads it.",
    )
    scrm_person_key = fields.Char(
        string="Contact in Written Form",
        compute="_compute_scrm_name_keys",
        store=True,
    )

    scrm_key_ids = fields.One2many(
        "scrm.lead.key",
        "lead_id",
        string="Keys",
        compute="_compute_scrm_key_ids",
        store=True,
        groups="base.group_system",
        help="Keys by which matching looks it up.",
    )

    @api.depends(
        "partner_name",
        "contact_name",
        "partner_id.name",
        "partner_id.is_company",
        "partner_id.commercial_partner_id.name",
    )
    def _compute_scrm_name_keys(self):
        for lead in self:
            partner = lead.partner_id
            entity = partner.commercial_partner_id
            company = lead.partner_name or (entity.is_company and entity.name) or ""
            person = lead.contact_name or (not partner.is_company and partner.name)
            lead.scrm_company_key = names.company_key(company) or False
            lead.scrm_person_key = names.person_key(person or "") or False

    @api.depends(
        "type",
        "scrm_company_key",
        "scrm_person_key",
        "street",
        "email_normalized",
        "email_domain_criterion",
        "phone_sanitized",
        "partner_id.commercial_partner_id",
    )
    def _compute_scrm_key_ids(self):
        for lead in self:
            wanted = dict.fromkeys(lead._scrm_lookup_keys())
            known = {one.key: one.id for one in lead.scrm_key_ids}
            lead.scrm_key_ids = [
                *(Command.delete(known[key]) for key in known if key not in wanted),
                *(Command.create({"key": key}) for key in wanted if key not in known),
            ]

    def _scrm_lookup_keys(self):
        """Keys of an opportunity; a lead that is none yet has none."""
        self.ensure_one()
        if self.type != "opportunity":
            return []
        return keys.lookup_keys(
            company=self.scrm_company_key,
            person=self.scrm_person_key,
            street=self.street,
            email=self.email_normalized,
            domain=self.email_domain_criterion,
            phones=[self.phone_sanitized] if self.phone_sanitized else (),
            entity=self.partner_id.commercial_partner_id.id,
        )

    @api.model
    def _scrm_candidates(self, wanted):
        """Opportunities that share something with tickets, in one statement.

        Keys are those of `matching.keys` and the numbers of quotations; the keys of
        all tickets are looked up in one index. Those that share the most keys are
        taken, then those that moved last. Rights are not looked at here: the matches
        made from the result follow the rights of their reader.

        :param wanted: list of (ticket id, company id, Subject, text)
        :return: dict ticket id -> list of Candidate
        """
        if not wanted:
            return {}
        self._scrm_flush_candidates()
        rows = self.env.execute_query(self._scrm_candidate_query(wanted))
        codes = self._scrm_codes_of({product for row in rows for product in row[-1]})
        candidates = defaultdict(list)
        for ticket_id, *values, quotations, products in rows:
            quoted = NOT_QUOTED
            if quotations:
                quoted = (
                    frozenset(map(str.upper, quotations)),
                    frozenset(products),
                    frozenset().union(*(codes[product] for product in products)),
                    True,
                )
            candidates[ticket_id].append(Candidate(*values, *quoted))
        return dict(candidates)

    @api.model
    def _scrm_flush_candidates(self):
        self.env["crm.lead"].flush_model()
        self.env["scrm.lead.key"].flush_model()
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        self.env["sale.order"].flush_model(["opportunity_id", "state", "name"])
        self.env["sale.order.line"].flush_model(["order_id", "product_id"])

    @api.model
    def _scrm_codes_of(self, product_ids):
        """Product id -> every code in its reference and name, in capital letters."""
        # sudo: codes of products on quotations, compared and never shown as such
        products = self.env["product.product"].sudo().browse(product_ids)
        return {
            product.id: {
                code.upper()
                for code in references.codes(
                    f"{product.default_code or ''} {product.name}"
                )
            }
            for product in products.with_context(active_test=False)
        }

    @api.model
    def _scrm_candidate_query(self, wanted):
        rows = SQL(", ").join(
            SQL(
                "(%s::int, %s::int, %s::text[], %s::text[], %s::text, %s::int)",
                ticket_id,
                company_id,
                subject.lookup_keys,
                sorted(subject.codes),
                text,
                LOOKED_AT_NAMED if subject.codes else LOOKED_AT,
            )
            for ticket_id, company_id, subject, text in wanted
        )
        # Both halves are lateral and limited, so that thousands of tickets are
        # answered by as many short looks into indexes as one is, never by reading
        # all opportunities.
        return SQL(
            """
            WITH wanted (ticket_id, company_id, keys, codes, said, looked_at) AS (
                VALUES %(rows)s
            )
            SELECT wanted.ticket_id, detail.*
              FROM wanted
             CROSS JOIN LATERAL (
                   SELECT hit.lead_id
                     FROM (%(hits)s) hit
                    GROUP BY hit.lead_id
                    ORDER BY sum(hit.worth) DESC,
                             max(hit.touched) DESC NULLS LAST,
                             hit.lead_id DESC
                    LIMIT wanted.looked_at
                   ) found
             CROSS JOIN LATERAL (%(detail)s) detail
            """,
            rows=rows,
            hits=self._scrm_hit_query(),
            detail=self._scrm_detail_query(),
        )

    @api.model
    def _scrm_hit_query(self):
        """Who has a key of ``wanted``, or a quotation that it names."""
        return SQL(
            """
            SELECT one.lead_id, 1 AS worth, one.touched
              FROM unnest(wanted.keys) AS asked (key)
             CROSS JOIN LATERAL (
                   SELECT scrm_lead_key.lead_id, scrm_lead_key.touched
                     FROM scrm_lead_key
                    WHERE scrm_lead_key.key = asked.key
                    ORDER BY scrm_lead_key.touched DESC NULLS LAST
                    LIMIT wanted.looked_at
                   ) one
             UNION ALL
            SELECT sale_order.opportunity_id, %(worth)s, sale_order.date_order
              FROM sale_order
             WHERE sale_order.name = ANY(wanted.codes)
               AND sale_order.opportunity_id IS NOT NULL
            """,
            worth=QUOTATION_WORTH,
        )

    @api.model
    def _scrm_detail_query(self):
        """The values of a `Candidate` of ``found``, in the order of its fields."""
        return SQL(
            """
            SELECT lead.id,
                   partner.commercial_partner_id,
                   lead.partner_id,
                   lead.phone_sanitized,
                   lead.email_normalized,
                   lead.date_last_stage_update::date,
                   lead.email_domain_criterion,
                   lead.scrm_company_key,
                   lead.scrm_person_key,
                   %(text_likeness)s,
                   coalesce(lead.probability, 0.0),
                   lead.won_status != 'pending',
                   lead.partner_id IS NOT NULL AND EXISTS (
                       SELECT FROM sale_order
                        WHERE sale_order.partner_id = lead.partner_id
                          AND sale_order.state = 'sale'
                   ),
                   lead.street,
                   lead.city,
                   lead.zip,
                   lead.name,
                   ARRAY(
                       SELECT sale_order.name
                         FROM sale_order
                        WHERE sale_order.opportunity_id = lead.id
                          AND sale_order.state != 'cancel'
                   ),
                   ARRAY(
                       SELECT line.product_id
                         FROM sale_order
                         JOIN sale_order_line line ON line.order_id = sale_order.id
                        WHERE sale_order.opportunity_id = lead.id
                          AND sale_order.state != 'cancel'
                          AND line.product_id IS NOT NULL
                   )
              FROM crm_lead lead
              LEFT JOIN res_partner partner ON partner.id = lead.partner_id
             WHERE lead.id = found.lead_id
               AND lead.type = 'opportunity'
               AND (lead.active OR lead.won_status = 'lost')
               AND (lead.company_id IS NULL OR lead.company_id = wanted.company_id)
             LIMIT 1
            """,
            text_likeness=SQL("word_similarity(lead.name, wanted.said)")
            if self.pool.has_trigram
            else SQL("0.0"),
        )
