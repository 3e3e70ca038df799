from odoo import api, models

#: Fields that tell no more of a record than a list of names does.
NAMES = {"id", "display_name"}
PICTURES = ("avatar_", "image_")
#: Ways of adding up that give every single value.
WHOLE = (":array_agg", ":array_agg_distinct")


class ScrmGuardMixin(models.AbstractModel):
    """A model with data of customers: what of it goes to people is counted.

    Reads count by record and exports by record and customer that is met on the way;
    see ``scrm.guard.use``. What a server reads for its own work does not count.
    """

    _name = "scrm.guard.mixin"
    _description = "Guarded Customer Data"

    @api.model
    def _scrm_tells(self, field_names):
        """Whether fields tell more than whom there is.

        :param field_names: names, or none for all
        """
        return not field_names or any(
            name not in NAMES and not name.startswith(PICTURES) for name in field_names
        )

    def _scrm_count_read(self, field_names, count=None):
        uses = self.env["scrm.guard.use"]
        if (self or count) and self._scrm_tells(field_names) and uses._is_watched():
            uses._on_read(self, field_names or (), count)

    @api.readonly
    def read(self, fields=None, load="_classic_read"):
        self._scrm_count_read(fields)
        return super().read(fields, load)

    @api.model
    @api.readonly
    def search_read(
        self, domain=None, fields=None, offset=0, limit=None, order=None, **read_kwargs
    ):
        found = super().search_read(
            domain, fields, offset=offset, limit=limit, order=order, **read_kwargs
        )
        self.browse(row["id"] for row in found)._scrm_count_read(fields)
        return found

    @api.model
    @api.readonly
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        found = super().name_search(name, domain, operator, limit)
        records = self.browse(key for key, _name in found)
        records._scrm_count_read(["name"])
        return found

    def copy_data(self, default=None):
        self._scrm_count_read(())
        return super().copy_data(default)

    @api.model
    def _web_read_group_format(self, groupby, aggregates, groups):
        found = super()._web_read_group_format(groupby, aggregates, groups)
        listed = sum(
            len(group[spec] or ())
            for group in found
            for spec in aggregates
            if spec.endswith(WHOLE) and not spec.startswith("id:")
        )
        by_text = any(
            self._fields[spec.partition(":")[0].partition(".")[0]].type
            in ("char", "text", "html")
            for spec in groupby
        )
        self.browse()._scrm_count_read(
            [*groupby, *aggregates] or ["name"],
            listed or (len(found) if by_text else 0),
        )
        return found
