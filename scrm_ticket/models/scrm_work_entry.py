from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from datetime import timedelta
from urllib.parse import quote

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.tools import html2plaintext, plaintext2html
from odoo.tools.image import image_process

from ..forms.file_names import bare, runs

#: What an engineer does on the road, by the name of a method ``_do_<name>``.
DEEDS = ("accept", "note", "photo", "part", "sign", "complete")
#: Longest note, in characters.
NOTE_LIMIT = 5000
#: Longest side of a photo that is kept, in pixels.
PHOTO_SIDE = 2400
#: Days that the answers to deeds are kept for those who ask again.
KEPT_DAYS = 30


class ScrmWorkEntry(models.Model):
    """What an engineer did on the road, each deed once however often it is sent.

    A phone that loses its connection does not know whether the last deed arrived. It
    sends it again with the same key, and gets the same answer.
    """

    _name = "scrm.work.entry"
    _description = "Deed on the Road"
    _log_access = False

    user_id = fields.Many2one(
        comodel_name="res.users", required=True, ondelete="cascade", index=True
    )
    key = fields.Char(required=True)
    at = fields.Datetime(required=True, index=True)
    answer = fields.Json()

    _once = models.UniqueIndex("(user_id, key)")

    # What there is to do

    @api.model
    def _tasks(self):
        """The steps that wait for the user, the most urgent first.

        :return: list of dicts for the page, see ``static/src/work``
        """
        tickets = self.env["helpdesk.ticket"].search(
            [("scrm_handler_ids", "in", self.env.uid)], limit=200
        )
        tasks = [task for ticket in tickets for task in self._tasks_of(ticket)]
        return sorted(tasks, key=lambda task: (task["due"] or "9", task["ticket"]))

    @api.model
    def _tasks_of(self, ticket):
        run = ticket.sudo().scrm_run_id  # sudo: which steps are the user's own
        own = {
            step.id: step
            for step in run.step_ids
            if step.state == "open" and self.env.user in step._handlers()
        }
        about = None
        for action in ticket._scrm_flow_actions():
            step = own.get(action["step_id"])
            if not step:
                continue
            about = about or self._about(ticket)
            offers = {offer["key"] for offer in action.get("operations", ())}
            # sudo: when the user is expected there
            due = ticket.sudo().scrm_appointment_start or step.deadline_at
            yield {
                **about,
                "step": step.id,
                "node": action["node"],
                "due": fields.Datetime.to_string(due) if due else None,
                "accept": "accept" in offers,
                "ways": [
                    {"key": way["key"], "name": way["name"]}
                    for way in action["transitions"]
                ],
            }

    @api.model
    def _about(self, ticket):
        """What the card of a ticket says, as the user may read it."""
        store = ticket.store_id.sudo()  # sudo: the address of the place of work
        partner = ticket.partner_id
        can_read = bool(partner) and partner.has_access("read")
        place = partner if can_read and partner.city else store.partner_id
        # read, so that personal data is masked for those not entitled
        known = place.read(["street", "street2", "city"])[0] if place else {}
        address = ", ".join(
            filter(None, (known.get(name) for name in ("street", "street2", "city")))
        )
        phone = can_read and partner.read(["phone"])[0]["phone"]
        phone = phone or ticket.read(["scrm_contact_phone"])[0]["scrm_contact_phone"]
        is_masked = bool(partner and partner._scrm_masked())
        told = ticket.read(["name", "description"])[0]
        # sudo: the name of the ticket's customer
        name = ticket.partner_id.sudo().name
        return {
            "ticket": ticket.id,
            "number": ticket.number,
            "name": told["name"],
            "customer": name or ticket.partner_name or "",
            "phone": phone or "",
            "address": address,
            # where a mask leads is nowhere, and the true place is kept back
            "map": ""
            if is_masked and place == partner
            else self._map_link(place, address),
            "can_call": bool(phone) and not is_masked,
            "text": html2plaintext(told["description"] or "").strip()[:500],
            "values": [
                {"label": row["label"], "text": row["text"]}
                for row in ticket._scrm_values_for_display()
            ],
            "parts": [
                {
                    # sudo: the name of a part of the ticket
                    "name": line.product_id.sudo().display_name,
                    "quantity": line.quantity,
                    "used": line.quantity_used,
                    "state": line.state,
                }
                for line in ticket.part_line_ids
            ],
            "signed": ticket.scrm_signed_by or "",
        }

    @api.model
    def _map_link(self, place, address):
        """Opens the map of a phone, or a map on the web."""
        if "partner_latitude" in place._fields and place.partner_latitude:
            where = f"{place.partner_latitude:.6f},{place.partner_longitude:.6f}"
            return f"geo:{where}?q={where}"
        return f"geo:0,0?q={quote(address)}" if address else ""

    # Deeds

    @api.model
    def _take(self, key, ticket_id, deed, data):
        """Do something once.

        :param key: made up by the phone, the same when it sends again
        :param ticket_id: id of a ticket
        :param deed: one of ``DEEDS``
        :param data: dict, see the methods
        :return: {"done": text} or {"refused": why}; a refusal is final
        :raise LockError: somebody else is at it right now; nothing is noted
        """
        if not (isinstance(key, str) and 8 <= len(key) <= 64):
            raise UserError(self.env._("What was sent has no key."))
        if deed not in DEEDS or not isinstance(data, dict):
            raise UserError(self.env._("There is no such operation."))
        if not isinstance(ticket_id, int) or not 0 < ticket_id < 2**31:
            raise UserError(self.env._("There is no such ticket."))
        # sudo: the user's own entries
        entries = self.sudo()
        known = entries.search([("user_id", "=", self.env.uid), ("key", "=", key)])
        if known:
            return known.answer
        ticket = self.env["helpdesk.ticket"].browse(ticket_id).exists()
        if not ticket or not ticket.has_access("read"):
            return self._keep(key, {"refused": self.env._("There is no such ticket.")})
        try:
            with self.env.cr.savepoint():
                said = getattr(self, f"_do_{deed}")(ticket, data)
        except LockError:
            raise  # somebody is at it: no refusal, the phone sends it again
        except UserError as error:
            return self._keep(key, {"refused": str(error)})
        return self._keep(key, {"done": said})

    @api.model
    def _keep(self, key, answer):
        self.sudo().create(  # sudo: as above
            {
                "user_id": self.env.uid,
                "key": key,
                "at": self.env["scrm.clock"].now(),
                "answer": answer,
            }
        )
        return answer

    @api.model
    def _do_accept(self, ticket, data):
        ticket.scrm_step_accept(data.get("step"))
        return self.env._("Accepted")

    @api.model
    def _do_complete(self, ticket, data):
        ticket.scrm_step_complete(data.get("way") or None, data.get("step"))
        return self.env._("Completed")

    @api.model
    def _do_note(self, ticket, data):
        text = data.get("text")
        if not isinstance(text, str) or not text.strip():
            raise UserError(self.env._("The note is empty."))
        self._check_handler(ticket)
        # sudo: who handles a step notes what he or she did, also people outside
        ticket.sudo().message_post(
            body=plaintext2html(text.strip()[:NOTE_LIMIT]),
            author_id=self.env.user.partner_id.id,
            subtype_xmlid="mail.mt_note",
        )
        return self.env._("Noted")

    @api.model
    def _do_photo(self, ticket, data):
        self._check_handler(ticket)
        name = data.get("name")
        name = bare(name) if isinstance(name, str) else "photo.jpg"
        if runs(name):
            raise UserError(self.env._("This is no picture."))
        raw = self._picture(data.get("data"))
        # sudo: as above
        ticket.sudo().message_post(
            body=self.env._("Photo"),
            author_id=self.env.user.partner_id.id,
            subtype_xmlid="mail.mt_note",
            attachments=[(name, raw)],
        )
        return self.env._("Photo sent")

    @api.model
    def _do_sign(self, ticket, data):
        self._check_handler(ticket)
        name = data.get("name")
        if not isinstance(name, str) or not name.strip():
            raise UserError(self.env._("Who signs? Please write the name."))
        # sudo: as above
        ticket.sudo().write(
            {
                "scrm_signature": b64encode(self._picture(data.get("data"))),
                "scrm_signed_by": name.strip()[:128],
                "scrm_signed_at": self.env["scrm.clock"].now(),
            }
        )
        return self.env._("Signed by %s", name.strip()[:128])

    @api.model
    def _do_part(self, ticket, data):
        """Say how much of a part was used, or add one.

        :param data: {"code": barcode, internal reference or serial number, "quantity"}
        """
        self._check_handler(ticket)
        quantity = data.get("quantity")
        if (
            not isinstance(quantity, int | float)
            or isinstance(quantity, bool)
            or not 0 < quantity <= 1000
        ):
            raise UserError(self.env._("How many? Between 0 and 1000."))
        product, lot = self._product_of(data.get("code"))
        line = ticket.part_line_ids.filtered(
            lambda line: line.product_id == product and line.state != "consumed"
        )[:1]
        if line:
            line.quantity_used = quantity
        else:
            line = line.create(
                {
                    "ticket_id": ticket.id,
                    "product_id": product.id,
                    "quantity": quantity,
                    "quantity_used": quantity,
                }
            )
        if lot:
            line.lot_ids |= lot
        return self.env._(
            "%(quantity)g × %(part)s", quantity=quantity, part=product.display_name
        )

    @api.model
    def _product_of(self, code):
        """The product and serial number that a code on a part means.

        :raise UserError: none, or several
        """
        code = code.strip() if isinstance(code, str) else ""
        if not code or len(code) > 64 or "\x00" in code:
            raise UserError(self.env._("Scan or write the code on the part."))
        companies = [False, *self.env.companies.ids]
        # sudo: engineers read no products; the code is on the part in their hand
        products = self.env["product.product"].sudo()
        lots = self.env["stock.lot"].sudo().browse()
        found = products.search(
            [
                "|",
                ("barcode", "=", code),
                ("default_code", "=", code),
                ("company_id", "in", companies),
            ],
            limit=2,
        )
        if not found:
            lots = lots.search(
                [("name", "=", code), ("company_id", "in", companies)], limit=2
            )
            found = lots.product_id
        if len(found) != 1 or len(lots) > 1:
            raise UserError(self.env._("No part has the code “%s”.", code[:60]))
        return found.sudo(False), lots.sudo(False)

    @api.model
    def _picture(self, data):
        """A picture, checked, made smaller, without what it says of its place."""
        try:
            raw = b64decode(data or "", validate=True)
        except (Base64Error, ValueError, TypeError) as error:
            raise UserError(self.env._("This is no picture.")) from error
        limit = self.env["helpdesk.ticket"]._scrm_file_limit()
        if not raw or len(raw) > limit * 1024 * 1024:
            raise UserError(self.env._("A picture has at most %s MB.", limit))
        if raw.lstrip()[:1] == b"<":
            raise UserError(self.env._("This is no picture."))
        return image_process(raw, size=(PHOTO_SIDE, PHOTO_SIDE), verify_resolution=True)

    @api.model
    def _check_handler(self, ticket):
        """Refuse those who have no open step on the ticket.

        :raise UserError: the user has none
        """
        if self.env.user not in ticket.sudo().scrm_handler_ids:  # sudo: compared
            raise UserError(
                self.env._("No step of ticket %s waits for you.", ticket.number)
            )

    @api.autovacuum
    def _gc_past(self):
        limit = self.env["scrm.clock"].now() - timedelta(days=KEPT_DAYS)
        self.search([("at", "<", limit)]).unlink()


class HelpdeskTicket(models.Model):
    # what a customer signs on the engineer's phone
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_signature = fields.Binary(
        string="Signature", copy=False, readonly=True, attachment=True
    )
    scrm_signed_by = fields.Char(string="Signed by", copy=False, readonly=True)
    scrm_signed_at = fields.Datetime(string="Signed on", copy=False, readonly=True)
