from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError


class ScrmServicePlan(models.Model):
    """What customers of a member level are due: priority, who is there for them, how
    soon, and which services.

    A level is a tag of the customer or its company. When a ticket is opened, the first
    plan that fits customer and template is loaded onto it.
    """

    _name = "scrm.service.plan"
    _inherit = "scrm.fitting.mixin"
    _description = "Service Plan"
    _order = "sequence, name, id"

    key = fields.Char(required=True, copy=False, help="Names the plan in packs, rules.")
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(help="Of several plans that fit, the first one counts.")
    level_ids = fields.Many2many(
        comodel_name="res.partner.category",
        relation="scrm_service_plan_level_rel",
        column1="plan_id",
        column2="level_id",
        string="Member Levels",
        help="Customers with one of these tags, or whose company has one. None: every "
        "known customer.",
    )
    template_ids = fields.Many2many(
        comodel_name="scrm.ticket.template",
        relation="scrm_service_plan_template_rel",
        column1="plan_id",
        column2="template_id",
        string="Templates",
        help="Tickets of these templates. None: all tickets.",
    )
    priority = fields.Selection(
        selection=lambda self: self.env["helpdesk.ticket"]
        ._fields["priority"]
        ._description_selection(self.env),
        string="Priority at Least",
    )
    team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team",
        string="Team",
        ondelete="restrict",
        help="Tickets go to this team instead of the template's.",
    )
    adviser_kind = fields.Selection(
        selection=[
            ("salesperson", "The customer's salesperson"),
            ("person", "Always the same person"),
        ],
        string="Dedicated Adviser",
        help="Stands on the ticket; a node of a flow with “Field of the record” and "
        "scrm_adviser_id gives it to the adviser. Without a flow the adviser gets "
        "the ticket.",
    )
    adviser_id = fields.Many2one(
        comodel_name="res.users",
        string="Adviser",
        domain=[("share", "=", False)],
        ondelete="restrict",
        help="Also where a customer has no salesperson.",
    )
    answer_hours = fields.Float(
        string="Answer within (Hours)",
        help="From what the customer wrote until somebody answers. 0: not promised.",
    )
    answer_working = fields.Boolean(
        string="Only Working Hours", help="The hours of the ticket's company."
    )
    deadline_percent = fields.Integer(
        string="Deadlines of Steps (%)",
        default=100,
        help="50: what the flow gives a day for is due in half a day.",
    )
    service_ids = fields.Many2many(
        comodel_name="product.product",
        relation="scrm_service_plan_service_rel",
        column1="plan_id",
        column2="product_id",
        string="Services",
        domain=[("type", "=", "service")],
        help="Go onto the ticket, with their parts and hours.",
    )
    benefits = fields.Text(
        translate=True, help="What the customer is due, in words: one thing a line."
    )
    note = fields.Text(
        string="For Colleagues",
        translate=True,
        help="How to treat these customers. They do not read it.",
    )
    portal_published = fields.Boolean(
        string="Shown to the Customer",
        help="Name, adviser and benefits stand on the customer's page of the ticket.",
    )

    _key_unique = models.Constraint(
        "UNIQUE(key)", "Another service plan already has this key."
    )

    @api.constrains("answer_hours", "deadline_percent")
    def _check_times(self):
        for plan in self:
            if plan.answer_hours < 0:
                raise ValidationError(
                    self.env._(
                        "Service plan “%s”: “Answer within (Hours)” cannot be "
                        "negative.",
                        plan.name,
                    )
                )
            if not 1 <= plan.deadline_percent <= 1000:
                raise ValidationError(
                    self.env._(
                        "Service plan “%s”: “Deadlines of Steps (%%)” must be from 1 "
                        "to 1000.",
                        plan.name,
                    )
                )

    @api.constrains("adviser_kind", "adviser_id")
    def _check_adviser(self):
        for plan in self:
            if plan.adviser_kind == "person" and not plan.adviser_id:
                raise ValidationError(
                    self.env._(
                        "Service plan “%s”: say in “Adviser” who is always there.",
                        plan.name,
                    )
                )

    # What is looked up for each new ticket is kept

    @api.model
    @tools.ormcache()
    def _scrm_plans(self):
        """All plans in their order, as what a ticket is compared with.

        :return: ((id, company id, ids of levels, ids of templates), ...)
        """
        # sudo: it holds for whoever opens a ticket, and is not shown
        plans = self.sudo().search([])  # pylint: disable=no-search-all; they are few
        return tuple(
            (
                plan.id,
                plan.company_id.id,
                frozenset(plan.level_ids.ids),
                frozenset(plan.template_ids.ids),
            )
            for plan in plans
        )

    @api.model
    def _scrm_fitting(self, partner, template, company):
        """The plan of a customer's ticket, with sudo; may be empty.

        :param partner: ``res.partner``
        :param template: ``scrm.ticket.template``, may be empty
        :param company: ``res.company`` of the ticket
        """
        # sudo: the level of the customer decides, whoever opens the ticket
        plans, partner = self.sudo(), partner.sudo()
        known = self._scrm_plans()
        if not known or not partner:
            return plans.browse()
        tags = partner.category_id | partner.commercial_partner_id.category_id
        held = set(tags.ids)
        for plan_id, company_id, levels, templates in known:
            if (
                company_id in (False, company.id)
                and (not levels or levels & held)
                and (not templates or template.id in templates)
            ):
                return plans.browse(plan_id)
        return plans.browse()

    def _scrm_adviser(self, partner):
        """Who is there for a customer by this plan: ``res.users``, may be empty."""
        self.ensure_one()
        users = self.env["res.users"]
        if not self.adviser_kind:
            return users
        found = self.adviser_id
        if self.adviser_kind == "salesperson":
            # sudo: who looks after the customer, whoever opens the ticket
            partner = partner.sudo()
            found = partner.user_id or partner.commercial_partner_id.user_id or found
        # nobody who has left us
        return found.filtered(lambda user: user.active and not user.share)
