from collections import defaultdict

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL


class ScrmFlowTraceMixin(models.AbstractModel):
    """Rows about a business record: who may read the record may read them."""

    _name = "scrm.flow.trace.mixin"
    _description = "Trace of a Record"

    res_model = fields.Char(string="Model Name", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="res_model", required=True, readonly=True
    )
    res_name = fields.Char(string="Record", compute="_compute_res_name")

    @api.depends("res_model", "res_id")
    def _compute_res_name(self):
        ids = defaultdict(set)
        for trace in self:
            ids[trace.res_model].add(trace.res_id)
        names = {
            (name, record.id): record.display_name
            for name, res_ids in ids.items()
            if name in self.env
            for record in self.env[name].browse(res_ids).exists()
        }
        for trace in self:
            trace.res_name = names.get((trace.res_model, trace.res_id), False)

    def _record(self):
        """The business record, an empty recordset when it is gone, else None."""
        self.ensure_one()
        if self.res_model not in self.env:
            return None
        return self.env[self.res_model].browse(self.res_id).exists()

    def _records(self) -> dict:
        """ID of a row -> its business record, which is read together with the others.

        Rows whose records are gone are left out.
        """
        found = {}
        for name, traces in self.grouped("res_model").items():
            if name not in self.env:
                continue
            ids = dict.fromkeys(traces.mapped("res_id"))
            records = {
                record.id: record for record in self.env[name].browse(ids).exists()
            }
            for trace in traces:
                if trace.res_id in records:
                    found[trace.id] = records[trace.res_id]
        return found

    @api.model
    def default_get(self, fields):  # pylint: disable=method-required-super
        """Only what the fields say themselves.

        The engine makes such rows, in the middle of whatever people do: what they,
        their company or the view they come from preset is for their own forms.
        """
        defaults = {name: self._fields[name].default for name in fields}
        return {name: default(self) for name, default in defaults.items() if default}

    # Reading rows past the ORM, where a statement does more than read them

    @api.model
    @tools.ormcache()
    def _column_names(self) -> tuple[str, ...]:
        """The columns of the table, ``id`` first."""
        names = [
            name
            for name, field in self._fields.items()
            if field.store and field.column_type and name != "id"
        ]
        return ("id", *names)

    @api.model
    @tools.ormcache()
    def _columns_sql(self) -> SQL:
        names = self._column_names()
        return SQL(", ").join(SQL.identifier(self._table, name) for name in names)

    @api.model
    def _remember(self, rows):
        """Put rows of :meth:`_columns_sql` into the cache, as reading them would.

        :return: the records
        """
        records = self.browse(row[0] for row in rows)
        _ids, *columns = zip(*rows, strict=True) if rows else [()]
        for name, values in zip(self._column_names()[1:], columns, strict=False):
            self._fields[name]._insert_cache(records, values)
        return records

    @api.model
    def _pending_sql(self) -> list[SQL]:
        """What the next flush of this model would write, to be done with another
        statement instead.

        :return: parts of one statement, see ``scrm.flow.log._append``; none where
            one plain update does not do, then all is left to the flush
        """
        dirty = self.env._field_dirty
        pending = [field for field in self._fields.values() if dirty.get(field)]
        ids = {frozenset(dirty[field]) for field in pending}
        if len(ids) != 1 or any(field.translate for field in pending):
            return []
        records = self.browse(sorted(ids.pop()))
        names = [field.name for field in pending]
        if self._log_access and "write_date" not in names:
            return []
        rows = [
            (record.id, *(field.get_column_update(record) for field in pending))
            for record in records
        ]
        for field in pending:
            del dirty[field]
        return [
            SQL(
                """
                %(name)s AS (
                    UPDATE %(table)s
                       SET %(changes)s
                      FROM (VALUES %(rows)s) AS pending(id, %(columns)s)
                     WHERE %(table)s.id = pending.id
                )
                """,
                name=SQL.identifier(f"pending_{self._table}"),
                table=SQL.identifier(self._table),
                changes=SQL(", ").join(
                    SQL(
                        "%(column)s = pending.%(column)s::%(type)s",
                        column=SQL.identifier(field.name),
                        type=SQL(field.column_type[1]),
                    )
                    for field in pending
                ),
                rows=SQL(", ").join(rows),
                columns=SQL(", ").join(SQL.identifier(name) for name in names),
            )
        ]

    @api.model
    def _insert_sql(self, rows: list[dict]) -> SQL:
        """The INSERT of all these rows; nothing is computed from them.

        :param rows: values by field name, what is missing is empty
        """
        names = self._column_names()[1:]
        values = [
            tuple(
                self._fields[name].convert_to_column_insert(row.get(name), self)
                for name in names
            )
            for row in rows
        ]
        return SQL(
            "INSERT INTO %s (%s) VALUES %s",
            SQL.identifier(self._table),
            SQL(", ").join(map(SQL.identifier, names)),
            SQL(", ").join(values),
        )

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if not self or self.env.su:
            return result
        rows = self - result[0] if result else self
        by_record = defaultdict(list)
        # sudo: only to learn which records decide
        for row in rows.sudo():
            by_record[row.res_model].append(row)
        forbidden = self.browse()
        for name, traces in by_record.items():
            allowed = set()
            if name in self.env:
                records = self.env[name].browse({row.res_id for row in traces})
                allowed = set(records.exists()._filtered_access("read")._ids)
            for row in traces:
                if row.res_id not in allowed:
                    forbidden += self.browse(row.id)
        if not forbidden:
            return result
        if result:
            forbidden += result[0]
        return forbidden, lambda: self._trace_access_error()

    def _trace_access_error(self) -> AccessError:
        return AccessError(
            self.env._(
                "You may read %(what)s only of records you may read.",
                what=self._description,
            )
        )

    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            domain = Domain(domain) & self._readable_domain()
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _readable_domain(self) -> Domain:
        """Rows whose record the user may read, as one condition per model."""
        domains = []
        for name in self.env["scrm.flow"]._flow_models():
            model = self.env[name]
            if model.has_access("read"):
                readable = model.with_context(active_test=False)._search([])
                domains.append(
                    Domain("res_model", "=", name) & Domain("res_id", "in", readable)
                )
        return Domain.OR(domains)

    def action_open_record(self):
        """Open the business record this row is about."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
