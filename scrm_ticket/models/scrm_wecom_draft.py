from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError, ValidationError
from odoo.tools import SQL
from odoo.tools.misc import format_date

from ..fields_sealed import SealedPlainHtml
from ..forms import masks
from ..forms.readers import is_empty

#: Days that a draft is kept that nobody sends.
KEPT_DAYS = 30


class ScrmWecomDraft(models.Model):
    """A ticket that several colleagues fill in together, beside a group of WeCom.

    Each answer is written by itself, over what its writer saw: what others wrote
    meanwhile in other fields stays, and in the same field the writer is told. Who is
    in the group may open it: the page proves whether that is so
    (``scrm.wecom.panel``).
    """

    _name = "scrm.wecom.draft"
    _inherit = "scrm.sealed.all.mixin"
    _description = "Ticket Filled In Together"
    _order = "id desc"

    door_id = fields.Many2one(
        comodel_name="scrm.door.wecom", required=True, ondelete="cascade", index=True
    )
    chat = fields.Char(required=True, help="What WeCom calls the group.")
    template_id = fields.Many2one(
        comodel_name="scrm.ticket.template", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(comodel_name="res.partner", ondelete="set null")
    lot_id = fields.Many2one(comodel_name="stock.lot", ondelete="set null")
    quote = SealedPlainHtml(sanitize=False)
    answers = fields.Json()
    writers = fields.Json()  # key of a field -> who wrote it last
    people = fields.Json()  # names of all who wrote something
    turn = fields.Integer(default=0, required=True)
    ticket_id = fields.Many2one(comodel_name="helpdesk.ticket", ondelete="cascade")

    _once = models.UniqueIndex("(door_id, chat, template_id) WHERE ticket_id IS NULL")

    @api.model
    def _open(self, door, chat, template, vals):
        """The draft that is open in a group, or a new one.

        :param vals: what a new one begins with
        :raise ConcurrencyError: somebody just opens it: to be tried anew
        """
        known = self._opened(door, chat).filtered(
            lambda draft: draft.template_id == template
        )
        if known:
            return known
        first = {"door_id": door.id, "chat": chat, "template_id": template.id}
        made = self.env.execute_query(
            SQL(
                """
                INSERT INTO scrm_wecom_draft (
                       door_id, chat, template_id, turn, create_uid, write_uid,
                       create_date, write_date)
                VALUES (%(door_id)s, %(chat)s, %(template_id)s, 0, %(uid)s, %(uid)s,
                        now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')
                    ON CONFLICT DO NOTHING
             RETURNING id
                """,
                **first,
                uid=self.env.uid,
            )
        )
        if not made:
            raise ConcurrencyError(self.env._("Somebody opens it just now."))
        draft = self.browse(made[0][0])
        draft.write(vals)
        return draft

    @api.model
    def _opened(self, door, chat):
        return self.search(
            [("door_id", "=", door.id), ("chat", "=", chat), ("ticket_id", "=", False)]
        )

    def _take_turn(self):
        """From here on one after the other: who writes at the same moment is tried
        anew, and sees what the other wrote."""
        self.ensure_one()
        self.flush_recordset()
        self.env.cr.execute(
            SQL("UPDATE scrm_wecom_draft SET turn = turn + 1 WHERE id = %s", self.id)
        )
        self.invalidate_recordset()
        if self.ticket_id:
            raise UserError(
                self.env._("It was sent already: ticket %s.", self.ticket_id.number)
            )

    # What readers see; all of it as the reader, with sudo for the draft alone

    def _rules(self, reader):
        """Key -> rule of the form, of the fields that the reader may see."""
        rules = reader["helpdesk.ticket"]._scrm_rules_here(self.template_id)
        return {rule.key: rule for rule in rules if rule.right != "hidden"}

    def _shown(self, reader):
        """What a colleague sees of the draft.

        :param reader: environment of the colleague, no sudo
        """
        self.ensure_one()
        rules = self._rules(reader)
        kinds = reader["helpdesk.ticket"]._scrm_masks()
        writers = self.writers or {}
        return {
            "id": self.id,
            "turn": self.turn,
            "template": self.template_id.key,
            "name": self.template_id.with_context(lang=reader.lang).name,
            "customer": self.partner_id.name or "",
            "device": self._device_words(reader),
            "answers": {
                key: masks.masked(kinds.get(key), answer)
                for key, answer in (self.answers or {}).items()
                if key in rules
            },
            "writers": {key: writers[key] for key in writers if key in rules},
            "people": self.people or [],
            "ticket": self.ticket_id.number or "",
            "ticket_id": self.ticket_id.id or 0,
        }

    def _device_words(self, reader):
        """Model, serial number and warranty of the device, for who may read it."""
        lot = self.lot_id.with_env(reader)
        if not lot or not lot.has_access("read"):
            return {}
        today = reader["scrm.form.field"]._scrm_today()
        end = lot.scrm_warranty_end
        # sudo: the model of a device that the reader may read
        model = lot.sudo().product_id
        return {
            "model": model.name,
            "serial": lot.name,
            "warranty": format_date(reader, end) if end else "",
            "is_covered": bool(end and end >= today),
        }

    # What writers do

    def _answer(self, writer, key, value, seen):
        """Write one answer over what the writer saw.

        :param writer: environment of the colleague, no sudo
        :param seen: what stood in the field when he or she began
        :return: None; or what somebody else wrote there meanwhile: nothing is
            written then
        :raise ValidationError: saying what is wrong with it
        """
        rule = self._rules(writer).get(key)
        if not rule or not rule.is_editable:
            raise AccessError(self.env._("This field is not yours to fill in."))
        self._take_turn()
        answers = dict(self.answers or {})
        stored = answers.get(key)
        if self._same(stored, value):
            return None
        if not self._same(stored, seen):
            kinds = writer["helpdesk.ticket"]._scrm_masks()
            return {
                "value": masks.masked(kinds.get(key), stored),
                "by": (self.writers or {}).get(key, ""),
            }
        self._check(writer, {**answers, key: value}, key)
        self.answers = {**answers, key: value}
        name = writer.user.name
        self.writers = {**(self.writers or {}), key: name}
        self.people = sorted({*(self.people or []), name})
        return None

    @api.model
    def _same(self, one, other):
        return one == other or (is_empty(one) and is_empty(other))

    def _check(self, writer, answers, key):
        """Refuse an answer that the form would refuse."""
        tickets = writer["helpdesk.ticket"]
        template = self.template_id
        vals = {"partner_id": self.partner_id.id}
        checked, faults = template._scrm_check_values(
            answers,
            complete=False,
            rules=tickets._scrm_rules_here(template),
            outside=tickets._scrm_outside(template, None, vals),
        )
        faults.update(tickets._scrm_check_links(template, checked, {}))
        if key in faults:
            raise ValidationError(faults[key])

    def _send(self, writer):
        """Make the ticket of it, once, in the name of who sends it.

        :return: ``helpdesk.ticket`` of the sender
        """
        self._take_turn()
        ticket = writer["helpdesk.ticket"]._scrm_submit(
            "wecom",
            {
                "template": self.template_id.key,
                "values": {
                    key: answer
                    for key, answer in (self.answers or {}).items()
                    if not is_empty(answer)
                },
                "partner": self.partner_id.id or None,
            },
            f"wecom-draft:{self.id}",
        )
        ticket = writer["helpdesk.ticket"].browse(ticket["id"])
        self.ticket_id = ticket.id
        people = ", ".join(self.people or [writer.user.name])
        note = Markup("<p>%s</p>%s") % (
            self.env._("Filled in together by: %s", people),
            self.quote or "",
        )
        ticket.message_post(body=note, subtype_xmlid="mail.mt_note")
        return ticket

    @api.autovacuum
    def _gc_forgotten(self):
        limit = self.env["scrm.clock"].now() - timedelta(days=KEPT_DAYS)
        self.search([("write_date", "<", limit)]).unlink()
