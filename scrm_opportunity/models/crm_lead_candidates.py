from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ..matching import keys, names, references
from ..matching.signals import Candidate

#: Opportunities looked at for one ticket and one way, those that moved last first.
PER_KEY = 30
#: What the statement selects of each opportunity, by the candidate's names.
COLUMNS = (
    "lead",
    "entity",
    "contact",
    "phone",
    "email",
    "touched",
    "quoted",
    "domain",
    "company",
    "person",
    "text_likeness",
    "probability",
    "closed",
    "ordered",
    "street",
    "city",
    "postcode",
    "title",
)


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

    scrm_lookup_keys = fields.Char(
        compute="_compute_scrm_lookup_keys",
        store=True,
        help="Keys of company, contact and address, by which matching looks it up.",
    )

    _scrm_lookup_keys_idx = models.Index(
        f"USING gin (string_to_array(scrm_lookup_keys, '{keys.SEPARATOR}'))"
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

    @api.depends("scrm_company_key", "scrm_person_key", "street", "email_normalized")
    def _compute_scrm_lookup_keys(self):
        for lead in self:
            found = keys.lookup_keys(
                lead.scrm_company_key,
                lead.scrm_person_key,
                lead.street,
                lead.email_normalized,
            )
            lead.scrm_lookup_keys = keys.SEPARATOR.join(found) or False

    @api.model
    def _scrm_candidates(self, wanted):
        """Opportunities that share something with tickets, in one statement.

        Keys are the commercial entity, the phone in E.164 form, the domain of the
        e-mail, the keys of company, contact, address and e-mail (`matching.keys`)
        and the numbers of quotations; each has its own index. Rights are not looked
        at here: the matches made from the result follow the rights of their reader.

        :param wanted: list of (ticket id, company id, Subject, text)
        :return: dict ticket id -> list of Candidate
        """
        if not wanted:
            return {}
        self._scrm_flush_candidates()
        rows = self.env.execute_query(self._scrm_candidate_query(wanted))
        codes = self._scrm_codes_of(
            {product for row in rows for product in row[-1] or ()}
        )
        candidates = defaultdict(list)
        for ticket_id, *values, quotations, products in rows:
            quoted = frozenset(products or ())
            candidates[ticket_id].append(
                Candidate(
                    **dict(zip(COLUMNS, values, strict=True)),
                    quotations=frozenset(quotations or ()),
                    quoted_products=quoted,
                    quoted_codes=frozenset().union(
                        *(codes.get(product, ()) for product in quoted)
                    ),
                )
            )
        return dict(candidates)

    @api.model
    def _scrm_flush_candidates(self):
        self.env["crm.lead"].flush_model()
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
                "(%s::int, %s::int, %s::int, %s::text[], %s::text, %s::text[],"
                " %s::text[], %s::text)",
                ticket_id,
                company_id,
                subject.entity,
                sorted(subject.phones),
                subject.domain,
                keys.lookup_keys(
                    subject.company, subject.person, subject.street, subject.email
                ),
                sorted(subject.codes),
                text,
            )
            for ticket_id, company_id, subject, text in wanted
        )
        return SQL(
            """
            WITH wanted (ticket_id, company_id, entity_id, phones, domain,
                         lookup_keys, codes, said) AS (
                VALUES %(rows)s
            ), found AS (
                %(keys)s
            )
            SELECT found.ticket_id,
                   lead.id,
                   partner.commercial_partner_id,
                   lead.partner_id,
                   lead.phone_sanitized,
                   lead.email_normalized,
                   lead.date_last_stage_update::date,
                   coalesce(quoted.names IS NOT NULL, FALSE),
                   lead.email_domain_criterion,
                   lead.scrm_company_key,
                   lead.scrm_person_key,
                   %(text_likeness)s,
                   coalesce(lead.probability, 0.0),
                   lead.won_status != 'pending',
                   EXISTS (
                       SELECT FROM sale_order
                        WHERE sale_order.partner_id = lead.partner_id
                          AND sale_order.state = 'sale'
                   ),
                   lead.street,
                   lead.city,
                   lead.zip,
                   lead.name,
                   quoted.names,
                   quoted.products
              FROM found
              JOIN wanted ON wanted.ticket_id = found.ticket_id
              JOIN crm_lead lead ON lead.id = found.lead_id
              LEFT JOIN res_partner partner ON partner.id = lead.partner_id
              LEFT JOIN LATERAL (
                   SELECT array_agg(DISTINCT upper(sale_order.name)) AS names,
                          array_agg(DISTINCT line.product_id)
                          FILTER (WHERE line.product_id IS NOT NULL) AS products
                     FROM sale_order
                     LEFT JOIN sale_order_line line ON line.order_id = sale_order.id
                    WHERE sale_order.opportunity_id = lead.id
                      AND sale_order.state != 'cancel'
                   ) quoted ON TRUE
             WHERE lead.type = 'opportunity'
               AND (lead.active OR lead.won_status = 'lost')
               AND (lead.company_id IS NULL OR lead.company_id = wanted.company_id)
            """,
            rows=rows,
            keys=SQL(" UNION ").join(self._scrm_key_queries()),
            text_likeness=SQL("word_similarity(lead.name, wanted.said)")
            if self.pool.has_trigram
            else SQL("0.0"),
        )

    @api.model
    def _scrm_key_queries(self):
        """One query per key: ids of tickets and of the opportunities that have it."""
        exact = {
            "lead.phone_sanitized": "= ANY(wanted.phones)",
            "lead.email_domain_criterion": "= wanted.domain",
            f"string_to_array(lead.scrm_lookup_keys, '{keys.SEPARATOR}')": (
                "&& wanted.lookup_keys"
            ),
        }
        yield self._scrm_key_query(
            SQL(
                "res_partner partner JOIN crm_lead lead ON lead.partner_id = partner.id"
            ),
            SQL("partner.commercial_partner_id = wanted.entity_id"),
        )
        for column, condition in exact.items():
            yield self._scrm_key_query(
                SQL("crm_lead lead"), SQL(f"{column} {condition}")
            )
        yield self._scrm_key_query(
            SQL("sale_order JOIN crm_lead lead ON lead.id = sale_order.opportunity_id"),
            SQL("sale_order.name = ANY(wanted.codes)"),
        )

    @api.model
    def _scrm_key_query(self, source, condition):
        return SQL(
            """
            (SELECT wanted.ticket_id, hit.lead_id
               FROM wanted
              CROSS JOIN LATERAL (
                    SELECT lead.id AS lead_id
                      FROM %s
                     WHERE %s
                     ORDER BY lead.date_last_stage_update DESC NULLS LAST
                     LIMIT %s
                    ) hit)
            """,
            source,
            condition,
            PER_KEY,
        )
