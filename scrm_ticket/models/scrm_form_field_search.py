from contextlib import contextmanager

import psycopg2

from odoo import api, fields, models
from odoo.sql_db import db_connect
from odoo.tools import SQL, sql

from odoo.addons.queue_job.exception import RetryableJobError

from .scrm_form_field_format import TEXTS

TABLE, COLUMN = "helpdesk_ticket", "scrm_values"
#: How long building waits for others, in milliseconds.
PATIENCE = 5000
#: What the marks of fields have to do with.
CONCERNS = {"searchable", "type", "key"}


class ScrmFormField(models.Model):
    """Fields that are searched often: an index, built while people work.

    Odoo asks for a property in two forms at once, ``p -> 'x' = …`` OR ``p -> 'x' @>
    …``: without an index for each of them PostgreSQL reads the whole table. Words
    inside a text need a third one, of trigrams.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.form.field"

    searchable = fields.Boolean(
        string="Searched Often",
        help="Searches by this field stay fast with many tickets. Its index is built "
        "in the background, and makes saving a ticket a little slower.",
    )
    index_state = fields.Selection(
        selection=[("waiting", "Being Built"), ("ready", "Ready")],
        string="Index",
        readonly=True,
        copy=False,
    )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records.filtered("searchable")._scrm_order_index()
        return records

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & CONCERNS:
            self.filtered(
                lambda field: field.searchable or field.index_state
            )._scrm_order_index()
        return result

    def _scrm_order_index(self):
        """Have the indexes built, or dropped, once this transaction is done."""
        for field in self:
            if field.searchable:
                field.index_state = "waiting"
            field.with_delay(
                identity_key=f"scrm_form_index_{field.id}",
                description=self.env._("Index of “%s”", field.name),
            )._scrm_build_index()

    def _scrm_indexes(self):
        """Name -> method and expression of the indexes that serve this field."""
        self.ensure_one()
        value = SQL("%s -> %s", SQL.identifier(COLUMN), self.key)
        words = SQL("%s ->> %s", SQL.identifier(COLUMN), self.key)
        found = {"in": (SQL("gin ((%s) jsonb_path_ops)", value), value)}
        if self.type in TEXTS:
            # a long text does not fit into a btree
            found["eq"] = (SQL("hash ((%s))", value), value)
            if self.env.registry.has_trigram:
                unaccented = self.env.registry.unaccent(SQL("(%s)", words))
                found["words"] = (
                    SQL("gin ((%s) gin_trgm_ops)", unaccented),
                    words,
                )
        elif self.type not in ("file", "tags", "history"):
            found["eq"] = (SQL("btree ((%s))", value), value)
        return {
            sql.make_index_name(TABLE, f"{COLUMN}_{self.key}_{name}"): SQL(
                "%s WHERE (%s) IS NOT NULL", definition, present
            )
            for name, (definition, present) in found.items()
        }

    def _scrm_index_statements(self, cr, concurrently=True):
        """What makes the indexes what they should be.

        :param cr: cursor to look with
        :param concurrently: while others write, outside of any transaction
        """
        wanted = self._scrm_indexes() if self.searchable else {}
        how = SQL("CONCURRENTLY") if concurrently else SQL()
        names = {*wanted, *self._scrm_indexes()}
        cr.execute(
            SQL(
                """
                SELECT c.relname, i.indisvalid
                  FROM pg_index i
                  JOIN pg_class c ON c.oid = i.indexrelid
                 WHERE i.indrelid = %s::regclass
                   AND c.relname IN %s
                """,
                TABLE,
                tuple(names),
            )
        )
        present = dict(cr.fetchall())
        for name, is_valid in present.items():
            if name not in wanted or not is_valid:
                yield SQL("DROP INDEX %s IF EXISTS %s", how, SQL.identifier(name))
        for name, definition in wanted.items():
            if not present.get(name):
                yield SQL(
                    "CREATE INDEX %s IF NOT EXISTS %s ON %s USING %s",
                    how,
                    SQL.identifier(name),
                    SQL.identifier(TABLE),
                    definition,
                )

    def _scrm_build_index(self):
        """Build the indexes of this field, or drop them: a job.

        First while others write. That waits for every open transaction; where one
        stays open, as that of a cron which runs this job, it is done the short way,
        which keeps others from writing tickets for a moment.

        :raise RetryableJobError: the table was in use all the time
        """
        self.ensure_one()
        if not self.exists():
            return
        # Nothing was written yet. Our own snapshot must not be waited for.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        for concurrently in (True, False):
            try:
                with _outside_transactions(self.env.cr.dbname) as cr:
                    for statement in [*self._scrm_index_statements(cr, concurrently)]:
                        cr.execute(statement, log_exceptions=False)
                break
            except psycopg2.errors.LockNotAvailable as error:
                if not concurrently:
                    raise RetryableJobError(
                        "Tickets are in use", seconds=60, ignore_retry=True
                    ) from error
        self.index_state = "ready" if self.searchable else False


@contextmanager
def _outside_transactions(dbname):
    """A cursor whose statements are each their own transaction."""
    with db_connect(dbname).cursor() as cr:
        cr._cnx.autocommit = True
        try:
            cr.execute(SQL("SET lock_timeout = %s", PATIENCE))
            yield cr
        finally:
            cr.execute("RESET lock_timeout")
            cr._cnx.autocommit = False
