import secrets

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessDenied, AccessError, UserError
from odoo.http import request

from odoo.addons.web.controllers.utils import _get_login_redirect_url

from ..models.res_users_wecom import CREDENTIAL
from .form_json import TicketFormJson

#: Where the state of a login is kept in the session.
STATE = "scrm_wecom_state"


def route(path):
    """A question of the page, by JSON-RPC."""
    return http.route(
        f"/scrm/wecom/<string:key>{path}", type="jsonrpc", auth="user", website=True
    )


class ScrmWecom(TicketFormJson, http.Controller):
    """The page beside chats of WeCom, and what it asks."""

    _scrm_door_key = "wecom"

    def _scrm_customer(self):
        customer = request.env.context.get("scrm_wecom_customer")
        return request.env["res.partner"].browse(customer or [])

    # Coming in

    @http.route(
        "/scrm/wecom/<string:key>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["GET"],
    )
    def scrm_wecom(self, key, **kw):
        """The page; who has not come in is sent to WeCom, which knows who it is."""
        door = self._scrm_app(key)
        user = request.env.user
        if not user._is_internal():
            state = request.session[STATE] = secrets.token_hex(16)
            address = door._login_address(state)
            return request.redirect(address, local=False)
        if user.lang and user.lang != request.lang.code:
            address = request.env["ir.http"]._url_lang(f"/scrm/wecom/{key}", user.lang)
            return request.redirect(address)
        return request.render(
            "scrm_ticket.wecom_page",
            {"no_header": True, "no_footer": True, "door": door},
        )

    @http.route(
        "/scrm/wecom/<string:key>/enter",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["GET"],
    )
    def scrm_wecom_enter(self, key, code=None, state=None, **kw):
        """Come in as the colleague whom WeCom names."""
        door = self._scrm_app(key)
        expected = request.session.pop(STATE, None)
        if (
            not code
            or not expected
            or not secrets.compare_digest(expected.encode(), (state or "").encode())
        ):
            text = request.env._("This login was not begun here. Please try again.")
            return self._scrm_refused(door, text)
        try:
            user = door._user_of_code(code)
            credential = {
                "login": user.login,
                "type": CREDENTIAL,
                "proof": user._scrm_wecom_proof(),
            }
            request.session.authenticate(request.env, credential)
        except (AccessError, UserError, AccessDenied) as error:
            return self._scrm_refused(door, str(error))
        return request.redirect(
            _get_login_redirect_url(user.id, f"/scrm/wecom/{door.key}")
        )

    def _scrm_refused(self, door, text):
        return request.render(
            "scrm_ticket.wecom_refused",
            {"no_header": True, "no_footer": True, "door": door, "text": text},
            status=403,
        )

    # What the page asks

    @route("/sdk")
    def scrm_wecom_sdk(self, key, url=None):
        """What the page hands to the JS-SDK."""
        host = request.httprequest.host
        return self._scrm_answer(key, lambda door, _panel: door._sdk(url, host))

    @route("/talk")
    def scrm_wecom_talk(self, key, kind=None, identity=None):
        """Begin with a chat: {"pass", "templates", and what is shown of it}."""

        def begin(door, panel):
            signed, talk = panel._enter(door, kind, identity)
            templates = self._scrm_templates()
            return {
                "pass": signed,
                "templates": self._scrm_list_json(templates),
                **panel._show(door, talk, templates),
            }

        return self._scrm_answer(key, begin)

    @route("/ticket")
    def scrm_wecom_ticket(self, key, signed=None, template=None, message=None):
        """Make a ticket at one press."""

        def make(door, panel):
            talk = panel._talk(door, signed)
            quoted = panel._message(door, talk, message)
            found = self._scrm_chosen(template)
            return self._scrm_made(panel._make(door, talk, found, quoted))

        return self._scrm_answer(key, make)

    @route("/form")
    def scrm_wecom_form(self, key, signed=None, template=None):
        """A form with what is known of the customer filled in."""

        def show(door, panel):
            talk = panel._talk(door, signed)
            found = self._scrm_chosen(template)
            self._scrm_with_customer(panel._customer(talk))
            return self._scrm_form_json(found, self._scrm_first_values(found))

        return self._scrm_answer(key, show)

    @route("/state")
    def scrm_wecom_state(self, key, signed=None, template=None, values=None):
        """How a form looks with what was typed so far."""

        def show(door, panel):
            talk = panel._talk(door, signed)
            self._scrm_with_customer(panel._customer(talk))
            return self._scrm_state(
                self._scrm_chosen(template), self._scrm_dict(values)
            )

        return self._scrm_answer(key, show)

    @route("/submit")
    def scrm_wecom_submit(
        self, key, signed=None, template=None, values=None, message=None, once=None
    ):
        """Send a form that was filled in."""

        def submit(door, panel):
            talk = panel._talk(door, signed)
            found = self._scrm_chosen(template)
            quoted = panel._message(door, talk, message)
            typed = self._scrm_dict(values)
            return self._scrm_made(
                panel._submit(door, talk, found, typed, quoted, once)
            )

        return self._scrm_answer(key, submit)

    # Filling in together

    @route("/draft/open")
    def scrm_wecom_draft_open(
        self, key, signed=None, template=None, message=None, device=None
    ):
        """Open the ticket that the group fills in together, or join it."""

        def begin(door, panel):
            talk = panel._talk(door, signed)
            found = self._scrm_chosen(template)
            quoted = panel._message(door, talk, message)
            draft = panel._open_draft(door, talk, found, quoted, device)
            self._scrm_with_customer(draft.partner_id)
            shown = draft._shown(request.env)
            return {"form": self._scrm_form_json(found, shown["answers"]), **shown}

        return self._scrm_answer(key, begin)

    @route("/draft/read")
    def scrm_wecom_draft_read(self, key, signed=None, draft=None, turn=None):
        """What others wrote since a turn; nothing where nobody did."""

        def show(door, panel):
            found = panel._draft(door, panel._talk(door, signed), draft)
            return found._shown(request.env) if found.turn != turn else {}

        return self._scrm_answer(key, show)

    @route("/draft/answer")
    def scrm_wecom_draft_answer(
        self, key, signed=None, draft=None, field=None, value=None, seen=None
    ):
        """Write one answer, over what was seen."""

        def write(door, panel):
            found = panel._draft(door, panel._talk(door, signed), draft)
            conflict = found._answer(request.env, field, value, seen)
            return {"conflict": conflict, **found._shown(request.env)}

        return self._scrm_answer(key, write)

    @route("/draft/send")
    def scrm_wecom_draft_send(self, key, signed=None, draft=None):
        """Make the ticket of it."""

        def send(door, panel):
            found = panel._draft(door, panel._talk(door, signed), draft)
            if found.ticket_id:  # somebody else was quicker
                return self._scrm_made(found.ticket_id)
            return self._scrm_made(found._send(request.env))

        return self._scrm_answer(key, send)

    # What all of them do

    def _scrm_answer(self, key, act):
        """Do what the page asks as the user, or say why not.

        :param act: function(app, panel) -> what to answer
        """
        door = self._scrm_app(key)
        if not request.env.user._is_internal():
            raise NotFound(request.env._("There is no such app."))
        try:
            with request.env.cr.savepoint():
                return act(door, request.env["scrm.wecom.panel"])
        except UserError as error:
            return {"refused": str(error)}

    def _scrm_app(self, key):
        # sudo: an app is found by its key; who comes in, WeCom says
        door = request.env["scrm.door.wecom"].sudo().search([("key", "=", key)])
        if not door:
            raise NotFound(request.env._("There is no such app."))
        return door

    def _scrm_chosen(self, template_key):
        template = self._scrm_template(template_key)
        if not template:
            raise UserError(request.env._("Please choose what it is about."))
        return template

    def _scrm_dict(self, values):
        if not isinstance(values, dict):
            raise UserError(request.env._("“%s” must be a JSON object.", "values"))
        return values

    def _scrm_with_customer(self, partner):
        """The form is filled in for this customer."""
        request.update_context(scrm_wecom_customer=partner.id)

    def _scrm_made(self, ticket):
        """What the page says of a ticket that was made."""
        # sudo: the number of a ticket that a colleague of this chat made
        number = ticket.sudo().number
        can_open = ticket.sudo(False).with_user(request.env.user).has_access("read")
        return {
            "ticket": number,
            "url": f"/odoo/helpdesk.ticket/{ticket.id}" if can_open else "",
        }
