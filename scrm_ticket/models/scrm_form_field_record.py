from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

#: Records offered on a page; who needs more gets a narrower condition.
OFFER_LIMIT = 200


class ScrmFormField(models.Model):
    """Fields that hold a record: a contact, a product, a device."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.form.field"

    record_model = fields.Selection(
        selection="_scrm_record_models", string="Records", default="res.partner"
    )
    record_model_name = fields.Char(compute="_compute_record_model_name")
    record_domain = fields.Char(
        string="Only Those", default="[]", help="Which of them can be chosen."
    )
    record_public = fields.Boolean(
        string="Offered to Customers",
        help="Customers may choose among these records and read their names, though "
        "they cannot open them. Without it they choose among what they may read "
        "anyhow.",
    )

    @api.model
    def _scrm_record_models(self):
        """The models whose records a form can ask for."""
        names = {
            "res.partner": self.env._("Contact"),
            "product.product": self.env._("Product"),
            "stock.lot": self.env._("Device (Serial Number)"),
            "scrm.store": self.env._("Store"),
            "helpdesk.ticket": self.env._("Ticket"),
            "res.users": self.env._("User"),
        }
        return list(names.items())

    @api.depends("type", "record_model")
    def _compute_record_model_name(self):
        for field in self:
            field.record_model_name = field._scrm_record_model()

    @api.constrains("type", "record_model", "record_domain")
    def _check_record_domain(self):
        for field in self.filtered(lambda field: field.type in ("record", "stock")):
            if field.type == "record" and not field.record_model:
                raise ValidationError(
                    self.env._("Say which records “%s” offers.", field.name)
                )
            try:
                model = self.env[field._scrm_record_model()]
                field._scrm_record_condition().validate(model)
            except (ValueError, SyntaxError, TypeError) as error:
                raise ValidationError(
                    self.env._(
                        "“%(field)s”: the condition “%(condition)s” cannot be asked.",
                        field=field.name,
                        condition=field.record_domain,
                    )
                ) from error

    def _scrm_record_model(self):
        self.ensure_one()
        return "product.product" if self.type == "stock" else self.record_model

    def _scrm_record_condition(self):
        """Which records can be chosen at all."""
        domain = Domain(literal_eval(self.record_domain or "[]"))
        if self.type == "stock":
            domain &= Domain("is_storable", "=", True)
        return domain

    def _scrm_records(self, env, domain=None, limit=OFFER_LIMIT):
        """The records that somebody may choose.

        :param env: environment of whoever chooses
        :param domain: further condition
        :return: records of that environment
        """
        self.ensure_one()
        records = env[self._scrm_record_model()]
        user = env.user
        if not env.su and not user._is_internal():
            if self.record_public:
                # sudo: the manager decided to offer them: names only, by condition
                records = records.sudo()
            elif not records.has_access("read"):
                return records
        found = records.search(
            self._scrm_record_condition() & Domain(domain or []), limit=limit
        )
        return found.with_env(env) if not self.record_public else found

    def _scrm_find_record(self, env, record_id):
        """One record that may be chosen, or an empty recordset."""
        return self._scrm_records(env, [("id", "=", record_id)], limit=1)

    def _scrm_available(self, product, store):
        """How many of a product are free in the store, else in the company.

        :param product: ``product.product``
        :param store: ``scrm.store``, may be empty
        :return: quantity in the product's unit
        """
        # sudo: one figure about a product that may be chosen
        warehouse = store.sudo().warehouse_id
        context = {"warehouse_id": warehouse.id} if warehouse else {}
        return product.sudo().with_context(**context).free_qty
