from markupsafe import Markup
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_datetime, plaintext2html
from odoo.tools.misc import hash_sign, verify_hash_signed

from ..doors.chat_message import ID_LIMIT

SCOPE = "scrm_ticket.wecom_talk"
#: Hours that a page may stay open.
PASS_HOURS = 12
#: Messages of the chat that are shown, the latest.
MESSAGE_LIMIT = 30
#: Devices that are shown.
DEVICE_LIMIT = 20
CHANNEL = "wecom"


class ScrmWecomPanel(models.AbstractModel):
    """What the page beside a chat of WeCom shows and does, as the colleague at it.

    Which chat it is, the platform was asked once, when the page was opened; a pass,
    signed by us for this colleague and some hours, stands for that answer.
    """

    _name = "scrm.wecom.panel"
    _description = "Page beside a Chat of WeCom"

    # Which chat it is

    @api.model
    def _enter(self, door, kind, identity):
        """A pass for a customer's chat or a group that the user is in.

        :param door: ``scrm.door.wecom``, sudo
        :param kind: ``contact`` or ``group``
        :param identity: what the platform calls it
        :return: (pass, what it stands for)
        :raise AccessError: the user is not in it, or raises no tickets
        """
        if not isinstance(identity, str) or not 0 < len(identity) <= ID_LIMIT:
            raise UserError(self.env._("WeCom did not say which chat this is."))
        self.env["helpdesk.ticket"].check_access("create")
        user = self.env.user.sudo()  # sudo: the user's own UserID
        if kind == "contact":
            known = door._contact(identity, user)
            outside = [known]
        elif kind == "group":
            known = door._group(identity, user)
            outside = known.pop("outside")
        else:
            raise UserError(self.env._("WeCom did not say which chat this is."))
        talk = {"door": door.id, "kind": kind, **known, "outside": outside}
        words = [self.env.uid, talk]
        # sudo: the secret for the signature
        env = self.env(su=True)
        return hash_sign(env, SCOPE, words, expiration_hours=PASS_HOURS), talk

    @api.model
    def _talk(self, door, signed):
        """What a pass stands for.

        :raise AccessError: it is none, of somebody else, or too old
        """
        found = None
        if isinstance(signed, str):
            try:
                # sudo: as above
                found = verify_hash_signed(self.env(su=True), SCOPE, signed)
            except ValueError:
                found = None
        if not found or found[0] != self.env.uid or found[1]["door"] != door.id:
            raise AccessError(self.env._("Please open this page in WeCom again."))
        return found[1]

    # What is shown

    @api.model
    def _people(self, talk):
        """Identity -> customer, of those outside whom we know.

        :return: dict of ``res.partner`` without sudo
        """
        # sudo: who a customer of the user in WeCom is; what is read of the contact,
        # is read as the user
        channels = self.env["scrm.customer.channel"].sudo()
        found = {
            one["id"]: channels._scrm_owner(CHANNEL, one["id"]).sudo(False)
            for one in talk["outside"]
        }
        return {identity: partner for identity, partner in found.items() if partner}

    @api.model
    def _customer(self, talk, people=None):
        """Whom the chat is with: in a group, who is the only one we know."""
        people = self._people(talk) if people is None else people
        owners = {partner.commercial_partner_id for partner in people.values()}
        if talk["kind"] == "group" and len(owners) != 1:
            return self.env["res.partner"]
        return next(iter(people.values()), self.env["res.partner"])

    @api.model
    def _messages(self, door, talk):
        """The latest messages of the chat, the newest first."""
        account = door.account_id
        # sudo: the user is in this chat, as the pass proves
        kept = self.env["scrm.chat.message"].sudo()
        if not account:
            return kept
        return kept.search(
            [("account_id", "=", account.id), ("talk", "=", talk["id"])],
            limit=MESSAGE_LIMIT,
        )

    @api.model
    def _message(self, door, talk, message_id):
        """One of them; empty where none is named.

        :raise UserError: there is none of this id
        """
        if not message_id:
            return self.env["scrm.chat.message"].sudo()  # sudo: an empty one
        found = self._messages(door, talk).filtered(lambda one: one.id == message_id)
        if not found:
            raise UserError(self.env._("This message is not kept any more."))
        return found

    @api.model
    def _show(self, door, talk, templates):
        """All that the page shows when it opens.

        :param templates: ``scrm.ticket.template`` that may be chosen
        """
        people = self._people(talk)
        customer = self._customer(talk, people)
        names = {one["id"]: one["name"] for one in talk["outside"]}
        suggested = templates._scrm_suggest(customer)
        messages = []
        for message in self._messages(door, talk):
            partner = people.get(message.sender, customer)
            fit = templates._scrm_suggest(partner, message.text or "")
            ticket = self._ticket_of(door, message)
            messages.append(
                {
                    "id": message.id,
                    "author": names.get(message.sender, ""),
                    "at": fields.Datetime.to_string(message.at),
                    "text": message.text or "",
                    "picture": message.picture or "",
                    "template": fit.key or "",
                    "ticket": ticket.number if ticket.has_access("read") else "",
                }
            )
        return {
            "kind": talk["kind"],
            "name": talk["name"],
            "customer": self._about(customer),
            "messages": messages,
            "suggested": suggested.key or "",
            "moments": self._moments(customer),
            "devices": self._devices(customer.commercial_partner_id),
            "drafts": self._drafts(door, talk),
        }

    @api.model
    def _ticket_of(self, door, message):
        known = self.env["helpdesk.ticket"]._scrm_chat_known(
            f"{door.account_id.key}:{message.key}"
        )
        return known

    @api.model
    def _about(self, customer):
        """What the user may read of the customer, masked as ever."""
        if not customer or not customer.has_access("read"):
            return {}
        read = customer.read(["name", "phone", "email"])[0]
        # sudo: names of the tags of a customer the user may read
        tags = customer.sudo().category_id.mapped("name")
        return {
            "id": customer.id,
            "name": read["name"],
            "phone": read["phone"] or "",
            "email": read["email"] or "",
            "tags": tags,
        }

    @api.model
    def _moments(self, customer):
        """Purchases, service and conversations of the last months, newest first."""
        return [
            {
                "at": fields.Datetime.to_string(moment.at),
                "kind": moment.kind,
                "text": moment.text,
                "channel": moment.channel,
                "amount": moment.amount,
                "state": moment.state,
            }
            for moment in self.env["scrm.portrait"]._of(customer)
        ]

    @api.model
    def _devices(self, owner):
        """The customer's devices that the user may read, with model and warranty."""
        lots = self.env["stock.lot"]
        if not owner or not lots.has_access("read"):
            return []
        lots = lots.search(
            [("scrm_partner_id.commercial_partner_id", "=", owner.id)],
            limit=DEVICE_LIMIT,
            order="id desc",
        )
        return [
            {"id": lot.id, "serial": lot.name, "text": lot._scrm_describe()}
            for lot in lots
        ]

    @api.model
    def _drafts(self, door, talk):
        if talk["kind"] != "group":
            return []
        # sudo: the user is in this group, as the pass proves
        drafts = self.env["scrm.wecom.draft"].sudo()._opened(door, talk["id"])
        return [draft._shown(self.env) for draft in drafts]

    # What is done

    @api.model
    def _known_customer(self, talk, message):
        """The customer of a ticket to be made; a contact is made for who is new.

        :return: ``res.partner``, empty in a group where it is not clear who
        """
        sender = message.sender if message else ""
        names = {one["id"]: one["name"] for one in talk["outside"]}
        if talk["kind"] == "contact":
            sender = talk["id"]
        if sender not in names:
            return self._customer(talk)
        # WeCom itself said who it is
        said = {"channel": CHANNEL, "id": sender, "name": names[sender]}
        # sudo off again: the rights to the contact are the user's own
        return self.env["res.partner"]._scrm_recognise(said).sudo(False)

    @api.model
    def _quote(self, talk, message):
        """The message as a quotation that says whose it is."""
        if not message:
            return Markup()
        names = {one["id"]: one["name"] for one in talk["outside"]}
        at = format_datetime(self.env, message.at, dt_format="short")
        body = plaintext2html(message.text) if message.text else Markup()
        if message.picture:
            body += Markup(
                "<p><a href='%s' target='_blank' rel='noreferrer'>%s</a></p>"
            ) % (message.picture, self.env._("Picture"))
        return Markup("<p>%s · %s</p><blockquote>%s</blockquote>") % (
            names.get(message.sender, talk["name"]),
            at,
            body,
        )

    @api.model
    def _chat_vals(self, door, message):
        """What ties a ticket to the message it is made of: once, and what the
        customer writes next to us alone belongs to it."""
        if not message:
            return {}
        account = door.account_id
        group = "" if message.talk == message.sender else message.talk
        return {
            "scrm_chat_key": f"{account.key}:{message.key}",
            "scrm_chat_sender": f"{account.key}:{group}:{message.sender}",
            "scrm_chat_at": self.env["scrm.clock"].now(),
        }

    @api.model
    def _make(self, door, talk, template, message):
        """A ticket of a message, or of nothing but the customer, at one press.

        Like those of other conversations it may be incomplete at first.

        :return: ``helpdesk.ticket``; where one was made of the message, that one
        """
        tickets = self.env["helpdesk.ticket"]
        tickets.check_access("create")
        if message and (known := self._ticket_of(door, message)):
            return known
        text = message.text or "" if message else ""
        partner = self._known_customer(talk, message)
        vals = {
            "name": tickets._scrm_talk_name(
                template.name, partner.display_name or talk["name"]
            ),
            "description": self._quote(talk, message),
            "template_id": template.id,
            "partner_id": partner.id,
            "scrm_values": tickets._scrm_said_values(template, text),
            "scrm_door": "wecom",
            "user_id": False,
            **self._chat_vals(door, message),
        }
        try:
            with self.env.cr.savepoint():
                ticket = tickets.create(vals)
        except UniqueViolation as error:
            if not (error.diag.constraint_name or "").endswith("chat_key_unique"):
                raise
            text = self.env._("Somebody just makes a ticket of this message.")
            raise UserError(text) from error
        ticket._scrm_let_customer_follow()
        return ticket

    @api.model
    def _submit(self, door, talk, template, values, message, key):
        """A complete ticket of a form that was filled in, once per key."""
        if not isinstance(key, str) or not 8 <= len(key) <= 64:
            raise UserError(self.env._("What was sent has no key."))
        tickets = self.env["helpdesk.ticket"]
        partner = self._known_customer(talk, message)
        ticket = tickets._scrm_submit(
            "wecom",
            {
                "template": template.key,
                "values": values,
                "partner": partner.id or None,
            },
            f"wecom:{door.id}:{key}",
        )
        found = tickets.browse(ticket["id"])
        if message and not ticket["repeated"]:
            found.message_post(
                body=self._quote(talk, message), subtype_xmlid="mail.mt_note"
            )
        return found

    @api.model
    def _open_draft(self, door, talk, template, message, device):
        """The ticket that the group fills in together, with the device filled in.

        :param device: id of a device of the customer; where there is just one, it is
            taken
        :return: ``scrm.wecom.draft`` with sudo
        """
        if talk["kind"] != "group":
            raise UserError(self.env._("Only groups fill in tickets together."))
        self.env["helpdesk.ticket"].check_access("create")
        partner = self._known_customer(talk, message)
        devices = {one["id"] for one in self._devices(partner.commercial_partner_id)}
        if device and device not in devices:
            raise UserError(self.env._("This device is none of the customer's."))
        if not device and len(devices) == 1:
            device = next(iter(devices))
        lot = self.env["stock.lot"].browse(device or [])
        tickets = self.env["helpdesk.ticket"]
        begun = {}
        if message:
            begun = tickets._scrm_said_values(template, message.text or "")
        if lot:
            begun.update(dict.fromkeys(template._scrm_keys("serial")[:1], lot.name))
        # sudo: the user is in this group, as the pass proves
        drafts = self.env["scrm.wecom.draft"].sudo()
        return drafts._open(
            door,
            talk["id"],
            template,
            {
                "partner_id": partner.id,
                "lot_id": lot.id,
                "quote": self._quote(talk, message),
                "answers": tickets._scrm_with_defaults(template, begun, partner),
            },
        )

    @api.model
    def _draft(self, door, talk, draft_id):
        """A draft of this group.

        :return: ``scrm.wecom.draft`` with sudo
        :raise AccessError: there is none of this id here
        """
        # sudo: as above
        drafts = self.env["scrm.wecom.draft"].sudo()
        found = drafts.search(
            [
                ("id", "=", draft_id if isinstance(draft_id, int) else 0),
                ("door_id", "=", door.id),
                ("chat", "=", talk["id"] if talk["kind"] == "group" else ""),
            ]
        )
        if not found:
            raise AccessError(self.env._("There is no such ticket in this group."))
        return found
