from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.scrm_flow.models.scrm_flow_version import read_domain

#: Days that are made up for when the server slept; older dates are let go.
LOOK_BACK = 7
#: Kind -> the field without which it makes nothing due.
NEEDED = {
    "visit": "visit_template_ids",
    "purchase": "product_ids",
    "supply": "product_ids",
    "date": "date_field_id",
}


class ScrmCarePlan(models.Model):
    """When customers are thought of again, by themselves: a ticket is opened then.

    ``visit``: so many days after each visit, by the member's own cycle;
    ``purchase``: so many days after a purchase of a product;
    ``supply``: when what was bought is used up;
    ``date``: on a date of the contact, every year or by age in stages.

    What is said and who has something to do is the business of the ticket's flow and
    of notification rules.
    """

    _name = "scrm.care.plan"
    _inherit = "scrm.key.mixin"
    _description = "Care Plan"
    _order = "sequence, name, id"

    key = fields.Char(required=True, help="Names the plan in packs.")
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [
            ("visit", "After each visit, in a cycle"),
            ("purchase", "Days after a purchase"),
            ("supply", "When what was bought is used up"),
            ("date", "On a date of the contact"),
        ],
        string="When",
        required=True,
        default="visit",
    )
    partner_condition = fields.Char(
        string="Only Contacts", default="[]", help="Such as those with the tag VIP."
    )
    template_id = fields.Many2one(
        "scrm.ticket.template",
        string="Ticket",
        required=True,
        ondelete="restrict",
        help="A ticket of this template is opened on the day.",
    )
    offset_days = fields.Integer(
        string="Days",
        help="After the purchase, the date, or the day on which it is used up; "
        "negative: before it.",
    )
    visit_template_ids = fields.Many2many(
        "scrm.ticket.template",
        "scrm_care_plan_visit_rel",
        "plan_id",
        "template_id",
        string="Visits",
        help="A ticket of these templates that is done counts as a visit.",
    )
    cycle_days = fields.Integer(
        string="Cycle (Days)", default=30, help="Of members without their own."
    )
    product_ids = fields.Many2many(
        "product.product", "scrm_care_plan_product_rel", string="Products"
    )
    unit_content = fields.Float(
        string="Content of One", default=1, help="In what the daily use is counted in."
    )
    daily_use = fields.Float(
        string="Use a Day",
        default=1,
        help="Of members without their own. 0: those whose use is not known either "
        "are not reminded.",
    )
    date_field_id = fields.Many2one(
        "ir.model.fields",
        string="Date",
        ondelete="cascade",
        domain=[
            ("model", "=", "res.partner"),
            ("ttype", "=", "date"),
            ("store", "=", True),
        ],
    )
    done_until = fields.Date(readonly=True, copy=False)
    stage_ids = fields.One2many(
        "scrm.care.stage",
        "plan_id",
        string="Stages by Age",
        copy=True,
        help="Without any: every year. With stages: each once, when its age is "
        "reached; who comes later gets the one of his age.",
    )
    member_ids = fields.One2many("scrm.care.member", "plan_id", string="Members")
    adds_favourite = fields.Boolean(
        string="Favourite Product",
        help="What the customer had most often is on the ticket as a part, so that "
        "stock is looked for and held.",
    )
    coupon_days = fields.Integer(
        string="Coupon Good for (Days)", help="0: no coupon comes with it."
    )

    _key_unique = models.UniqueIndex("(key)", "Another care plan has this key.")
    _numbers = models.Constraint(
        "CHECK(cycle_days > 0 AND unit_content > 0 AND daily_use >= 0 "
        "AND coupon_days >= 0)",
        "Cycle and content are above zero, use a day is not below it, and no coupon "
        "ends before it begins.",
    )

    @api.constrains(
        "kind",
        "visit_template_ids",
        "product_ids",
        "date_field_id",
        "template_id",
        "partner_condition",
    )
    def _check_kind(self):
        for plan in self:
            name = NEEDED[plan.kind]
            problems = self.env["scrm.flow.domain"]._problems(
                "res.partner", plan.partner_condition
            )
            if not plan[name]:
                label = plan._fields[name]._description_string(self.env)
                problems.insert(0, self.env._("“%s” is empty", label))
            if plan.kind == "visit" and plan.template_id in plan.visit_template_ids:
                problems.append(
                    self.env._("the reminder cannot be a visit of its own plan")
                )
            if problems:
                # names and a sentence, both in words already
                # pylint: disable-next=translation-required
                raise ValidationError(f"{plan.name}: {problems[0]}")

    # What makes a care due ---------------------------------------------------

    def _concerns(self, partner) -> bool:
        domain = read_domain(self.partner_condition)
        return domain.is_true() or bool(partner.filtered_domain(domain))

    def _customer(self, partner):
        """Who is thought of when somebody gets goods: no mere address, and whoever
        stands above where the plan does not concern the contact itself."""
        is_address = partner.type != "contact" and partner.parent_id
        while partner and (is_address or not self._concerns(partner)):
            partner, is_address = partner.parent_id, False
        return partner

    def _member(self, partner):
        return self.member_ids.filtered(lambda member: member.partner_id == partner)

    @api.model
    def _after_visit(self, ticket):
        """Set the next date of whoever this ticket was a visit of."""
        if not ticket.partner_id:
            return
        domain = [("kind", "=", "visit")]
        domain += [("visit_template_ids", "in", ticket.template_id.ids)]
        today = self.env["scrm.form.field"]._scrm_today()
        for plan in self.search(domain):
            partner = ticket.partner_id
            if plan._concerns(partner):
                days = plan._member(partner).cycle_days or plan.cycle_days
                plan._set_next(partner, today + timedelta(days=days))

    @api.model
    def _after_purchase(self, partner, product, source):
        """What a purchase makes due.

        :param source: names the purchase for ever
        """
        domain = [("kind", "in", ("purchase", "supply"))]
        domain += [("product_ids", "in", product.ids)]
        today = self.env["scrm.form.field"]._scrm_today()
        for plan in self.search(domain):
            customer = plan._customer(partner)
            if not customer:
                continue
            if plan.kind == "supply":
                plan._reckon(customer)
                continue
            due_on = today + timedelta(days=plan.offset_days)
            plan._plan(customer, due_on, f"{source}:{product.id}", product=product)

    def _planned(self, partner):
        domain = [("plan_id", "=", self.id), ("partner_id", "=", partner.id)]
        domain += [("state", "=", "planned")]
        return self.env["scrm.care"].search(domain, limit=1)

    def _set_next(self, partner, due_on, product=None):
        """The one date that is planned for a customer becomes another."""
        planned = self._planned(partner)
        if planned:
            planned.write({"due_on": due_on, "product_id": product and product.id})
        else:
            self._plan(partner, due_on, None, product=product)

    def _plan(self, partner, due_on, source, **more):
        """Plan a care, once for each source.

        :param source: None: it is another one in any case
        """
        care = self.env["scrm.care"]
        if source and care.search_count(
            [
                ("plan_id", "=", self.id),
                ("partner_id", "=", partner.id),
                ("source", "=", source),
            ],
            limit=1,
        ):
            return care
        values = {name: value and value.id for name, value in more.items()}
        return care.create(
            {
                "plan_id": self.id,
                "partner_id": partner.id,
                "due_on": due_on,
                "source": source,
                **{f"{name}_id": value for name, value in values.items()},
            }
        )

    # Dates of contacts -------------------------------------------------------

    @api.model
    def _plan_dates(self, today):
        """Plan what dates of contacts make due up to a day."""
        for plan in self.search([("kind", "=", "date")]):
            if plan.stage_ids:
                plan._plan_stages(today)
            else:
                first = max(
                    plan.done_until or today - timedelta(days=1),
                    today - timedelta(days=LOOK_BACK),
                )
                for number in range((today - first).days):
                    plan._plan_anniversaries(first + timedelta(days=number + 1))
            plan.done_until = today

    def _plan_anniversaries(self, due_on):
        name = self.date_field_id.name
        target = due_on - timedelta(days=self.offset_days)
        days = [target]
        if (target.month, target.day) == (2, 28) and not _is_leap(target.year):
            days.append(target.replace(year=2000, day=29))  # who has it every 4 years
        for day in days:
            same = Domain(f"{name}.month_number", "=", day.month)
            same &= Domain(f"{name}.day_of_month", "=", day.day)
            same &= Domain(name, "<", target)
            people = self.env["res.partner"].search(
                same & read_domain(self.partner_condition), order="id"
            )
            for partner in people:
                self._plan(partner, due_on, f"year:{target.year}")

    def _plan_stages(self, today):
        """The stage of each contact's age, once; earlier ones are let go."""
        name = self.date_field_id.name
        ahead = timedelta(days=self.offset_days)
        stages = self.stage_ids.sorted("months")
        ages = [relativedelta(months=stage.months) for stage in stages]
        for number, stage in enumerate(stages):
            born = Domain(name, "<=", today - ahead - ages[number])
            if number + 1 < len(stages):
                born &= Domain(name, ">", today - ahead - ages[number + 1])
            told = self.env["scrm.care"].search([("stage_id", "=", stage.id)])
            born &= Domain("id", "not in", told.partner_id.ids)
            people = self.env["res.partner"].search(
                born & read_domain(self.partner_condition), order="id"
            )
            for partner in people:
                self._plan(partner, today, f"stage:{stage.id}", stage=stage)


def _is_leap(year) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
