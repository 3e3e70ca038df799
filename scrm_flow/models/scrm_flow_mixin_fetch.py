from odoo import api, fields, models, tools
from odoo.tools import SQL


class ScrmFlowMixin(models.AbstractModel):
    """Relations of a record in which nothing stands cost no query each."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.mixin"

    def _fetch_query(self, query, fields_to_fetch):
        """Ask once which of the relations are empty; only the others are read.

        Most records use few of the lists that their form shows. Empty is empty for
        everybody, so no right is passed over.
        """
        askable = [field for field in fields_to_fetch if self._scrm_askable(field)]
        if len(askable) < 2:
            fetched = super()._fetch_query(query, fields_to_fetch)
            fetched._scrm_follow_nothing(fields_to_fetch)
            return fetched
        others = [field for field in fields_to_fetch if field not in askable]
        fetched = super()._fetch_query(query, others)
        fetched._scrm_follow_nothing(others)
        if fetched:
            used = fetched._scrm_used(askable)
            for field in askable:
                if field.name in used:
                    field.read(fetched)
                else:
                    field._insert_cache(
                        fetched, [self._scrm_nothing(field)] * len(fetched)
                    )
        return fetched

    def _scrm_follow_nothing(self, fetched):
        """Know what is read by way of an empty field: nothing, without computing it.

        :param fetched: the fields that were read
        """
        ways = self._scrm_ways()
        for field in fetched:
            if field.name not in ways:
                continue
            known = field._get_cache(self.env)
            empty = self.browse(id_ for id_ in self._ids if known.get(id_, 0) is None)
            for name in ways[field.name] if empty else ():
                other = self._fields[name]
                nothing = other.convert_to_cache(False, empty)
                other._insert_cache(empty, [nothing] * len(empty))

    @api.model
    @tools.ormcache()
    def _scrm_ways(self):
        """Which fields are read by way of which: {name: names}."""
        ways = {name: [*names] for name, names in self._scrm_shown_of().items()}
        for field in self._fields.values():
            if not field.related or field.store:
                continue
            first, _dot, rest = field.related.partition(".")
            way = self._fields[first]
            if rest and way.type == "many2one" and way.store:
                ways.setdefault(first, []).append(field.name)
        return ways

    @api.model
    def _scrm_shown_of(self):
        """Computed fields that only say what stands in another, and are empty when it
        is: {name of a column: names}."""
        return {"scrm_run_id": ["scrm_deadline_at"]}

    def _scrm_askable(self, field):
        """Whether one look at its table says if a relation is empty."""
        if field.type == "one2many":
            others = self.env[field.comodel_name]
            inverse = others._fields.get(field.inverse_name)
            is_table = others._auto and inverse and inverse.store
            return bool(is_table and inverse.column_type)
        if field.type == "many2many":
            # a field may fetch its links in its own way
            return type(field).read is fields.Many2many.read
        return field.type == "binary" and field.attachment

    @staticmethod
    def _scrm_nothing(field):
        return None if field.type == "binary" else ()

    def _scrm_used(self, askable):
        """The names of the fields in which something stands for any of the records."""
        found = [
            SQL("EXISTS (SELECT FROM %s)", self._scrm_links(field)) for field in askable
        ]
        [row] = self.env.execute_query(SQL("SELECT %s", SQL(", ").join(found)))
        return {
            field.name for field, is_used in zip(askable, row, strict=True) if is_used
        }

    def _scrm_links(self, field):
        """Table and condition of the links of the records by a field."""
        if field.type == "many2many":
            return SQL(
                "%s WHERE %s IN %s",
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
                self._ids,
            )
        if field.type == "binary":
            return SQL(
                "ir_attachment WHERE res_model = %s AND res_field = %s"
                " AND res_id IN %s",
                self._name,
                field.name,
                self._ids,
            )
        others = self.env[field.comodel_name]
        inverse = others._fields[field.inverse_name]
        table = others._table
        links = SQL(
            "%s WHERE %s IN %s",
            SQL.identifier(table),
            SQL.identifier(table, inverse.name, to_flush=inverse),
            self._ids,
        )
        if inverse.type != "many2one_reference":
            return links
        model = others._fields[inverse.model_field]
        return SQL(
            "%s AND %s = %s",
            links,
            SQL.identifier(table, model.name, to_flush=model),
            self._name,
        )
