from datetime import timedelta

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from odoo.addons.scrm_flow.models.scrm_flow_version import read_domain


class ScrmCustomerTagRule(models.Model):
    """Which tag customers get by themselves who ask in a certain way: on the phone
    again and again, mostly from live streams.

    A tag that a colleague gave, or took away, is the colleague's business from then
    on: the rule only takes back what it gave.
    """

    _name = "scrm.customer.tag.rule"
    _inherit = "scrm.key.mixin"
    _description = "Rule for Tags of Customers"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    key = fields.Char(required=True, copy=False)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    tag_id = fields.Many2one(
        comodel_name="res.partner.category",
        string="Tag",
        required=True,
        ondelete="restrict",
    )
    condition = fields.Char(
        string="Enquiries",
        required=True,
        default="[]",
        help="Which tickets of a customer count.",
    )
    days = fields.Integer(
        string="In the Last (Days)",
        required=True,
        default=90,
        help="Tickets in which the customer said something in this time.",
    )
    least = fields.Integer(
        string="At Least",
        required=True,
        default=3,
        help="So many of such tickets make the tag.",
    )
    percent = fields.Float(
        string="And This Share (%)",
        help="Of all tickets of the customer in this time; 0: any share.",
    )
    keeps = fields.Boolean(
        string="Keeps It",
        help="Once given, the tag stays. Else it goes when the numbers do not hold any "
        "more.",
    )
    mark_ids = fields.One2many("scrm.customer.tag.mark", "rule_id", string="Customers")
    customer_count = fields.Integer(compute="_compute_customer_count")

    _key_unique = models.Constraint("UNIQUE(key)", "Another rule has this key.")
    _numbers = models.Constraint(
        "CHECK(days > 0 AND least > 0 AND percent >= 0 AND percent <= 100)",
        "Days and number are at least 1, and the share is between 0 and 100 %.",
    )

    def _compute_customer_count(self):
        counts = dict(
            self.env["scrm.customer.tag.mark"]._read_group(
                [("rule_id", "in", self.ids), ("is_refused", "=", False)],
                ["rule_id"],
                ["__count"],
            )
        )
        for rule in self:
            rule.customer_count = counts.get(rule, 0)

    @api.constrains("condition")
    def _check_condition(self):
        for rule in self:
            # constraints run with sudo, but what the author may see counts here
            domains = self.env["scrm.flow.domain"].with_user(self.env.user)
            problems = domains._problems("helpdesk.ticket", rule.condition)
            if problems:
                # a name and a sentence, both in words already
                # pylint: disable-next=translation-required
                raise ValidationError(f"{rule.name}: {problems[0]}")

    # Which rules there are is asked at each ticket

    @api.model
    @tools.ormcache()
    def _rule_ids(self):
        # sudo: whoever asks us something; the rules are some dozens
        # pylint: disable-next=no-search-all
        return self.sudo().search([]).ids

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if "active" in vals or "sequence" in vals:
            self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # Giving and taking back

    @api.model
    def _cron_apply(self):
        # sudo: all customers, by the system
        self.sudo()._apply_rules()

    @api.model
    def _apply_rules(self, partners=None):
        """Bring the tags of customers in line with the rules.

        :param partners: these customers; all by default
        """
        for rule in self.browse(self._rule_ids()):
            rule._apply(partners)

    def _apply(self, partners=None):
        self.ensure_one()
        marks = self.env["scrm.customer.tag.mark"]
        known = marks.search(self._of_customers(partners, [("rule_id", "=", self.id)]))
        # what somebody took away is not given again
        taken = known.filtered(
            lambda mark: (
                not mark.is_refused and self.tag_id not in mark.partner_id.category_id
            )
        )
        taken.is_refused = True
        fitting = self._fitting(partners)
        new = fitting - known.partner_id
        new = new.filtered(lambda partner: self.tag_id not in partner.category_id)
        given = marks._claim(self, new)
        given.category_id = [Command.link(self.tag_id.id)]
        if not self.keeps:
            ended = known.filtered(
                lambda mark: not mark.is_refused and mark.partner_id not in fitting
            )
            ended._give_up()

    @api.model
    def _of_customers(self, partners, domain):
        found = Domain(domain)
        return (
            found
            if partners is None
            else found & Domain("partner_id", "in", partners.ids)
        )

    def _fitting(self, partners=None):
        """The customers for whom the numbers hold: ``res.partner``."""
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
        since = self.env["scrm.clock"].now() - timedelta(days=self.days)
        domain = Domain("scrm_said_at", ">=", since) & Domain("partner_id", "!=", False)
        domain = self._of_customers(partners, domain)
        rows = tickets._read_group(
            domain & read_domain(self.condition),
            ["partner_id"],
            ["__count"],
            having=[("__count", ">=", self.least)],
        )
        counts = {partner: count for partner, count in rows}
        if self.percent and counts:
            customers = self.env["res.partner"].union(*counts)
            rows = tickets._read_group(
                self._of_customers(customers, domain), ["partner_id"], ["__count"]
            )
            for partner, total in rows:
                if counts[partner] * 100 < self.percent * total:
                    del counts[partner]
        return self.env["res.partner"].union(*counts)

    def action_customers(self):
        """Open the customers who have the tag by this rule."""
        self.ensure_one()
        marks = self.mark_ids.filtered(lambda mark: not mark.is_refused)
        return {
            "type": "ir.actions.act_window",
            "name": self.tag_id.name,
            "res_model": "res.partner",
            "view_mode": "list,kanban,form",
            "domain": [("id", "in", marks.partner_id.ids)],
        }

    def action_apply(self):
        """Bring the tags in line with this rule now.

        :raise AccessError: the user may not change rules
        """
        self.check_access("write")
        for rule in self:
            # sudo: tags of all customers, as the rule gives them at each enquiry
            rule.sudo()._apply()
        return True


class ScrmCustomerTagMark(models.Model):
    """A tag that a customer has by a rule, or shall not get again."""

    _name = "scrm.customer.tag.mark"
    _description = "Tag of a Customer by a Rule"
    _order = "id desc"
    _rec_name = "partner_id"

    rule_id = fields.Many2one(
        "scrm.customer.tag.rule", required=True, ondelete="cascade", readonly=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    is_refused = fields.Boolean(
        string="Taken Away by Hand",
        readonly=True,
        help="The rule does not give this customer the tag again.",
    )

    _once = models.UniqueIndex("(rule_id, partner_id)")

    @api.model
    def _claim(self, rule, partners):
        """Note the tag for these customers; those that others note just now stay out.

        :return: ``res.partner``, those that are new
        """
        if not partners:
            return partners
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO scrm_customer_tag_mark (
                       rule_id, partner_id, is_refused,
                       create_uid, write_uid, create_date, write_date)
                SELECT %(rule)s, partner, FALSE, %(uid)s, %(uid)s,
                       now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  FROM unnest(%(partners)s) AS partner
                    ON CONFLICT DO NOTHING
             RETURNING partner_id
                """,
                rule=rule.id,
                uid=self.env.uid,
                partners=list(partners.ids),
            )
        )
        self.invalidate_model()
        return partners.browse([partner_id for (partner_id,) in rows])

    def _give_up(self):
        """Take the tags back, but where another rule gave the same one."""
        others = self.search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("rule_id.tag_id", "in", self.rule_id.tag_id.ids),
                ("is_refused", "=", False),
                ("id", "not in", self.ids),
            ]
        )
        kept = {(mark.partner_id, mark.rule_id.tag_id) for mark in others}
        for mark in self:
            tag = mark.rule_id.tag_id
            if (mark.partner_id, tag) not in kept:
                mark.partner_id.category_id = [Command.unlink(tag.id)]
        self.unlink()


class HelpdeskTicket(models.Model):
    # each enquiry may make or end a tag
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        # sudo: tags follow from what customers do, whoever takes it in
        rules = self.env["scrm.customer.tag.rule"].sudo()
        if rules._rule_ids() and (partners := tickets.sudo().partner_id):
            rules._apply_rules(partners)
        return tickets
