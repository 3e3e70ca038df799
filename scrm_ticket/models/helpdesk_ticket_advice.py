from dataclasses import asdict

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.tools import html2plaintext, plaintext2html

#: Longest question that is looked at, in characters.
ASKED_LIMIT = 4000


class ScrmFormField(models.Model):
    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.form.field"

    tells = fields.Selection(
        [("cause", "The cause of the matter"), ("remedy", "What helped")],
        help="Later tickets that are alike are told what was found and what helped.",
    )


class HelpdeskTicket(models.Model):
    """What to answer, and what the cause may be: from replies and from what helped
    before."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    def scrm_advice(self):
        """What is proposed for this ticket.

        :return: {"asked": the question, "replies": [see ``Reply``], "causes": [see
            ``Cause``]}
        """
        self.ensure_one()
        self._scrm_check_adviser()
        asked = self._scrm_asked()
        replies, causes = self.env["scrm.ticket.adviser"]._advise(self, asked)
        return {
            "asked": asked[:200],
            "replies": [asdict(reply) for reply in replies],
            "causes": [asdict(cause) for cause in causes],
        }

    def scrm_use_reply(self, reply_id, text=""):
        """Open the composer with a reply in it; that it was taken is remembered.

        :param reply_id: id of the ``scrm.reply``, 0 for a text made by a program
        :param text: that text
        """
        self.ensure_one()
        self._scrm_check_adviser()
        reply = self.env["scrm.reply"].browse(reply_id or [])
        if reply:
            reply.check_access("read")
            # sudo: its language
            lang = self.sudo().partner_id.lang or self.env.lang
            text = reply.with_context(lang=lang).text
            reply._count_use("chosen_count")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer"),
            "res_model": "mail.compose.message",
            "views": [[False, "form"]],
            "target": "new",
            "context": {
                "default_composition_mode": "comment",
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_partner_ids": self.partner_id.ids,
                "default_body": plaintext2html(text),
                "default_subject": self.name,
            },
        }

    def scrm_decline_reply(self, reply_id):
        """Put a proposed reply aside: it will stand lower."""
        self.ensure_one()
        self._scrm_check_adviser()
        reply = self.env["scrm.reply"].browse(reply_id)
        reply.check_access("read")
        reply._count_use("declined_count")
        return True

    def _scrm_check_adviser(self):
        """Only colleagues who read the ticket are advised."""
        self.check_access("read")
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Advice is for colleagues."))

    def _scrm_asked(self):
        """What the customer wants to know: the newest message of his or hers, else what
        the ticket was opened with."""
        self.ensure_one()
        people = self.partner_id | self.commercial_partner_id
        # sudo: the messages of a ticket that the user reads are asked for below
        newest = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("message_type", "in", ("comment", "email")),
                    ("author_id", "child_of", people.ids),
                ],
                order="id desc",
                limit=1,
            )
        )
        newest = newest.sudo(False)._filtered_access("read") if people else newest
        said = newest and html2plaintext(newest.read(["body"])[0]["body"] or "")
        if said and said.strip():
            text = f"{self.name}\n{said}"
        else:
            text = self._scrm_said()
        return text[:ASKED_LIMIT]

    def _scrm_outcome(self):
        """What a finished ticket says of cause and remedy, as the user may read it.

        :return: {"cause", "remedy", "parts"}
        """
        self.ensure_one()
        told = {"cause": [], "remedy": []}
        # sudo: which fields tell it
        kinds = {
            one.key: one.tells for one in self.sudo().template_id.line_ids.field_id
        }
        for row in self._scrm_values_for_display():
            kind = kinds.get(row["key"])
            if kind and row.get("text"):
                told[kind].append(row["text"])
        # sudo: names of the parts of a ticket that the user reads
        used = self.sudo().part_line_ids.filtered(lambda line: line.state == "consumed")
        return {
            **{kind: ", ".join(texts) for kind, texts in told.items()},
            "parts": used.product_id.mapped("display_name"),
        }
