from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class ScrmStore(models.Model):
    """A service point: where a ticket is served, from which warehouse, by whom."""

    _name = "scrm.store"
    _inherit = "scrm.key.mixin"
    _description = "Store"
    _order = "name, id"
    _check_company_auto = True

    key = fields.Char(
        required=True,
        copy=False,
        help="Stable name used by rules, packs and the API.",
    )
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Company",
        required=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Address",
        check_company=True,
        help="Address and coordinates of the store.",
    )
    warehouse_id = fields.Many2one(
        comodel_name="stock.warehouse",
        string="Warehouse",
        check_company=True,
        help="Parts of the store's tickets come from here. "
        "Without one, the company's first warehouse serves.",
    )
    region = fields.Char(index=True)
    store_class = fields.Char(string="Class", index=True)
    manager_id = fields.Many2one(comodel_name="res.users", string="Manager")
    user_ids = fields.Many2many(comodel_name="res.users", string="Staff")

    step_limit = fields.Integer(
        string="Open Steps at Most",
        help="The nearest store with room gets a ticket; 0: any number. What all its "
        "people have in hand, on tickets, is counted.",
    )

    _step_limit_positive = models.Constraint(
        "CHECK (step_limit >= 0)", "The number of open steps cannot be negative."
    )
    _key_unique = models.Constraint(
        "UNIQUE(key)", "Another store already has this key."
    )

    def _scrm_has_room(self):
        """Whether the people of the store may get one more ticket.

        Who asks this of a store with a limit at the same time comes one after the
        other: the second one fails to serialize, and is tried anew.
        """
        self.ensure_one()
        if not self.step_limit:
            return True
        self.env.flush_all()
        self.env.cr.execute(
            SQL("UPDATE scrm_store SET key = key WHERE id = %s", self.id)
        )
        people = (self.user_ids or self.manager_id).ids
        in_hand = Domain("user_id", "in", people) | Domain(
            "candidate_ids", "in", people
        )
        # sudo: how much work there is, not what; asked by the flow
        steps = self.env["scrm.flow.step"].sudo()
        open_steps = (
            Domain("res_model", "=", "helpdesk.ticket")
            & Domain("state", "=", "open")
            & in_hand
        )
        return steps.search_count(open_steps, limit=self.step_limit) < self.step_limit

    def _scrm_warehouse(self, company):
        """The warehouse that serves this store, or the company when it has none.

        :param company: res.company of the ticket
        """
        return self.warehouse_id or self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)], limit=1
        )
