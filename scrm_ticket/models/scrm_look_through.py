from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: How long one sees everything.
DURATION = timedelta(hours=1)


class ScrmLookThrough(models.Model):
    """Who opened everything about a VIP customer, and when: a record for good."""

    _name = "scrm.look.through"
    _inherit = "scrm.flow.due.mixin"
    _description = "Look Through a VIP Customer"
    _order = "id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Who Looked",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    begun_at = fields.Datetime(string="Begins", required=True, readonly=True)
    until = fields.Datetime(required=True, readonly=True)
    is_open = fields.Boolean(readonly=True)
    ticket_numbers = fields.Char(string="Tickets", readonly=True)

    _scrm_due_idx = models.Index("(scrm_due_at) WHERE scrm_due_at IS NOT NULL")
    _open_idx = models.Index("(user_id, partner_id) WHERE is_open")

    def _scrm_begin(self, now):
        self.write({"is_open": False, "scrm_due_at": False})
        return []

    @api.model
    def _scrm_looks_at(self, partners):
        """Those of these customers that the user looks through now.

        :param partners: ``res.partner``
        """
        user = self.env.user
        if not partners or not user.has_group("scrm_ticket.group_look_through"):
            return partners.browse()
        customers = partners.sudo().commercial_partner_id  # sudo: only compared
        # sudo: as above
        looks = self.sudo().search(
            [
                ("user_id", "=", user.id),
                ("partner_id", "in", customers.ids),
                ("is_open", "=", True),
                ("until", ">", self.env["scrm.clock"].now()),
            ]
        )
        return partners.filtered(
            lambda partner: partner.sudo().commercial_partner_id in looks.partner_id
        )


class ResPartnerCategory(models.Model):
    _inherit = "res.partner.category"

    scrm_is_vip = fields.Boolean(
        string="VIP", help="Customers with this tag may be looked through."
    )


class ResPartner(models.Model):
    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "res.partner"

    scrm_is_vip = fields.Boolean(string="VIP", compute="_compute_scrm_is_vip")
    scrm_look_ids = fields.One2many(
        comodel_name="scrm.look.through", inverse_name="partner_id", string="Looks"
    )

    @api.depends("category_id", "commercial_partner_id.category_id")
    def _compute_scrm_is_vip(self):
        for partner in self:
            tags = partner.category_id | partner.commercial_partner_id.category_id
            partner.scrm_is_vip = any(tags.mapped("scrm_is_vip"))

    def action_scrm_look_through(self):
        """Open all tickets of a VIP customer, whole, for an hour; it is recorded.

        :return: action with the tickets
        :raise AccessError: the user does not have the role
        :raise UserError: the customer is no VIP
        """
        self.ensure_one()
        if not self.env.user.has_group("scrm_ticket.group_look_through"):
            raise AccessError(self.env._("You may not look through customers."))
        self.check_access("read")
        customer = self.commercial_partner_id
        if not self.scrm_is_vip:
            raise UserError(
                self.env._("“%s” is not tagged as a VIP.", customer.display_name)
            )
        now = self.env["scrm.clock"].now()
        # sudo: which tickets there are is what the role is for; recorded below
        tickets = self.env["helpdesk.ticket"].sudo()
        found = tickets.search([("commercial_partner_id", "=", customer.id)])
        # sudo: nobody writes these by hand
        look = self.env["scrm.look.through"].sudo()
        look = look.create(
            {
                "partner_id": customer.id,
                "user_id": self.env.uid,
                "begun_at": now,
                "until": now + DURATION,
                "scrm_due_at": now + DURATION,
                "is_open": True,
                "ticket_numbers": ", ".join(found.mapped("number")),
            }
        )
        look._scrm_wake()
        # sudo: a note of what was done, on a customer one may read
        customer.sudo().message_post(
            body=self.env._(
                "%s looks through everything about this VIP customer.",
                self.env.user.name,
            ),
            subtype_xmlid="mail.mt_note",
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "scrm_ticket.helpdesk_ticket_action"
        )
        action["domain"] = [("commercial_partner_id", "=", customer.id)]
        action["context"] = {}
        return action

    def _scrm_masked(self):
        masked = super()._scrm_masked()
        return masked - self.env["scrm.look.through"]._scrm_looks_at(masked)
