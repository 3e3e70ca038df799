import secrets
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

#: Tickets that are opened before one commit.
CHUNK = 50
#: Letters and digits of a coupon that are not mistaken for others.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class ScrmCare(models.Model):
    """One customer is thought of on one day, because of a care plan."""

    _name = "scrm.care"
    _description = "Care of a Customer"
    _order = "due_on, id"
    _rec_name = "plan_id"

    plan_id = fields.Many2one("scrm.care.plan", required=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="cascade", index=True
    )
    due_on = fields.Date(string="Due", required=True)
    state = fields.Selection(
        [("planned", "Planned"), ("done", "Done"), ("cancelled", "Cancelled")],
        required=True,
        default="planned",
        readonly=True,
    )
    source = fields.Char(readonly=True, help="What made it due, once for ever.")
    product_id = fields.Many2one("product.product", readonly=True)
    stage_id = fields.Many2one("scrm.care.stage", readonly=True, ondelete="set null")
    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True, ondelete="set null")
    coupon_code = fields.Char(string="Coupon", readonly=True, copy=False)
    coupon_until = fields.Date(string="Coupon Good until", readonly=True, copy=False)
    coupon_used_at = fields.Datetime(string="Coupon Used on", readonly=True, copy=False)

    _source_unique = models.UniqueIndex(
        "(plan_id, partner_id, source) WHERE source IS NOT NULL"
    )
    _coupon_unique = models.UniqueIndex(
        "(coupon_code) WHERE coupon_code IS NOT NULL", "There is such a coupon already."
    )
    _due_idx = models.Index("(due_on, id) WHERE state = 'planned'")

    @api.model
    def _cron_open(self):
        """Plan what contacts' dates make due, then open what is due."""
        today = self.env["scrm.form.field"]._scrm_today()
        self.env["scrm.care.plan"]._plan_dates(today)
        due = self.search([("state", "=", "planned"), ("due_on", "<=", today)])
        due = due.filtered("plan_id.active")
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for number in range(0, len(due), CHUNK):
            chunk = due[number : number + CHUNK]
            chunk._open()
            self.env["ir.cron"]._commit_progress(len(chunk))

    def _open(self):
        """Open the ticket of each, with what its plan adds to it."""
        for care in self.try_lock_for_update().filtered(
            lambda care: care.state == "planned"
        ):
            plan = care.plan_id
            care.write({"state": "done", **care._coupon_vals()})
            template = plan.template_id
            vals = {
                "template_id": template.id,
                "name": self.env._(
                    "%(plan)s: %(customer)s",
                    plan=plan.name,
                    customer=care.partner_id.name,
                ),
                "partner_id": care.partner_id.id,
                "scrm_care_id": care.id,
            }
            favourite = plan.adds_favourite and self._favourite(care.partner_id)
            if favourite:
                care.product_id = favourite
                line = {"product_id": favourite.id, "quantity": 1}
                vals["part_line_ids"] = [Command.create(line)]
            care.ticket_id = self.env["helpdesk.ticket"].create(vals)

    def _coupon_vals(self) -> dict:
        days = self.plan_id.coupon_days
        if not days:
            return {}
        code = "".join(secrets.choice(LETTERS) for _number in range(10))
        return {"coupon_code": code, "coupon_until": self.due_on + timedelta(days=days)}

    @api.model
    def _favourite(self, partner):
        """What a customer had most of: ``product.product``, may be empty."""
        moves = self.env["stock.move"]
        people = partner.commercial_partner_id
        rows = moves._read_group(
            [
                ("state", "=", "done"),
                ("location_dest_id.usage", "=", "customer"),
                ("product_id.is_storable", "=", True),
                "|",
                ("picking_id.partner_id", "child_of", people.ids),
                ("scrm_ticket_id.partner_id", "child_of", people.ids),
            ],
            ["product_id"],
            ["quantity:sum"],
        )
        rows.sort(key=lambda row: (-row[1], row[0].id))
        return rows[0][0] if rows else self.env["product.product"]

    def action_redeem(self):
        """Take a coupon in, once.

        :raise UserError: there is none, it was used, or it is too late
        """
        self.ensure_one()
        self.check_access("write")
        self.lock_for_update()
        self.invalidate_recordset(["coupon_used_at"])
        if not self.coupon_code:
            raise UserError(self.env._("There is no coupon."))
        if self.coupon_used_at:
            raise UserError(
                self.env._("The coupon %s was used already.", self.coupon_code)
            )
        today = self.env["scrm.form.field"]._scrm_today()
        if self.coupon_until < today:
            raise UserError(
                self.env._("The coupon %s is not good any more.", self.coupon_code)
            )
        self.coupon_used_at = self.env["scrm.clock"].now()

    def action_cancel(self):
        """Do not think of the customer on that day."""
        self.check_access("write")
        self.filtered(lambda care: care.state == "planned").state = "cancelled"


class HelpdeskTicket(models.Model):
    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_care_id = fields.Many2one(
        "scrm.care",
        string="Care",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )

    def _scrm_run_ended(self, run):
        result = super()._scrm_run_ended(run)
        # sudo: plans look at every visit, whoever ends it
        self.env["scrm.care.plan"].sudo()._after_visit(self.sudo())
        return result


class StockMove(models.Model):
    # what customers bought
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        done = super()._action_done(cancel_backorder=cancel_backorder)
        clock = self.env["scrm.clock"]
        if clock._can_be_set():
            # sudo: as pickings, the time of the scenario; plans reckon with it
            done.sudo().write({"date": clock.now()})
        # sudo: plans look at every delivery, whoever makes it
        plans = self.env["scrm.care.plan"].sudo()
        for move in done.sudo():
            partner = move.picking_id.partner_id or move.scrm_ticket_id.partner_id
            is_sold = move.location_dest_id.usage == "customer"
            if move.state == "done" and is_sold and partner:
                plans._after_purchase(partner, move.product_id, f"move:{move.id}")
        return done


class ResPartner(models.Model):
    # dates that plans look at
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "res.partner"

    scrm_birthday = fields.Date(string="Birthday", groups="base.group_user")
    scrm_child_birthday = fields.Date(
        string="Birthday of the Child", groups="base.group_user"
    )
