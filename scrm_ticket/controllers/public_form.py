import uuid
from datetime import timedelta

from odoo import fields, http
from odoo.exceptions import AccessError, UserError
from odoo.http import request
from odoo.tools.misc import hash_sign, verify_hash_signed

from .door_limits import DoorLimits
from .form import OWN_INPUTS, TicketForm

#: What visitors say of themselves; inputs are named "contact.<key>".
CONTACT = ("name", "email", "phone")
#: What a field holds at first -> the input that visitors fill in anyhow.
ASKED = {
    "partner_name": "contact.name",
    "partner_email": "contact.email",
    "partner_phone": "contact.phone",
}
#: Nobody sees this input, and only a machine fills it in.
TRAP = "contact.fax"
#: Nobody reads and fills in a form in less, in seconds.
LEAST_SECONDS = 2
#: A page that was opened longer ago has to be sent once more.
LONGEST = timedelta(days=1)
#: Scope of the signature on the moment a page was opened.
SCOPE = "scrm_ticket.public_form"


class ScrmPublicForm(TicketForm, DoorLimits, http.Controller):
    """Forms on the website, for people who do not log in.

    How often an address may send is counted in the database
    (``scrm.door.quota``); a hidden input and the time since the page was opened
    keep simple machines away. Whoever is stopped is told, and finds what was typed.
    """

    _scrm_door_key = "public_form"
    _scrm_choose_url = "/scrm/new"

    def _scrm_own_inputs(self):
        contact = {f"contact.{key}" for key in CONTACT}
        return OWN_INPUTS | contact | {TRAP, "opened"}

    def _scrm_customer(self):
        return request.env["res.partner"]

    # Pages

    @http.route("/scrm/new", type="http", auth="public", website=True, methods=["GET"])
    def scrm_public_choose(self, **kw):
        """Show the forms on the website."""
        return request.render(
            "scrm_ticket.public_choose_template",
            {
                "templates": self._scrm_offered(),
                "query": self._scrm_device_query(),
                "device": self._scrm_device_words(),
            },
        )

    @http.route(
        "/scrm/new/<string:template_key>",
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
    )
    def scrm_public_form(self, template_key, **kw):
        """Show a form; on POST take it in, or show what is wrong with it."""
        template = self._scrm_template(template_key)
        if not template:
            return self._scrm_no_form()
        self._scrm_with_device()
        if request.httprequest.method == "GET":
            sent = self._scrm_fresh({"device": kw.get("device")})
            return self._scrm_render_form(
                template, sent, self._scrm_first_values(template)
            )
        seconds = self._scrm_seconds_to_wait()
        sent = request.httprequest.form.to_dict()
        values = self._scrm_typed(template, request.httprequest)
        if seconds:
            page = self._scrm_render_form(
                template, sent, values, {"": self._scrm_too_often(seconds)}, 429
            )
            page.headers["Retry-After"] = str(seconds)
            return page
        files = self._scrm_sent_files()
        errors = self._scrm_public_errors(template, sent, values, files)
        if errors:
            return self._scrm_render_form(
                template, self._scrm_fresh(sent), values, errors, 422
            )
        try:
            with request.env.cr.savepoint():
                ticket = self._scrm_take_in(template, values, sent, files)
        except (UserError, AccessError) as error:
            return self._scrm_render_form(template, sent, values, {"": str(error)}, 422)
        if not ticket["repeated"]:
            self._scrm_confirm(ticket["id"])
        return request.render(
            "scrm_ticket.public_sent",
            {"number": ticket["number"], "email": sent.get("contact.email")},
        )

    @http.route(
        "/scrm/new/<string:template_key>/state",
        type="jsonrpc",
        auth="public",
        website=True,
    )
    def scrm_public_state(self, template_key, values):
        """How the form looks with what was typed so far; the page follows it."""
        return self._scrm_state_of(template_key, values)

    def _scrm_render_form(self, template, sent, typed, errors=None, status=200):
        """The form with what was typed so far and what is wrong with it.

        The arguments are those of :meth:`_scrm_form_page`.
        """
        values = self._scrm_form_page(template, sent, typed, errors)
        values["required_contact"] = {"contact.name"} | {
            name for line, name in self._scrm_asked(template).items() if line.required
        }
        query = self._scrm_device_query()
        values["state_url"] = f"/scrm/new/{template.key}/state{query}"
        return request.render("scrm_ticket.public_form", values, status=status)

    # What the form asks as well as the page

    def _scrm_asked(self, template):
        """Lines of the form that ask what visitors say of themselves anyhow.

        :return: line -> name of the page's input
        """
        editable = {rule.key for rule in self._scrm_rules(template) if rule.is_editable}
        return {
            line: ASKED[line.default_kind]
            for line in template._scrm_lines_with_default()
            if line.default_kind in ASKED and line.field_key in editable
        }

    def _scrm_lines(self, template, lines):
        asked = {line.field_key for line in self._scrm_asked(template)}
        lines = super()._scrm_lines(template, lines)
        return [line for line in lines if line.field_key not in asked]

    def _scrm_typed(self, template, sent):
        values = super()._scrm_typed(template, sent)
        for line, name in self._scrm_asked(template).items():
            values[line.field_key] = values.get(line.field_key) or sent.form.get(name)
        return values

    def _scrm_errors(self, template, values):
        errors = super()._scrm_errors(template, values)
        for line, name in self._scrm_asked(template).items():
            if line.field_key in errors:
                errors.setdefault(name, errors.pop(line.field_key))
        return errors

    # Guarding

    def _scrm_seconds_to_wait(self):
        """0, or how long nothing is taken in from here."""
        quota = request.env["scrm.door.quota"]
        here = self._scrm_limit("scrm_ticket.public_limit_address")
        seconds = quota._take(self._scrm_door_key, self._scrm_network(), here)
        everywhere = self._scrm_limit("scrm_ticket.public_limit_all")
        return seconds or quota._take(self._scrm_door_key, "*", everywhere)

    def _scrm_too_often(self, seconds):
        return request.env._(
            "Much has been sent from your network lately. Please send your request "
            "again in %s; what you typed is still here.",
            self._scrm_wait_words(seconds),
        )

    def _scrm_public_errors(self, template, sent, values, files):
        """Input -> what is wrong with it."""
        errors = self._scrm_errors(template, values)
        contact = self._scrm_contact(sent)
        for key, text in self._scrm_door()._contact_faults(contact).items():
            errors[f"contact.{key}"] = text
        file_error = self._scrm_check_files(files)
        if file_error:
            errors["attachment"] = file_error
        if not errors and (problem := self._scrm_machine(sent)):
            errors[""] = problem
        return errors

    def _scrm_machine(self, sent):
        """Why the request may come from a machine, or None."""
        if sent.get(TRAP):
            return request.env._(
                "A field was filled in that people do not see. Please send your "
                "request again."
            )
        opened = self._scrm_opened(sent.get("opened"))
        now = request.env["scrm.clock"].now()
        if not opened or now - opened > LONGEST:
            return request.env._(
                "This page was open for long. Please check your request and send it "
                "again."
            )
        if now - opened < timedelta(seconds=LEAST_SECONDS):
            return request.env._(
                "That was very quick. Please check your request and send it again."
            )
        return None

    def _scrm_fresh(self, sent):
        """What was sent, with the inputs of a page that is opened now."""
        now = fields.Datetime.to_string(request.env["scrm.clock"].now())
        # sudo: the secret for the signature
        opened = hash_sign(request.env(su=True), SCOPE, now)
        key = sent.get("submission_key") or str(uuid.uuid4())
        sent = {name: text for name, text in sent.items() if name != TRAP}
        return {**sent, "submission_key": key, "opened": opened}

    def _scrm_opened(self, signed):
        """When the page was opened, None when that is not signed by us."""
        try:
            # sudo: as above
            return fields.Datetime.to_datetime(
                verify_hash_signed(request.env(su=True), SCOPE, signed or "")
            )
        except ValueError:
            return None

    # Taking in

    def _scrm_contact(self, sent):
        return {key: sent.get(f"contact.{key}") for key in CONTACT}

    def _scrm_more_data(self, sent):
        return {"contact": self._scrm_contact(sent)}

    def _scrm_confirm(self, ticket_id):
        """Write to the address that was left, with a link to the ticket."""
        # sudo: visitors read no tickets; it goes to the address on this one
        ticket = request.env["helpdesk.ticket"].sudo().browse(ticket_id)
        mail = request.env.ref(
            "scrm_ticket.mail_template_received", raise_if_not_found=False
        )
        if mail and ticket.partner_email:
            mail.sudo().send_mail(ticket.id)
