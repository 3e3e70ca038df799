from odoo import fields, http
from odoo.exceptions import UserError
from odoo.http import request

from ..doors.errors import NotThere
from .door_limits import DoorLimits
from .form_json import TicketFormJson
from .signed_door import SignedDoor, signed_route

#: Largest message, in bytes.
BODY_LIMIT = 40 * 1024 * 1024
#: Largest login, in bytes.
LOGIN_LIMIT = 16 * 1024
#: What a ticket is sent with, besides its template.
ARGUMENTS = ("template", "values", "subject", "description", "idempotency_key")


def route(path, method, limit=BODY_LIMIT):
    """A route below the address of a mini-program."""
    return signed_route(f"/scrm/mini/<string:key>{path}", limit, method)


class ScrmMini(TicketFormJson, SignedDoor, DoorLimits, http.Controller):
    """What a mini-program asks us: JSON, signed by the session of its user."""

    _scrm_door_key = "mini"

    def _scrm_customer(self):
        return self._scrm_door()._session_customer()

    # Logging in and out

    @route("/login", "POST", LOGIN_LIMIT)
    def scrm_mini_login(self, key, **kw):
        """Begin a session: {"code": of wx.login, "name": of a new customer}."""

        def log_in():
            door = self._scrm_mini(key)
            limit = self._scrm_limit("scrm_ticket.mini_limit_address")
            quota = request.env["scrm.door.quota"]
            if seconds := quota._take("mini_login", self._scrm_network(), limit):
                return self._scrm_too_often(seconds)
            said = self._scrm_read(request.httprequest.get_data())
            with request.env.cr.savepoint():
                session, token = door._log_in(said.get("code"), said.get("name"))
            return {
                "session": token,
                "secret": session._secret(token),
                "valid_until": self._scrm_moment_json(session.valid_until),
            }

        return self._scrm_answer(log_in)

    @route("/logout", "POST", LOGIN_LIMIT)
    def scrm_mini_logout(self, key, **kw):
        """End the session."""

        def end(session, _said):
            session.action_end()
            return {}

        return self._scrm_receive(key, end)

    # Forms

    @route("/templates", "GET")
    def scrm_mini_templates(self, key, **kw):
        """The forms that can be chosen."""

        def show(_session, _said):
            return {"templates": self._scrm_list_json(self._scrm_templates())}

        return self._scrm_receive(key, show)

    @route("/templates/<string:template_key>", "GET")
    def scrm_mini_form(self, key, template_key, **kw):
        """A form: its fields, what they hold at first, and how it looks then."""

        def show(_session, _said):
            template = self._scrm_known(template_key)
            return self._scrm_form_json(template, self._scrm_first_values(template))

        return self._scrm_receive(key, show)

    @route("/templates/<string:template_key>/state", "POST")
    def scrm_mini_state(self, key, template_key, **kw):
        """How a form looks with what was typed so far: {"values"}."""

        def show(_session, said):
            values = self._scrm_object(said, "values")
            return self._scrm_state(self._scrm_known(template_key), values)

        return self._scrm_receive(key, show)

    # Tickets

    @route("/tickets", "POST")
    def scrm_mini_submit(self, key, **kw):
        """Send a form: {"template", "values", "subject", "description",
        "idempotency_key"}; the same key gives the same ticket."""

        def submit(session, said):
            if unknown := said.keys() - set(ARGUMENTS):
                raise UserError(
                    request.env._("There is no place for “%s”.", min(unknown)[:60])
                )
            once = said.get("idempotency_key")
            if not isinstance(once, str) or not 8 <= len(once) <= 128:
                raise UserError(
                    request.env._("“idempotency_key” must have 8 to 128 characters.")
                )
            template = self._scrm_known(said.get("template"))
            values = self._scrm_object(said, "values")
            ticket = request.env["helpdesk.ticket"]._scrm_submit(
                self._scrm_door_key,
                {
                    "template": template.key,
                    "values": values,
                    "subject": said.get("subject"),
                    "description": said.get("description"),
                },
                f"mini:{session.door_id.id}:{session.partner_id.id}:{once}",
            )
            return {name: ticket[name] for name in ("number", "repeated")}

        return self._scrm_receive(key, submit, is_counted=True)

    @route("/tickets", "GET")
    def scrm_mini_tickets(self, key, **kw):
        """The customer's own tickets, the newest first."""

        def show(session, _said):
            tickets = self._scrm_own(session).search(
                [("partner_id", "=", session.partner_id.id)], order="id desc", limit=100
            )
            return {"tickets": [self._scrm_ticket_json(one) for one in tickets]}

        return self._scrm_receive(key, show)

    @route("/tickets/<string:number>", "GET")
    def scrm_mini_ticket(self, key, number, **kw):
        """One of them: how far it is, what was filled in, what was said."""

        def show(session, _said):
            ticket = self._scrm_own_ticket(session, number)
            return {
                **self._scrm_ticket_json(ticket),
                "progress": [
                    self._scrm_progress_json(item)
                    for item in ticket._scrm_progress(for_customer=True)
                ],
                "values": [
                    {name: row[name] for name in ("key", "label", "text")}
                    for row in ticket._scrm_values_for_display()
                ],
                "messages": ticket._scrm_mini_messages(session.partner_id),
            }

        return self._scrm_receive(key, show)

    @route("/tickets/<string:number>/reply", "POST")
    def scrm_mini_reply(self, key, number, **kw):
        """Say something on it: {"text", "idempotency_key"}; once per key."""

        def say(session, said):
            ticket = self._scrm_own_ticket(session, number)
            once = said.get("idempotency_key")
            ticket._scrm_mini_reply(session, said.get("text"), once)
            return {"messages": ticket._scrm_mini_messages(session.partner_id)}

        return self._scrm_receive(key, say, is_counted=True)

    # What all of them do

    def _scrm_receive(self, key, act, is_counted=False):
        """Check whose request it is and do what it says, or answer why not.

        :param key: of the mini-program
        :param act: function(session, what was sent) -> what to answer
        :param is_counted: whether one customer may send it only so often
        """

        def take():
            session, token, body = self._scrm_session(key)
            if is_counted:
                limit = self._scrm_limit("scrm_ticket.mini_limit_customer")
                quota = request.env["scrm.door.quota"]
                source = f"{session.door_id.id}:{session.partner_id.id}"
                if seconds := quota._take("mini", source, limit):
                    return self._scrm_too_often(seconds)
            request.update_context(scrm_mini_token=token)
            said = self._scrm_read(body) if body else {}
            with request.env.cr.savepoint():
                return act(session, said)

        return self._scrm_answer(take)

    def _scrm_session(self, key):
        """(whose session it is, its token, what was sent)

        :raise NotThere: there is no such mini-program
        :raise Unproven: naming the header that is missing or wrong
        """
        door = self._scrm_mini(key)
        http_request = request.httprequest
        body = http_request.get_data()
        session, token = door.session_ids._check_request(
            door, http_request.headers, http_request.method, http_request.path, body
        )
        return session, token, body

    def _scrm_mini(self, key):
        missing = request.env._("There is no such program.")
        return self._scrm_by_key("scrm.door.mini", key, missing)

    def _scrm_read(self, body):
        """A message as a dict.

        :raise UserError: it is none
        """
        said = self._scrm_json(body)
        if not isinstance(said, dict):
            raise UserError(request.env._("The message must be a JSON object."))
        return said

    def _scrm_object(self, said, name):
        value = said.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise UserError(request.env._("“%s” must be a JSON object.", name))
        return value

    def _scrm_known(self, template_key):
        """The template of this key.

        :raise NotThere: none that may be chosen here
        """
        template = self._scrm_template(template_key)
        if not template:
            raise NotThere(request.env._("There is no such form."))
        return template

    def _scrm_own(self, session):
        # sudo: customers of a mini-program are no users; all that is searched here
        # names the session's customer
        return request.env["helpdesk.ticket"].sudo()

    def _scrm_own_ticket(self, session, number):
        """The customer's ticket of this number.

        :raise NotThere: none; says the same of somebody else's
        """
        ticket = self._scrm_own(session).search(
            [("partner_id", "=", session.partner_id.id), ("number", "=", number)]
        )
        if not ticket:
            raise NotThere(request.env._("There is no such ticket."))
        return ticket

    def _scrm_ticket_json(self, ticket):
        return {
            "number": ticket.number,
            "subject": ticket.name,
            "template": ticket.template_id.name or "",
            "stage": ticket.stage_id.name or "",
            "is_closed": bool(ticket.closed),
            "created_at": self._scrm_moment_json(ticket.create_date),
        }

    def _scrm_progress_json(self, item):
        moments = {
            name: self._scrm_moment_json(fields.Datetime.to_datetime(item.get(name)))
            for name in ("since", "until", "expected")
        }
        return {"name": item["name"], "state": item["state"], **moments}

    def _scrm_too_often(self, seconds):
        answer = self._scrm_refuse(
            429,
            request.env._(
                "Much has been sent lately. Please try again in %s.",
                self._scrm_wait_words(seconds),
            ),
        )
        answer.headers["Retry-After"] = str(seconds)
        return answer
