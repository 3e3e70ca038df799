from urllib.parse import urlsplit

from markupsafe import Markup
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

from ..doors.texts import is_storable

#: What a message of a call may say.
SAID = ("call", "event", "phone", "agent", "recording", "seconds")
EVENTS = ("ring", "answer", "end", "recording")
#: Longest text in a message, in characters.
TEXT_LIMIT = 255


class HelpdeskTicket(models.Model):
    """Calls of a hotline: the ticket is there when it rings, with the customer of the
    number; who answers gets it, and the recording is kept with it."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_call_key = fields.Char(
        string="Call",
        copy=False,
        readonly=True,
        prefetch="scrm_door",
        groups="base.group_user",
    )
    scrm_call_seen = fields.Json(
        copy=False,
        readonly=True,
        prefetch="scrm_door",
        groups="base.group_user",
    )
    scrm_recording_url = fields.Char(
        string="Recording", copy=False, readonly=True, groups="base.group_user"
    )
    scrm_call_seconds = fields.Integer(
        string="Length of the Call (s)", copy=False, readonly=True
    )

    _scrm_call_key_unique = models.UniqueIndex(
        "(scrm_call_key) WHERE scrm_call_key IS NOT NULL"
    )

    @api.model
    def _scrm_take_call(self, hook, message_id, message):
        """Do what a message of a call centre says, once, in any order.

        :param hook: ``scrm.door.webhook``, sudo
        :param message_id: the call centre's own, the same when it is sent again
        :param message: {"call": its id, "event": "ring", "answer", "end" or
            "recording", "phone", "agent": login or e-mail address of who answered,
            "recording": address, "seconds": length}
        :return: the ticket of the call
        :raise UserError: naming what cannot be read
        """
        self._scrm_check_call(message)
        if not hook.template_id:
            raise UserError(
                self.env._("The webhook “%s” needs a template for calls.", hook.name)
            )
        phone = (message.get("phone") or "").strip()
        call = f"{hook.key}:{message['call']}"
        ticket = self.search([("scrm_call_key", "=", call)])
        if not ticket:
            ticket = self._scrm_open_call(hook, call, phone)
        ticket.check_access("write")
        ticket.lock_for_update()
        ticket.invalidate_recordset(["scrm_call_seen"])
        seen = ticket.scrm_call_seen or []
        if message_id not in seen:
            ticket.write(
                {
                    "scrm_call_seen": [*seen, message_id][-50:],
                    **ticket._scrm_call_vals(message, phone),
                }
            )
        return ticket

    @api.model
    def _scrm_open_call(self, hook, call, phone):
        """The ticket of a call, in the customer's name when the number is known."""
        customer = self.env["res.partner"]._scrm_find_customer(phone=phone)
        desk = self.with_context(lang=hook.template_id._scrm_desk_lang())
        vals = {
            "template_id": hook.template_id.id,
            "name": desk.env._("Call from %s", customer.name or phone or "?"),
            "description": Markup("<p></p>"),
            "partner_id": customer.id,
            "scrm_contact_phone": phone or False,
            "scrm_door": "phone",
            "scrm_call_key": call,
            "user_id": False,
        }
        try:
            with self.env.cr.savepoint():
                return self.create(vals)
        except UniqueViolation as error:
            if not (error.diag.constraint_name or "").endswith("call_key_unique"):
                raise
            # another message of this call came first: this one is sent again
            raise LockError(self.env._("The call is being taken in.")) from error

    def _scrm_call_vals(self, message, phone):
        """What a message changes on the ticket of its call."""
        self.ensure_one()
        vals = {}
        if phone and not self.partner_id:
            vals["scrm_contact_phone"] = phone
            people = self.env["res.partner"]
            if customer := people._scrm_find_customer(phone=phone):
                vals["partner_id"] = customer.id
        if message["event"] == "answer" and message.get("agent"):
            agent = self._scrm_agent(message["agent"])
            self.message_post(body=self.env._("%s answered the call.", agent.name))
            self._scrm_give_call(agent)
        if message.get("seconds") is not None:
            vals["scrm_call_seconds"] = message["seconds"]
        if message["event"] == "recording":
            vals["scrm_recording_url"] = message["recording"]
            body = self.env._("Recording of the call")
            # who may read messages need not be who may hear recordings
            if self.template_id.id not in self.template_id._scrm_posts("recording"):
                link = Markup("<a href='%s' target='_blank' rel='noreferrer'>%s</a>")
                body = link % (message["recording"], body)
            self.message_post(body=body, subtype_xmlid="mail.mt_note")
        return vals

    def _scrm_give_call(self, agent):
        """Give the ticket to who answered, as far as the flow lets him or her."""
        try:
            with self.env.cr.savepoint():
                self.user_id = agent
        except UserError as error:
            self.message_post(body=str(error), subtype_xmlid="mail.mt_note")

    @api.model
    def _scrm_agent(self, name):
        """The colleague of a login or e-mail address.

        :raise UserError: there is none
        """
        users = self.env["res.users"].sudo()  # sudo: who has this name
        found = users.search(
            [
                ("share", "=", False),
                "|",
                ("login", "=", name),
                ("email_normalized", "=", name.lower()),
            ],
            limit=2,
        )
        if len(found) != 1:
            raise UserError(self.env._("There is no colleague “%s”.", name[:60]))
        # sudo off again: only who it is was asked
        return found.sudo(False)

    @api.model
    def _scrm_check_call(self, message):
        """:raise UserError: naming what of a message cannot be read."""
        if not isinstance(message, dict):
            raise UserError(self.env._("The message must be a JSON object."))
        if unknown := message.keys() - set(SAID):
            raise UserError(
                self.env._(
                    "The message has no place for “%(name)s”, but for: %(names)s.",
                    name=min(unknown)[:60],
                    names=", ".join(SAID),
                )
            )
        for name in SAID:
            value = message.get(name)
            if name == "seconds":
                good = value is None or (
                    isinstance(value, int)
                    and not isinstance(value, bool)
                    and 0 <= value < 2**31
                )
            else:
                good = value is None or (
                    isinstance(value, str)
                    and is_storable(value)
                    and len(value) <= (2000 if name == "recording" else TEXT_LIMIT - 55)
                )
            if not good:
                raise self._scrm_track_error(name)
        if not message.get("call"):
            raise self._scrm_track_error("call")
        if message.get("event") not in EVENTS:
            raise self._scrm_track_error("event")
        if message["event"] == "recording":
            address = message.get("recording") or ""
            try:
                is_address = urlsplit(address).scheme in ("http", "https")
            except ValueError:
                is_address = False
            if not is_address:
                raise self._scrm_track_error("recording")
