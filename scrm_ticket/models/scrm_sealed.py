from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..fields_sealed import Closed, Sealed, SealedJson, opened, sealed
from ..guard import keyring
from ..guard.sealing import MARK, SealError

#: Rows that are sealed together.
BATCH = 1000


class ScrmSealed(models.AbstractModel):
    """Chat records that are stored sealed: the keys, and what is sealed with which."""

    _name = "scrm.sealed"
    _description = "Sealed Chat Records"

    @api.model
    def _places(self):
        """The stored fields that may be sealed: [(model, field)]."""
        return [
            (model, field)
            for model in self.env.values()
            if not model._abstract and hasattr(model, "_scrm_sealed_where")
            for field in model._fields.values()
            if isinstance(field, Sealed | SealedJson)
            and field.store
            and field.column_type
        ]

    # The keys

    @api.model
    def _rotate(self):
        """Seal with a new key from now on, and what there is, little by little.

        :raise AccessError: for administrators only
        :raise UserError: the keys come from the environment, or cannot be read
        """
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only an administrator makes a new key."))
        try:
            keyring.rotate()
        except PermissionError as error:
            raise UserError(
                self.env._(
                    "The keys come from the variable %s: put a new one before them "
                    "there.",
                    error,
                )
            ) from error
        except SealError as error:
            raise UserError(self._unreadable(error)) from error
        self.env.ref("scrm_ticket.cron_seal")._trigger()

    @api.model
    def _ring(self):
        """The keys.

        :raise UserError: they cannot be read
        """
        try:
            return keyring.ring()
        except SealError as error:
            raise UserError(self._unreadable(error)) from error

    @api.model
    def _unreadable(self, error):
        return self.env._(
            "Chat records are stored sealed, but the keys cannot be read: look at %s.",
            error,
        )

    @api.model
    def _state(self):
        """With which keys how many texts are sealed.

        :return: {name of a key: texts}; None for those that are not sealed yet
        """
        found = dict.fromkeys(self._ring().names, 0)
        self.env.flush_all()
        for model, field in self._places():
            text = self._text(field)
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT CASE WHEN starts_with(%(text)s, %(mark)s)
                                THEN substr(%(text)s, %(start)s, 8) END, count(*)
                      FROM %(table)s
                     WHERE %(where)s AND %(text)s != ''
                     GROUP BY 1
                    """,
                    text=text,
                    mark=MARK,
                    start=len(MARK) + 1,
                    table=SQL.identifier(model._table),
                    where=model._scrm_sealed_where(),
                )
            )
            for name, count in rows:
                found[name] = found.get(name, 0) + count
        return found

    # Sealing what there is

    @api.model
    def _cron_seal(self):
        """Seal what is not sealed with the newest key, batch by batch."""
        for done in self._seal():
            if not self.env["ir.cron"]._commit_progress(done):
                return

    @api.model
    def _seal(self):
        """Seal what is not sealed with the newest key; what cannot be opened stays.

        :return: after each batch, how many were sealed
        """
        for model, field in self._places():
            last = 0
            while rows := self._unsealed(model, field, last):
                last = rows[-1][0]
                yield self._seal_rows(model, field, rows)

    @staticmethod
    def _text(field):
        name = SQL.identifier(field.name)
        return SQL("(%s #>> '{}')", name) if isinstance(field, SealedJson) else name

    @api.model
    def _unsealed(self, model, field, last):
        """The next rows that are not sealed with the newest key, but could be."""
        ring = self._ring()
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """
                SELECT id, %(name)s FROM %(table)s
                 WHERE %(where)s AND id > %(last)s AND %(text)s != ''
                   AND (NOT starts_with(%(text)s, %(mark)s)
                        OR substr(%(text)s, %(start)s, 8) = ANY(%(older)s))
                 ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
                """,
                name=SQL.identifier(field.name),
                text=self._text(field),
                table=SQL.identifier(model._table),
                where=model._scrm_sealed_where(),
                last=last,
                mark=MARK,
                start=len(MARK) + 1,
                older=ring.names[1:],
                limit=BATCH,
            )
        )

    @api.model
    def _seal_rows(self, model, field, rows):
        done = []
        is_json = isinstance(field, SealedJson)
        for id_, stored in rows:
            text = field.told(stored, self.env) if is_json else opened(stored, self.env)
            if isinstance(text, Closed):
                continue
            kept = field.kept(text, self.env) if is_json else sealed(text, self.env)
            done.append((id_, kept))
        if done:
            new = SQL("to_jsonb(fresh.kept)") if is_json else SQL("fresh.kept")
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE %(table)s SET %(name)s = %(new)s
                      FROM unnest(%(ids)s, %(texts)s) AS fresh(id, kept)
                     WHERE %(table)s.id = fresh.id
                    """,
                    table=SQL.identifier(model._table),
                    name=SQL.identifier(field.name),
                    new=new,
                    ids=[id_ for id_, _kept in done],
                    texts=[kept for _id, kept in done],
                )
            )
        return len(done)
