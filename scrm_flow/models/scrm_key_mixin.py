import re
import unicodedata
from itertools import count

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Every key: what packs, rules and messages refer to instead of ids.
KEY_PATTERN = re.compile(r"[a-z][a-z0-9_]*")
#: What names a node or transition of a version: also one inside of a call.
PATH_PATTERN = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")


def key_of(name: str) -> str:
    """The key that a name suggests; empty when it has no letter a key can have.

    >>> key_of("Bicycle Repair (2nd floor)")
    'bicycle_repair_2nd_floor'
    >>> key_of("Café Müller"), key_of("自行车维修")
    ('cafe_muller', '')
    """
    spelled = unicodedata.normalize("NFKD", name or "").lower()
    letters = "".join(char for char in spelled if not unicodedata.combining(char))
    key = re.sub(r"[^a-z0-9]+", "_", letters).lstrip("_0123456789").rstrip("_")
    return key.removesuffix("_html")[:40].rstrip("_")


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

    @api.onchange("name")
    def _onchange_name_proposes_key(self):
        """Whoever names something new need not think of a key: one is proposed."""
        for record in self:
            if record.name and not record.key:
                record.key = record._scrm_proposed_key(record.name)

    @api.private
    def _scrm_proposed_key(self, name: str) -> str:
        """A free key for what is called so, such as ``night`` or ``night_2``.

        :param name: in any script; of a name that cannot be spelled in a key the kind
            of thing is taken, and numbered
        """
        plain = key_of(name)
        if plain and self._key_suffix is None:
            return plain  # unique within its whole only, where the user sees the others
        base = plain or f"{self._name.rsplit('.', 1)[-1]}_1"
        taken = self._scrm_taken_keys(base.removesuffix("_1"))
        return self._scrm_numbered(base, taken)

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
        base = f"{self.key}{self._key_suffix}"
        return self._scrm_numbered(base, self._scrm_taken_keys(base) | given)

    def _scrm_taken_keys(self, base) -> set[str]:
        # sudo: also of what belongs to another company
        everything = self.sudo().with_context(active_test=False)
        return set(everything.search([("key", "=like", f"{base}%")]).mapped("key"))

    @staticmethod
    def _scrm_numbered(base, taken) -> str:
        """The first of base, base_2, base_3... that is not taken."""
        for number in count(1):
            key = base if number == 1 else f"{base.removesuffix('_1')}_{number}"
            if key not in taken:
                return key
