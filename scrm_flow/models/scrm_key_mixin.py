import re
from itertools import count

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Every key: what packs, rules and messages refer to instead of ids.
KEY_PATTERN = re.compile(r"[a-z][a-z0-9_]*")
#: What names a node or transition of a version: also one inside of a call.
PATH_PATTERN = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")


class ScrmKeyMixin(models.AbstractModel):
    """Definitions with a key, which is well formed and free in a duplicate."""

    _name = "scrm.key.mixin"
    _description = "Definition with a Key"

    #: What a duplicate's key ends with; those after the first are numbered, too.
    #: None: a part of something bigger, that keeps its key in the duplicate of that.
    _key_suffix = "_copy"

    key = fields.Char(required=True)

    @api.constrains("key")
    def _check_key(self):
        for record in self:
            if not record._key_pattern().fullmatch(record.key or ""):
                raise ValidationError(
                    self.env._(
                        "%(model)s “%(name)s”: the field “%(field)s” is “%(key)s”, "
                        "but it must start with a small letter, followed by small "
                        "letters, digits and underscores.",
                        model=self.env["ir.model"]._get(self._name).name,
                        name=record.display_name,
                        field=self._fields["key"]._description_string(self.env),
                        key=record.key or "",
                    )
                )

    def _key_pattern(self) -> re.Pattern:
        """What the key of this record must look like."""
        return KEY_PATTERN

    def copy_data(self, default=None):
        values_list = super().copy_data(default)
        if self._key_suffix is None:
            return values_list
        given = set()
        for record, values in zip(self, values_list, strict=True):
            if not (default or {}).get("key"):
                values["key"] = record._scrm_free_key(given)
                given.add(values["key"])
        return values_list

    @api.private
    def _scrm_free_key(self, given) -> str:
        """The key of a duplicate.

        :param given: keys that others get at the same time
        """
        # sudo: also of what belongs to another company
        everything = self.sudo().with_context(active_test=False)
        base = f"{self.key}{self._key_suffix}"
        taken = set(everything.search([("key", "=like", f"{base}%")]).mapped("key"))
        taken |= given
        for number in count(1):
            key = base if number == 1 else f"{base}_{number}"
            if key not in taken:
                return key
