from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import html2plaintext

#: Records offered on a page; who needs more gets a narrower condition.
OFFER_LIMIT = 200
#: Models of which customers choose among their own records, and no others.
OWN_MODELS = ("sale.order", "stock.picking")
#: Types of fields that say nothing on a form.
SILENT = ("binary", "one2many", "properties", "properties_definition", "json")


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
        # of applications that may be there
        more = {
            "sale.order": self.env._("Order"),
            "stock.picking": self.env._("Delivery"),
        }
        names.update({name: more[name] for name in more if name in self.env})
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

    def _scrm_records(self, env, domain=None, limit=OFFER_LIMIT, order=None):
        """The records that somebody may choose.

        :param env: environment of whoever chooses
        :param domain: further condition
        :param order: other than the model's own
        :return: records of that environment
        """
        self.ensure_one()
        records = env[self._scrm_record_model()]
        user = env.user
        domain = Domain(domain or [])
        is_own = records._name in OWN_MODELS
        if not env.su and not user._is_internal():
            if is_own:
                partner = env["helpdesk.ticket"]._scrm_asking_partner()
                owner = partner.commercial_partner_id
                domain &= Domain("partner_id.commercial_partner_id", "=", owner.id)
                # sudo: names of one's own orders and deliveries
                records = records.sudo()
            elif self.record_public:
                # sudo: the manager decided to offer them: names only, by condition
                records = records.sudo()
            elif not records.has_access("read"):
                return records
        found = records.search(
            self._scrm_record_condition() & domain,
            limit=limit,
            order=order,
        )
        return found if self.record_public or is_own else found.with_env(env)

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

    # What a record says, for forms that are filled in from one

    def _scrm_newest(self, env, partner):
        """The newest record of a customer that somebody may choose.

        :param env: environment of whoever chooses
        :param partner: ``res.partner``, may be empty
        """
        self.ensure_one()
        records = env[self._scrm_record_model()]
        if not partner or "partner_id" not in records._fields:
            return records
        owner = partner.commercial_partner_id
        return self._scrm_records(
            env,
            [("partner_id.commercial_partner_id", "=", owner.id)],
            limit=1,
            order="id desc",
        )

    @api.model
    def _scrm_field_at(self, model, path):
        """The field that a path ends at, None when there is none that can be told.

        :param model: name of a model
        :param path: names of fields with dots between them
        """
        field = None
        for name in path.split("."):
            field = self.env[model]._fields.get(name) if model else None
            if field is None:
                return None
            model = getattr(field, "comodel_name", None)
        return None if field.type in SILENT else field

    def _scrm_value_of(self, record, path):
        """What this field holds when it is filled in from a record.

        :param record: a record, with sudo where its reader may not read all of it
        :param path: see :meth:`_scrm_field_at`
        :return: as the API takes it; None for nothing
        """
        self.ensure_one()
        source = self._scrm_field_at(record._name, path)
        if source is None or not record:
            return None
        value = record[:1]
        for name in path.split("."):
            value = value.mapped(name) if isinstance(value, models.BaseModel) else value
        if isinstance(value, models.BaseModel):
            if self.type in ("record", "stock"):
                is_same = value._name == self._scrm_record_model()
                return value[:1].id or None if is_same else None
            return ", ".join(value.mapped("display_name")) or None
        value = value[0] if value else False
        if source.type == "boolean":
            return bool(value) if self.type == "yes_no" else str(value)
        if value is False or value is None:
            return None
        if source.type in ("integer", "float", "monetary"):
            return value if self.type in ("number", "money") else f"{value:g}"
        if self.type in ("text", "long_text"):
            return words_of(record[:1], path)
        if source.type == "datetime" and self.type == "date":
            return fields.Date.to_string(value.date())
        return str(value)


def words_of(record, path):
    """What a path of a record says, in words of the record's language."""
    way, _dot, last = path.rpartition(".")
    record = record.mapped(way)[:1] if way else record
    found = record[last]
    field = record._fields[last]
    if isinstance(found, models.BaseModel):
        return ", ".join(found.mapped("display_name"))
    if found is False or found is None:
        return ""
    if field.type == "selection":
        return dict(field._description_selection(record.env)).get(found, str(found))
    if field.type == "html":
        return html2plaintext(found).strip()
    return str(found)
