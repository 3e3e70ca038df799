from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine import trace

#: Rows that one statement inserts.
BATCH = 1000


class ScrmSettlementSealed(models.AbstractModel):
    """Rows that only the engine writes, once, and nobody changes afterwards.

    There is no way round for the administrator either: rows enter by
    :meth:`_insert`, which is not reachable from outside, and each carries a digest
    of its content, so that a change made in the database itself is found by
    :meth:`verify`.
    """

    _name = "scrm.settlement.sealed"
    _description = "Sealed Settlement Row"

    digest = fields.Char("SHA-256", required=True, readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise self._sealed_error()

    def write(self, vals):  # pylint: disable=method-required-super
        raise self._sealed_error()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sealed(self):
        raise self._sealed_error()

    def copy(self, default=None):  # pylint: disable=method-required-super
        raise self._sealed_error()

    def _sealed_error(self):
        # sudo: the name of the model only
        name = self.env["ir.model"]._get(self._name).sudo().name
        return UserError(
            self.env._(
                "“%(what)s” is sealed: only the settlement itself adds to it, and "
                "nothing is ever changed or deleted.",
                what=name,
            )
        )

    def verify(self):
        """Whether the content of all these rows still is what was sealed."""
        self.check_access("read")
        return all(row.digest == trace.digest(row._sealed()) for row in self)

    def _sealed(self):
        """The JSON-ready content that the digest covers."""
        raise NotImplementedError

    @api.model
    def _insert(self, rows, conflict):
        """Insert rows of equal columns; those that exist already stay as they are.

        Two transactions inserting the same row: the second is told by PostgreSQL
        to retry (serialization failure), and then finds the row.

        :param list rows: dictionaries column -> value, jsonb given as JSON text
        :param SQL conflict: columns of the unique index that tells rows apart
        :return: the inserted records
        """
        if not rows:
            return self.browse()
        inserted = []
        selected = []
        for name in rows[0]:
            kind = self._fields[name].column_type[1]
            if kind == "jsonb":  # psycopg2 knows no arrays of it: texts, then cast
                selected.append((name, SQL("text[]"), SQL("::jsonb")))
            else:
                kind = kind.partition("(")[0]  # varchar
                selected.append((name, SQL("%s[]", SQL(kind)), SQL("")))
        columns = SQL(", ").join(SQL.identifier(name) for name, _t, _c in selected)
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            inserted += self.env.execute_query(
                SQL(
                    """
                    INSERT INTO %(table)s (%(columns)s, create_uid, create_date)
                         SELECT %(values)s, %(uid)s, now() AT TIME ZONE 'UTC'
                           FROM unnest(%(arrays)s) AS new (%(columns)s)
                    ON CONFLICT (%(conflict)s) DO NOTHING
                      RETURNING id
                    """,
                    table=SQL.identifier(self._table),
                    columns=columns,
                    values=SQL(", ").join(
                        SQL("new.%s%s", SQL.identifier(name), cast)
                        for name, _type, cast in selected
                    ),
                    uid=self.env.uid,
                    arrays=SQL(", ").join(
                        SQL("%s::%s", [row[name] for row in batch], type_)
                        for name, type_, _cast in selected
                    ),
                    conflict=conflict,
                )
            )
        return self.browse(row[0] for row in inserted)
