import logging
from dataclasses import dataclass, field

import requests

from odoo import api, models
from odoo.tools.translate import LazyTranslate

from ..engine import recall

_logger = logging.getLogger(__name__)
_lt = LazyTranslate(__name__)

#: System parameter: key of the adviser in use.
PARAMETER = "scrm_ticket.adviser"
#: System parameter: address of the outside adviser.
URL_PARAMETER = "scrm_ticket.adviser_url"
#: Seconds that an outside adviser has: the answer is to be there after three.
TIMEOUT = 2
#: Replies that are proposed, and causes.
REPLY_LIMIT, CAUSE_LIMIT = 5, 4
#: Similar tickets that are read, and of these shown for a cause.
CASE_LIMIT, SHOWN_CASES = 30, 5
#: Candidates that an outside adviser chooses from.
CANDIDATES = 20
#: Words in common that a reason names.
WORDS_SHOWN = 4


@dataclass(slots=True)
class Reply:
    """A proposed reply: ``id`` of the ``scrm.reply``, 0 if a program wrote it."""

    title: str
    text: str
    id: int = 0
    points: int = 0
    reasons: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Cause:
    """A proposed cause: ``share`` of what is alike stands behind it, 0 to 1."""

    text: str
    share: float
    remedies: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    tickets: list[dict] = field(default_factory=list)


class ScrmTicketAdviser(models.AbstractModel):
    """Proposes replies and causes. Addons add ``scrm.ticket.adviser.<key>``; the system
    parameter ``scrm_ticket.adviser`` names the one in use."""

    _name = "scrm.ticket.adviser"
    _inherit = "scrm.flow.kind"
    _description = "Adviser on Tickets"

    @api.model
    def _advise(self, ticket, text):
        """What is proposed for a ticket, by the adviser in use; by what is known here
        where that one gives no answer.

        :param text: what the customer asks, plain
        :return: ([:class:`Reply`], [:class:`Cause`])
        """
        # sudo: which adviser is in use
        key = self.env["ir.config_parameter"].sudo().get_param(PARAMETER, "local")
        local = self._kind("local")
        try:
            adviser = self._kind(key)
            return adviser._replies(ticket, text), adviser._causes(ticket, text)
        except (requests.RequestException, ValueError) as error:
            _logger.warning("The adviser %s gave no answer: %s", key, error)
            return local._replies(ticket, text), local._causes(ticket, text)

    @api.model
    def _replies(self, ticket, text) -> list[Reply]:
        """Replies to what a customer asks, the best first.

        :raise ValueError: it cannot say
        """
        raise NotImplementedError

    @api.model
    def _causes(self, ticket, text) -> list[Cause]:
        """Causes of what a ticket is about, the likeliest first.

        :raise ValueError: it cannot say
        """
        raise NotImplementedError


class ScrmTicketAdviserLocal(models.AbstractModel):
    """Words in common with replies and with tickets that were finished."""

    _name = "scrm.ticket.adviser.local"
    _inherit = "scrm.ticket.adviser"
    _description = "Adviser by Words"

    _label = _lt("Replies and earlier tickets")
    _kind_rank = 10

    @api.model
    def _replies(self, ticket, text, limit=REPLY_LIMIT):
        lang = ticket.sudo().partner_id.lang or self.env.lang  # sudo: its language
        found = self.env["scrm.reply"]._fitting(ticket, text)[:limit]
        return [
            Reply(
                id=reply.id,
                title=reply.name,
                text=reply.with_context(lang=lang).text,
                points=points,
                reasons=self._reasons(reply, text, common, keyword, lang),
            )
            for reply, points, common, keyword in found
        ]

    @api.model
    def _reasons(self, reply, text, common, keyword, lang):
        reasons = []
        if recall.is_other_script(text, reply.with_context(lang=lang).text):
            reasons.append(self.env._("not in the language of the question"))
        if keyword:
            reasons.append(self.env._("keyword “%s”", keyword))
        if words := recall.phrases(text, common)[:WORDS_SHOWN]:
            reasons.append(self.env._("speaks of %s", ", ".join(words)))
        if reply.level_ids:
            names = ", ".join(reply.level_ids.mapped("name"))
            reasons.append(self.env._("for customers with %s", names))
        if reply.template_ids:
            reasons.append(self.env._("for this kind of ticket"))
        if reply.channel_ids:
            reasons.append(self.env._("for this channel"))
        if reply.chosen_count or reply.declined_count:
            reasons.append(
                self.env._(
                    "taken %(taken)d times, put aside %(aside)d times",
                    taken=reply.chosen_count,
                    aside=reply.declined_count,
                )
            )
        return reasons

    @api.model
    def _causes(self, ticket, text):
        ranked = self.env["scrm.ticket.case"]._alike(ticket, text)[:CASE_LIMIT]
        told = {one: one._scrm_outcome() for one, _share in ranked}
        found = recall.proposals(
            ranked, {one: outcome["cause"] for one, outcome in told.items()}
        )
        return [
            Cause(
                text=cause,
                share=share,
                remedies=self._often(told[one]["remedy"] for one in cases),
                parts=self._often(part for one in cases for part in told[one]["parts"]),
                tickets=[
                    {"id": one.id, "name": f"{one.number} {one.name}"}
                    for one in cases[:SHOWN_CASES]
                ],
            )
            for cause, share, cases in found[:CAUSE_LIMIT]
        ]

    @api.model
    def _often(self, texts):
        """Texts by how often they stand there, the most frequent first."""
        counts = {}
        for text in filter(None, texts):
            counts[text] = counts.get(text, 0) + 1
        often = sorted(counts, key=counts.get, reverse=True)
        return [
            self.env._("%(text)s (%(count)d times)", text=text, count=counts[text])
            if counts[text] > 1
            else text
            for text in often[:SHOWN_CASES]
        ]


class ScrmTicketAdviserHttp(models.AbstractModel):
    """A program elsewhere, such as a language model behind an address, chooses among
    the replies that come into question, or writes one.

    It gets {"text", "template", "replies": [{"id", "title", "text"}]} and answers with
    {"replies": [{"id", "reason"} or {"title", "text", "reason"}]}.
    """

    _name = "scrm.ticket.adviser.http"
    _inherit = "scrm.ticket.adviser.local"
    _description = "Adviser by HTTP"

    _label = _lt("Outside program")
    _kind_rank = 20

    @api.model
    def _replies(self, ticket, text):
        # sudo: the address that an administrator set
        url = self.env["ir.config_parameter"].sudo().get_param(URL_PARAMETER)
        if not url:
            raise ValueError(f"{URL_PARAMETER} is not set")
        known = super()._replies(ticket, text, limit=CANDIDATES)
        asked = {
            "text": text,
            "template": ticket.template_id.key or None,
            "replies": [
                {"id": one.id, "title": one.title, "text": one.text} for one in known
            ],
        }
        answer = requests.post(url, json=asked, timeout=TIMEOUT, allow_redirects=False)
        answer.raise_for_status()
        return self._read(answer.json(), {one.id: one for one in known})

    @api.model
    def _read(self, answer, known):
        """The replies of an answer.

        :raise ValueError: it is not of the form above
        """
        rows = answer.get("replies") if isinstance(answer, dict) else None
        if not isinstance(rows, list):
            raise ValueError("no replies")
        found = []
        for row in rows[:REPLY_LIMIT]:
            if not isinstance(row, dict):
                raise ValueError("a reply that is no object")
            reason = row.get("reason")
            reasons = [reason] if isinstance(reason, str) and reason else []
            if "id" in row:
                if row["id"] not in known:
                    raise ValueError(f"an unknown reply: {row['id']}")
                one = known[row["id"]]
                found.append(Reply(one.title, one.text, one.id, one.points, reasons))
                continue
            if not all(
                isinstance(row.get(name), str) and row[name].strip()
                for name in ("title", "text")
            ):
                raise ValueError("a reply without a text")
            found.append(Reply(row["title"], row["text"], reasons=reasons))
        return found
