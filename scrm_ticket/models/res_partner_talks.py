from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..fields_sealed import LOOKED_THROUGH, opened, pattern, plain
from ..guard.sealing import MARK

#: Rows of a page, unless told, and at most.
PAGE, PAGE_LIMIT = 40, 200
#: Pages that are looked through for rows that the reader may see.
ROUNDS = 25
#: Documents of a customer's that are talked on, where their application is there.
DOCUMENTS = ("helpdesk.ticket", "crm.lead", "sale.order")
#: What somebody said; what systems note about themselves is not.
SAID = ("comment", "email", "email_outgoing", "auto_comment", "sms", "whatsapp")
#: Longest search, in characters, and words of it.
SEARCH_LIMIT, WORD_LIMIT = 200, 8
#: Sources of rows; of the same moment the higher one comes first.
MESSAGE, TICKET = 0, 1


class ResPartner(models.Model):
    """All that was ever said between a customer and us, over all channels: messages,
    mails, calls and tickets of all its contacts, the newest first.

    Paged by the place where the last page ended, so that a page deep in the past costs
    what the first one does. Each source is asked by its own index for one page.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "res.partner"

    @api.readonly
    def scrm_talks(self, search="", tag_ids=(), kind="", after=None, limit=PAGE):
        """A page of the customer's communication record.

        :param search: words that must all be said
        :param tag_ids: ``helpdesk.ticket.tag``; only tickets with one of them, and
            what was said on these
        :param kind: "message", "email", "call" or "ticket"; all when empty
        :param after: what the page before gave as ``next``
        :return: {"rows": [{"kind", "id", "at", "who", "ours", "where", "text",
            "link"}], "next": value for ``after``, None at the end}
        :raise UserError: an argument is not of this form, naming it
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user._is_internal():
            return {"rows": [], "next": None}
        words = self._scrm_talk_words(search)
        after = self._scrm_talk_place(after)
        if kind not in ("", "message", "email", "call", "ticket"):
            raise UserError(self.env._("There are no talks of the kind “%s”.", kind))
        if not isinstance(limit, int) or not 0 < limit <= PAGE_LIMIT:
            raise UserError(self.env._("A page has between 1 and %s rows.", PAGE_LIMIT))
        tags = self.env["helpdesk.ticket.tag"].browse(tag_ids).exists()
        sources = self._scrm_talk_sources(words, tags, kind)
        rows = []
        for _round in range(ROUNDS):
            found = self._scrm_talk_page(sources, after, limit)
            if not found:
                return {"rows": rows, "next": None}
            told = self._scrm_talk_rows(found, words)
            for place in found:
                after = place
                if place in told:
                    rows.append(told[place])
                if len(rows) == limit:
                    return {"rows": rows, "next": self._scrm_talk_next(after)}
            if len(found) < limit:
                return {"rows": rows, "next": None}
        return {"rows": rows, "next": self._scrm_talk_next(after)}

    # Where a page begins

    @api.model
    def _scrm_talk_next(self, place):
        at, source, id_ = place
        return [at.isoformat(), source, id_]

    def _scrm_talk_place(self, after):
        """(moment, source, id) of the last row of the page before, None at first."""
        if not after:
            return None
        try:
            at, source, id_ = after
            return datetime.fromisoformat(at), int(source), int(id_)
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._("“after” must be what the page before gave as “next”.")
            ) from error

    def _scrm_talk_words(self, search):
        if not isinstance(search, str) or len(search) > SEARCH_LIMIT:
            raise UserError(
                self.env._("A search has at most %s characters.", SEARCH_LIMIT)
            )
        return search.split()[:WORD_LIMIT]

    # What is asked

    def _scrm_talk_sources(self, words, tags, kind):
        """A SELECT of (at, source, id) for each place where something was said; it
        leaves a hole for where a page begins.

        :return: [function of that condition]
        """
        owner = self.commercial_partner_id
        # sudo: contacts of the customer; what of them is read is asked of each row
        people = self.sudo().search(
            [("id", "child_of", owner.ids), ("active", "in", (True, False))]
        )
        tickets = Domain("partner_id", "in", people.ids)
        tickets &= Domain("active", "in", (True, False))
        if tags:
            tickets &= Domain("tag_ids", "in", tags.ids)
        sources = []
        if kind in ("", "ticket", "call"):
            sources.append(self._scrm_ticket_source(tickets, words, kind))
        if kind in ("ticket", "call"):
            return sources
        if not tags:
            of_people = SQL("said.author_id = ANY(%s)", people.ids)
            on_people = SQL(
                "said.model = 'res.partner' AND said.res_id = ANY(%s)", people.ids
            )
            sources += [
                self._scrm_message_source(of_people, words, kind),
                self._scrm_message_source(on_people, words, kind),
            ]
        for name in DOCUMENTS:
            if name not in self.env or not self.env[name].has_access("read"):
                continue
            if name != "helpdesk.ticket" and tags:
                continue
            domain = (
                tickets
                if name == "helpdesk.ticket"
                else Domain("partner_id", "in", people.ids)
            )
            of_documents = SQL(
                "said.model = %s AND said.res_id IN %s",
                name,
                self.env[name]._search(domain).subselect(),
            )
            sources.append(self._scrm_message_source(of_documents, words, kind))
        return sources

    def _scrm_message_source(self, where, words, kind):
        """What was said where this holds."""
        kinds = {"email": ("email", "email_outgoing")}.get(kind, SAID)
        if kind == "message":
            kinds = tuple(set(SAID) - {"email", "email_outgoing"})
        conditions = [where, SQL("said.message_type = ANY(%s)", list(kinds))]
        table = SQL("mail_message said")
        conditions += [
            SQL(
                "(said.body ILIKE %(word)s OR said.subject ILIKE %(word)s"
                " OR said.id = ANY(%(ids)s))",
                word=self._scrm_like(word),
                ids=ids,
            )
            for word, ids in self._scrm_sealed_holding(
                table, "said", ("body", "subject"), where, words
            )
        ]

        def source(place, limit):
            return SQL(
                """
                (SELECT said.date AS at, %(source)s AS source, said.id
                   FROM mail_message said
                  WHERE %(where)s
                    AND said.date IS NOT NULL
                    AND %(place)s
                  ORDER BY said.date DESC, said.id DESC
                  LIMIT %(limit)s)
                """,
                source=MESSAGE,
                where=SQL(" AND ").join(conditions),
                place=place(SQL("said.date"), MESSAGE, SQL("said.id")),
                limit=limit,
            )

        return source

    def _scrm_ticket_source(self, domain, words, kind):
        """Tickets that were opened, calls among them."""
        if kind:
            is_call = Domain("scrm_call_key", "!=", False)
            domain &= is_call if kind == "call" else ~is_call
        tickets = self.env["helpdesk.ticket"]._search(domain).subselect()
        table = SQL("helpdesk_ticket ticket")
        where = SQL("ticket.id IN %s", tickets)
        conditions = [
            SQL(
                "(ticket.name ILIKE %(word)s OR ticket.description ILIKE %(word)s"
                " OR ticket.number ILIKE %(word)s OR ticket.id = ANY(%(ids)s))",
                word=self._scrm_like(word),
                ids=ids,
            )
            for word, ids in self._scrm_sealed_holding(
                table, "ticket", ("description",), where, words
            )
        ]

        def source(place, limit):
            return SQL(
                """
                (SELECT ticket.create_date AS at, %(source)s AS source, ticket.id
                   FROM helpdesk_ticket ticket
                  WHERE %(where)s
                    AND %(place)s
                  ORDER BY ticket.create_date DESC, ticket.id DESC
                  LIMIT %(limit)s)
                """,
                source=TICKET,
                where=SQL(" AND ").join([where, *conditions]),
                place=place(SQL("ticket.create_date"), TICKET, SQL("ticket.id")),
                limit=limit,
            )

        return source

    @api.model
    def _scrm_sealed_holding(self, table, alias, names, where, words):
        """Where words stand in what is stored sealed, of the newest rows: read once,
        whatever the words.

        :return: [(word, ids)]
        """
        if not words:
            return []
        self.env["mail.message"].flush_model()
        self.env["helpdesk.ticket"].flush_model()
        columns = [SQL.identifier(alias, name) for name in names]
        rows = self.env.execute_query(
            SQL(
                "SELECT %s, %s FROM %s WHERE %s AND (%s) ORDER BY 1 DESC LIMIT %s",
                SQL.identifier(alias, "id"),
                SQL(", ").join(columns),
                table,
                where,
                SQL(" OR ").join(
                    SQL("starts_with(%s, %s)", column, MARK) for column in columns
                ),
                LOOKED_THROUGH,
            )
        )
        texts = [
            (
                id_,
                "\n".join(plain(opened(text, self.env) or "") for text in stored),
            )
            for id_, *stored in rows
        ]
        found = []
        for word in words:
            wanted = pattern("ilike", self._scrm_escaped(word))
            found.append((word, [id_ for id_, text in texts if wanted.search(text)]))
        return found

    @api.model
    def _scrm_escaped(self, word):
        return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")

    @api.model
    def _scrm_like(self, word):
        return f"%{self._scrm_escaped(word)}%"

    @api.model
    def _scrm_talk_page(self, sources, after, limit):
        """The next rows of all sources together: [(at, source, id)]."""
        self.env["mail.message"].flush_model()
        self.env["helpdesk.ticket"].flush_model()

        def place(at, source, id_):
            if after is None:
                return SQL("TRUE")
            moment, last_source, last_id = after
            if source == last_source:
                return SQL("(%s, %s) < (%s, %s)", at, id_, moment, last_id)
            # of the same moment, a lower source comes later
            sign = SQL("<=") if source < last_source else SQL("<")
            return SQL("%s %s %s", at, sign, moment)

        if not sources:
            return []
        return self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT at, source, id
                  FROM (%s) found
                 ORDER BY at DESC, source DESC, id DESC
                 LIMIT %s
                """,
                SQL(" UNION ALL ").join(source(place, limit) for source in sources),
                limit,
            )
        )

    # In words

    def _scrm_talk_rows(self, found, words):
        """The rows that the user may read, in words: {place: row}."""
        messages = self.env["mail.message"].browse(
            id_ for _at, source, id_ in found if source == MESSAGE
        )
        tickets = self.env["helpdesk.ticket"].browse(
            id_ for _at, source, id_ in found if source == TICKET
        )
        messages = messages._filtered_access("read")
        tickets = tickets._filtered_access("read")
        # as the user may read them: masked, where that is so
        texts = self.env["scrm.ticket.trace"]._scrm_tell_mail_message(messages)
        rows = {}
        for place in found:
            at, source, id_ = place
            if source == MESSAGE and id_ in texts:
                row = self._scrm_message_row(messages.browse(id_), texts[id_])
            elif source == TICKET and id_ in tickets._ids:
                row = self._scrm_ticket_row(tickets.browse(id_))
            else:
                continue
            if self._scrm_is_said(row, words):
                at = fields.Datetime.to_string(at)
                rows[place] = {"id": id_, "at": at, **row}
        return rows

    def _scrm_is_said(self, row, words):
        """Whether the words stand in what the user reads: nobody finds out by a search
        what is masked."""
        if not self.env["scrm.masking.mixin"]._scrm_is_masking():
            return True
        text = f"{row['text']} {row['where']}".casefold()
        return all(word.casefold() in text for word in words)

    def _scrm_message_row(self, message, text):
        # sudo: whether the author is a colleague; the message is readable
        author = message.sudo().author_id
        is_mail = message.message_type in ("email", "email_outgoing")
        return {
            "kind": "email" if is_mail else "message",
            "who": author.sudo(False).name
            if author.sudo(False).has_access("read")
            else "",
            "ours": any(not user.share for user in author.user_ids),
            "where": message.record_name or "",
            "text": " ".join(text.split()),
            "link": f"/mail/message/{message.id}",
        }

    def _scrm_ticket_row(self, ticket):
        doors = dict(self.env["scrm.ticket.door"]._selection())
        parts = [ticket.name or "", ticket._scrm_said()]
        text = parts[1] if parts[0] in parts[1] else "\n".join(parts)
        return {
            "kind": "call" if ticket.scrm_call_key else "ticket",
            "who": ticket.partner_id.display_name or "",
            "ours": False,
            "where": " · ".join(
                filter(None, [ticket.number, doors.get(ticket.scrm_door)])
            ),
            "text": " ".join(text.split()),
            "link": f"/odoo/helpdesk.ticket/{ticket.id}",
        }


class HelpdeskTicket(models.Model):
    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    # the tickets of a customer
    _scrm_partner_idx = models.Index("(partner_id) WHERE partner_id IS NOT NULL")
