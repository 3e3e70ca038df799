"""Fields whose text is stored sealed; see ``guard/sealing.py``."""

import json
import re
from html import unescape

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import SQL

from .fields import FreeChar, FreeHtml, FreeMemo, FreeText
from .guard import keyring
from .guard.sealing import MARK, ChangedError, SealError, is_sealed

#: Context key: (model, id) of the one thread whose messages are searched.
THREAD = "scrm_sealed_thread"
#: Sealed texts that a search opens and reads at most, the newest first.
LOOKED_THROUGH = 20_000

_TAG = re.compile("<[^>]*>")


class Closed(str):
    """Says why a text cannot be read, in its place."""

    __slots__ = ()


def sealed(text, env):
    """A text as it is stored.

    :raise UserError: there is no key that can be used
    """
    try:
        return keyring.ring().seal(text)
    except SealError as error:
        raise UserError(
            env._(
                "Chat records are stored sealed, but the keys cannot be read: look at "
                "%s.",
                error,
            )
        ) from error


def opened(value, env, instead=None):
    """A stored text as it was written; :class:`Closed` where it cannot be read.

    :param instead: what stands there then; by default it says why
    """
    if not is_sealed(value):
        return value
    try:
        return keyring.ring().open(value)
    except ChangedError:
        text = env._(
            "[This chat record was changed in the database and cannot be read.]"
        )
    except SealError as error:
        text = env._(
            "[This chat record is sealed and its key is missing: %s. Put the key "
            "back that was kept with the backup.]",
            error,
        )
    return Closed(instead or text)


def pattern(operator, value):
    """What a search by a "like" looks for, as a regular expression.

    >>> pattern("ilike", "pump%leak").search("the Pump has a\\nLeak") is not None
    True
    >>> pattern("=like", "100\\\\%").search("1000") is None
    True
    >>> pattern("=ilike", "a%b_").search("A and by") is not None
    True
    >>> pattern("like", "a%" * 40).search("a" * 39) is None
    True
    """
    if not operator.startswith("="):
        value = f"%{value}%"
    pieces = [""]
    for part in re.findall(r"\\.|.", str(value), re.DOTALL):
        if part == "%":
            pieces.append("")
        else:
            pieces[-1] += "." if part == "_" else re.escape(part[-1])
    first, *others = pieces
    # each piece where it comes first, and no going back: many signs cost no more
    text = rf"\A{first}" + "".join(f"(?>.*?{piece})" for piece in others[:-1])
    text += (f".*{others[-1]}" if others else "") + r"\Z"
    return re.compile(text, re.DOTALL | (re.I if "ilike" in operator else 0))


def plain(html):
    """What one reads of an HTML text, quickly."""
    return unescape(_TAG.sub("", html))


class Sealed:
    """A text that the database does not know. Its model answers

    * :meth:`_scrm_seals`: whether that of a record is sealed,
    * :meth:`_scrm_sealed_where`: the same of the rows of its table, as SQL.

    A search opens what is stored and reads it, the newest texts first and no more than
    ``LOOKED_THROUGH``: no index of the words is stored, which would tell them.
    """

    #: What is read where the key is missing; by default a sentence.
    instead = None

    def convert_to_column_insert(self, value, record, values=None, validate=True):
        column = super().convert_to_column_insert(value, record, values, validate)
        # what only looks sealed is sealed as well: nobody fakes such a text
        if column and (is_sealed(column) or record._scrm_seals(values)):
            return sealed(str(column), record.env)
        return column

    def write(self, records, value):
        for record in records if self.store else ():
            if why := self.why_closed(record):
                raise UserError(why)  # what is there is not lost: its key may be found
        return super().write(records, value)

    def why_closed(self, record):
        """Why the text of a record cannot be read; nothing where it can be."""
        # sudo: whether it can be read at all; nothing of it is given
        if not record.id or not record.sudo()[self.name]:
            return ""
        cached = self._get_cache(record.env).get(record.id)
        return str(cached) if isinstance(cached, Closed) else ""

    def _insert_cache(self, records, values):
        env = records.env
        texts = [opened(value, env, self.instead) for value in values]
        return super()._insert_cache(records, texts)

    def condition_to_sql(self, field_expr, operator, value, model, alias, query):
        if not operator.endswith("like") or not self.store:
            return super().condition_to_sql(
                field_expr, operator, value, model, alias, query
            )
        found = super().condition_to_sql(
            field_expr, operator, value, model, alias, query
        )
        text = model._field_to_sql(alias, self.name, query)
        is_sealed_text = SQL("starts_with(COALESCE(%s, ''), %s)", text, MARK)
        id_ = SQL.identifier(alias, "id")
        positive = operator.removeprefix("not ")
        holding, telling = self._looked_through(model, pattern(positive, value))
        if operator == positive:
            fits = SQL("%s = ANY(%s)", id_, list(holding - telling))
        else:
            fits = SQL("NOT %s = ANY(%s)", id_, list(holding | telling))
        # as they are stored, sealed texts hold nothing that is searched for
        return SQL("CASE WHEN %s THEN %s ELSE %s END", is_sealed_text, fits, found)

    def _looked_through(self, model, wanted):
        """Read the sealed texts; whether the user may read their records is asked with
        the rest of the search.

        :param wanted: a regular expression
        :return: (ids of the texts that it is in, ids of those with personal data that
            the user reads masked: as everywhere, no search finds them)
        """
        is_blind = isinstance(self, FreeText) and model._scrm_is_blind(self.name)
        model.flush_model()
        rows = model.env.execute_query(
            SQL(
                """
                SELECT id, %(text)s FROM %(table)s
                 WHERE %(rows)s AND starts_with(%(text)s, %(mark)s)
                 ORDER BY id DESC LIMIT %(limit)s
                """,
                text=SQL.identifier(self.name),
                table=SQL.identifier(model._table),
                rows=model._scrm_sealed_where(),
                mark=MARK,
                limit=LOOKED_THROUGH,
            )
        )
        holding, telling = set(), set()
        for id_, stored in rows:
            text = opened(stored, model.env)
            if is_blind and str(self.mask(text)) != text:
                telling.add(id_)
            if wanted.search(plain(text) if self.type == "html" else text):
                holding.add(id_)
        return holding, telling


class SealedHtml(Sealed, FreeHtml):
    pass


class SealedChar(Sealed, FreeChar):
    pass


class SealedMemo(Sealed, FreeMemo):
    pass


class SealedText(Sealed, fields.Text):
    pass


class SealedPlainChar(Sealed, fields.Char):
    pass


class SealedSignal(SealedPlainChar):
    """What machines read: one that cannot be read says nothing."""

    instead = json.dumps({"type": "scrm_sealed", "payload": None})


class SealedPlainHtml(Sealed, fields.Html):
    pass


class SealedJson(fields.Json):
    """Values that may be sealed, whole; who writes them decides."""

    @staticmethod
    def kept(value, env):
        """A value as it is stored: sealed, as the JSON text of a string."""
        return sealed(json.dumps(value, default=str), env)

    @staticmethod
    def told(value, env):
        """A stored value as it was written."""
        text = opened(value, env)
        return json.loads(text) if text is not value and type(text) is str else text

    def _insert_cache(self, records, values):
        env = records.env
        told = [self.told(value, env) for value in values]
        return super()._insert_cache(records, told)
