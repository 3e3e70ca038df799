from itertools import count

from odoo import api, models


class ScrmKeyMixin(models.AbstractModel):
    """Definitions with a key: a duplicate gets one that is free."""

    _name = "scrm.key.mixin"
    _description = "Definition with a Key"

    #: What a duplicate's key ends with; those after the first are numbered, too.
    _key_suffix = "_copy"

    def copy_data(self, default=None):
        values_list = super().copy_data(default)
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
