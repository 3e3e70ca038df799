from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import cycle

#: What the day depends on that is set on a plan.
RECKONED = {"daily_use", "unit_content", "offset_days", "learns_use", "product_ids"}


class ScrmCarePlan(models.Model):
    """When a customer runs out of what was bought: quantity over use a day.

    What was bought is what went out of the stock to the customer; addons add more.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.care.plan"

    learns_use = fields.Boolean(
        string="Learn from Purchases",
        help="Who has no use of his own uses what earlier purchases tell: what was "
        "bought is used up by the next one.",
    )

    @api.constrains("kind", "daily_use", "learns_use")
    def _check_use(self):
        for plan in self:
            if plan.kind == "supply" and not (plan.daily_use or plan.learns_use):
                raise ValidationError(
                    self.env._(
                        "%(plan)s: enter a use a day, or learn it from purchases.",
                        plan=plan.name,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & RECKONED:
            for plan in self.filtered(lambda plan: plan.kind == "supply"):
                for partner in plan._expecting():
                    plan._reckon(partner)
        return result

    def _expecting(self):
        """Customers for whom a day is planned."""
        domain = [("plan_id", "=", self.id), ("state", "=", "planned")]
        return self.env["scrm.care"].search(domain).partner_id

    def _bought(self, partner) -> list:
        """(day, quantity in the unit of the product, product) of each purchase.

        :param partner: the customer, addresses included
        """
        self.ensure_one()
        domain = [
            ("state", "=", "done"),
            ("location_dest_id.usage", "=", "customer"),
            ("product_id", "in", self.product_ids.ids),
            "|",
            ("picking_id.partner_id", "child_of", partner.ids),
            ("scrm_ticket_id.partner_id", "child_of", partner.ids),
        ]
        if company := self.template_id.company_id:
            domain.append(("company_id", "=", company.id))
        return [
            (
                self._day_of(move.date),
                move.product_uom._compute_quantity(
                    move.quantity, move.product_id.uom_id
                ),
                move.product_id,
            )
            # sudo: what this customer got, not the stock
            for move in self.env["stock.move"].sudo().search(domain)
        ]

    @api.model
    def _day_of(self, moment):
        """The day of a moment where the company is."""
        zone = self.env.company.partner_id.tz or "UTC"
        context = self.with_context(tz=zone)
        return fields.Datetime.context_timestamp(context, moment).date()

    def _reckon(self, partner):
        """Plan anew when a customer runs out, from all that was bought.

        A day that was told already, or before, is not told again.
        """
        self.ensure_one()
        bought = sorted(self._bought(partner), key=lambda one: one[0])
        days = [(day, quantity * self.unit_content) for day, quantity, _what in bought]
        use = self._member(partner).daily_use
        if not use and self.learns_use and (use := cycle.used_a_day(days)):
            days = [one for one in days if one[0] == days[-1][0]]  # the rest is used
        out_on = cycle.runs_out(days, use or self.daily_use)
        if out_on is None:
            self._planned(partner).unlink()
            return
        due_on = out_on + timedelta(days=self.offset_days)
        past = self.env["scrm.care"].search(
            [
                ("plan_id", "=", self.id),
                ("partner_id", "=", partner.id),
                ("state", "!=", "planned"),
                ("due_on", ">=", due_on),
            ],
            limit=1,
        )
        if not past:
            self._set_next(partner, due_on, bought[-1][2])


class ScrmCareMember(models.Model):
    # whose use changes the day
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.care.member"

    @api.model_create_multi
    def create(self, vals_list):
        members = super().create(vals_list)
        members._reckon()
        return members

    def write(self, vals):
        result = super().write(vals)
        if "daily_use" in vals:
            self._reckon()
        return result

    def _reckon(self):
        # sudo: whoever enters a use moves the day that is planned by it
        for member in self.sudo():
            if member.plan_id.kind == "supply":
                member.plan_id._reckon(member.partner_id)
