from odoo import api, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

from ..fields import FreeText, MaskedChar
from ..forms import masks

#: System parameter: whether personal data is masked for those not entitled.
SETTING = "scrm_ticket.mask_personal_data"
#: Role of those who read personal data as it is.
ENTITLED = "scrm_ticket.group_personal_data"


class ScrmMaskingMixin(models.AbstractModel):
    """A record with personal data of customers in fields of type ``MaskedChar`` and
    ``FreeText``.

    Colleagues who are not entitled read a mask, find, sort and group nothing by it,
    and cannot save the mask in place of the value. Customers read their own data.
    """

    _name = "scrm.masking.mixin"
    _description = "Masked Personal Data"

    @api.model
    def _scrm_is_masking(self):
        """Whether the user gets masks in place of customers' personal data."""
        user = self.env.user
        if self.env.su or not user._is_internal() or user.has_group(ENTITLED):
            return False
        # sudo: a setting that holds for whoever asks
        return bool(self.env["ir.config_parameter"].sudo().get_param(SETTING))

    def _scrm_masked(self):
        """Those of these records whose personal data the user gets masked."""
        return self if self._scrm_is_masking() else self.browse()

    @api.model
    def _scrm_is_blind(self, name):
        """Whether a search finds nothing by this field."""
        kinds = (MaskedChar, FreeText)
        return isinstance(self._fields.get(name), kinds) and self._scrm_is_masking()

    def _scrm_refuse_blind(self, expression):
        """Refuse to sort or group by what is kept from the user.

        :param expression: a field, with granularity, aggregate or path behind it
        :raise AccessError: naming the field
        """
        name = expression.partition(":")[0].partition(".")[0]
        if not self.env.su and self._scrm_is_blind(name):
            raise AccessError(
                self.env._(
                    "You may not sort or group by “%s”: it is kept from you.",
                    self._fields[name]._description_string(self.env),
                )
            )

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        if field_name in self._order.replace(",", " ").split():
            # the order that records always have, such as that of users
            if not self.env.su and self._scrm_is_blind(field_name):
                return SQL()
        self._scrm_refuse_blind(field_name)
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    def _read_group_select(self, aggregate_spec, query):
        self._scrm_refuse_blind(aggregate_spec)
        return super()._read_group_select(aggregate_spec, query)

    def _read_group_groupby(self, alias, groupby_spec, query):
        self._scrm_refuse_blind(groupby_spec)
        return super()._read_group_groupby(alias, groupby_spec, query)

    @api.model_create_multi
    def create(self, vals_list):
        if self._scrm_is_masking():
            vals_list = [self._scrm_without_masks(vals) for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if self._scrm_is_masking():
            vals = self._scrm_without_masks(vals)
        return super().write(vals)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for record, vals in zip(self, vals_list, strict=True):
            if record._scrm_masked():
                for name in vals.keys() - (default or {}).keys():
                    field = self._fields.get(name)
                    if isinstance(field, MaskedChar):
                        vals[name] = False  # a copy would tell
                    elif isinstance(field, FreeText):
                        vals[name] = field.mask(vals[name])
        return vals_list

    def _scrm_without_masks(self, vals):
        """What somebody really wrote: a mask that came back stands for its value.

        :raise ValidationError: naming a field with a mask that is not its own
        """
        kept = dict(vals)
        for name, value in vals.items():
            field = self._fields.get(name)
            if not masks.is_mask(value):
                continue
            if isinstance(field, FreeText) and len(self) == 1:
                kept[name] = masks.restored(value, self.sudo()[name])  # sudo: see above
            if not isinstance(field, MaskedChar):
                continue
            known = [
                one
                for one in self._scrm_known_values(name, vals)
                if masks.masked(field.masking, one) == value
            ]
            if not known:
                raise ValidationError(
                    self.env._(
                        "“%(field)s”: “%(value)s” is a mask, not a value. Write the "
                        "whole value, or leave the field as it is.",
                        field=field._description_string(self.env),
                        value=value,
                    )
                )
            if len(set(known)) == 1:
                kept[name] = known[0]
            else:  # several records are written: each keeps its own
                del kept[name]
        return kept

    def _scrm_known_values(self, name, vals):
        """The values whose mask a form may send back for a field.

        :param name: the field
        :param vals: what else is written
        """
        return self.sudo().mapped(name)  # sudo: see above
