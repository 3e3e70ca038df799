from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..matching import offers

#: A change of these may bring up an offer.
OFFERED_ON = frozenset(
    {
        "partner_id",
        "name",
        "description",
        "scrm_values",
        "scrm_lot_id",
        "part_line_ids",
        "team_id",
    }
)


class HelpdeskTicket(models.Model):
    """What can be offered on a ticket, and the opportunity a ticket becomes."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    offer_ids = fields.One2many("scrm.ticket.offer", "ticket_id", string="Offers")

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        tickets._scrm_propose_offers()
        return tickets

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & OFFERED_ON:
            self._scrm_propose_offers()
        return result

    def _scrm_step_opened(self, step):
        result = super()._scrm_step_opened(step)
        self._scrm_propose_offers()
        return result

    def _scrm_propose_offers(self):
        """Make the offers whose conditions these tickets meet, each once."""
        triggers = self.env["scrm.offer"]._triggers()
        if not triggers:
            return
        # sudo: conditions are the manager's; the offer shows on readable tickets only
        for ticket in self.sudo():
            known = set(ticket.offer_ids.offer_id.ids)
            left = [
                (offer_id, trigger)
                for offer_id, company_id, trigger in triggers
                if offer_id not in known and company_id in (None, ticket.company_id.id)
            ]
            if not left:
                continue
            facts = ticket._scrm_offer_facts()
            for offer_id, trigger in left:
                found = offers.reasons(trigger, facts)
                if found is not None:
                    made = ticket.env["scrm.ticket.offer"].create(
                        {
                            "ticket_id": ticket.id,
                            "offer_id": offer_id,
                            "reasons": [list(reason) for reason in found],
                        }
                    )
                    if made.offer_id.to_sales:
                        made._hand_to_sales()
        self.invalidate_recordset(["offer_ids"])

    def _scrm_offer_facts(self):
        self.ensure_one()
        lot, today = self.scrm_lot_id, self.env["scrm.clock"].today()
        age = None
        if lot.scrm_purchase_date:
            span = relativedelta(today, lot.scrm_purchase_date)
            age = span.years * 12 + span.months
        warranty = None
        if lot.scrm_warranty_end:
            warranty = (lot.scrm_warranty_end - today).days
        entity = self.partner_id.commercial_partner_id
        return offers.Facts(
            text=self._scrm_match_text(),
            products=frozenset((lot.product_id | self.part_line_ids.product_id).ids),
            bought=frozenset(self._scrm_bought(entity).ids),
            tags=frozenset((self.partner_id | entity).category_id.ids),
            template=self.template_id.id or None,
            team=self.team_id.id or None,
            nodes=frozenset(self.scrm_run_id.step_ids.mapped("node_key")),
            device_months=age,
            warranty_days=warranty,
        )

    def _scrm_bought(self, entity):
        """Products on confirmed orders of a customer, and of the devices they have."""
        products = self.env["product.product"]
        if not entity:
            return products
        lines = self.env["sale.order.line"]._read_group(
            [
                ("order_id.partner_id", "child_of", entity.id),
                ("order_id.state", "=", "sale"),
                ("product_id", "!=", False),
            ],
            [],
            ["product_id:recordset"],
        )
        devices = self.env["stock.lot"].search(
            [("scrm_partner_id", "child_of", entity.id)]
        )
        return lines[0][0] | devices.product_id

    # From ticket to opportunity

    def _scrm_opportunity_vals(self):
        """Values of an opportunity that begins with this ticket."""
        self.ensure_one()
        partner = self.partner_id
        return {
            "name": self.name,
            "type": "opportunity",
            "partner_id": partner.id,
            "contact_name": False if partner else self.partner_name,
            "email_from": partner.email or self.partner_email,
            "phone": partner.phone,
            "description": self.description,
            "company_id": self.company_id.id,
            "user_id": self.env.uid
            if self.env.user.has_group("sales_team.group_sale_salesman")
            else False,
            "scrm_origin_ticket_id": self.id,
        }

    def _scrm_link(self, lead):
        """Link an opportunity with this ticket by somebody's decision."""
        self.ensure_one()
        matches = self.env["scrm.match"].sudo()  # who calls has decided on both
        decision = matches.with_user(self.env.user)._decision("linked")
        match = matches.search([("ticket_id", "=", self.id), ("lead_id", "=", lead.id)])
        if match:
            match.write(decision)
        else:
            matches.create({"ticket_id": self.id, "lead_id": lead.id, **decision})

    def _scrm_take_turns(self):
        """Let one transaction at a time decide on what this ticket becomes.

        The one that comes second waits, then begins anew and sees what the first has
        made: a lock alone would let it go on with what it saw before.
        """
        self.env.cr.execute(
            SQL(
                "UPDATE helpdesk_ticket SET write_date = write_date WHERE id = %s",
                self.id,
            )
        )

    def action_new_opportunity(self):
        """Open the opportunity this ticket becomes, in one click.

        What is linked already and what is suggested comes first: the list of those
        that the user may read opens instead, unless the context says
        ``scrm_new_anyway``.

        :raise AccessError: the user may not edit the ticket or create opportunities
        """
        self.ensure_one()
        self.check_access("write")
        self.env["crm.lead"].check_access("create")
        self._scrm_take_turns()
        seen = self.match_ids.filtered(lambda match: match.state != "rejected")
        if seen and not self.env.context.get("scrm_new_anyway"):
            action = self.env["ir.actions.act_window"]._for_xml_id(
                "scrm_opportunity.scrm_match_action"
            )
            action["name"] = self.env._("Is it one of these?")
            action["domain"] = [("id", "in", seen.ids)]
            action["context"] = {}
            return action
        lead = self.env["crm.lead"].create(self._scrm_opportunity_vals())
        self._scrm_link(lead)
        return lead.get_formview_action()
