from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from odoo import api, models
from odoo.exceptions import ValidationError


@dataclass(frozen=True, slots=True)
class Dimension:
    """Something that can be asked of a record.

    ``getter(record)`` gives a plain value: a number, a text, a key, yes/no, or
    None when the record has none. ``type`` is ``number``, ``text``, ``choice``,
    ``boolean`` or ``date`` (ISO text). ``choices()`` gives all values it can have,
    with their labels, where these are known.
    """

    key: str
    label: str
    type: str
    getter: Callable[[Any], Any]
    choices: Callable[[], list[tuple[str, str]]] | None = None


class ScrmDimension(models.AbstractModel):
    """The registry of all that conditions, tiers and settlement may ask."""

    _name = "scrm.dimension"
    _description = "Dimension"

    @api.model
    def _definitions(self, model_name: str) -> dict[str, Dimension]:
        """The dimensions of a model by key. Addons extend this with ``super()``."""
        dimensions = {}
        if "company_id" in self.env[model_name]._fields:
            dimensions["company"] = Dimension(
                "company",
                self.env._("Company"),
                "text",
                lambda record: record.company_id.name or None,
            )
        return dimensions

    @api.model
    def _definition(self, model_name: str, key: str) -> Dimension:
        """One dimension.

        :raise ValidationError: the model has no dimension with this key
        """
        dimension = self._definitions(model_name).get(key)
        if dimension is None:
            raise ValidationError(
                self.env._(
                    "There is no dimension “%(key)s” for %(model)s.",
                    key=key,
                    model=self.env["ir.model"]._get(model_name).name or model_name,
                )
            )
        return dimension

    @api.model
    @api.private
    def values(self, record, keys: Iterable[str]) -> dict[str, Any]:
        """Ask one record for the values of some dimensions.

        :raise ValidationError: a key is unknown for the record's model
        """
        definitions = self._definitions(record._name)
        found = {}
        for key in keys:
            if key not in definitions:
                self._definition(record._name, key)
            found[key] = definitions[key].getter(record)
        return found
