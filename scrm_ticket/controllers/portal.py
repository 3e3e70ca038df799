import uuid

from odoo import fields, http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk

from .form import TicketForm


class ScrmTicketPortal(TicketForm, CustomerPortalHelpdesk):
    """The customer's side: choose a form, fill it in, follow the ticket."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "scrm_open_ticket_count" in counters:
            tickets = request.env["helpdesk.ticket"]
            values["scrm_open_ticket_count"] = (
                tickets.search_count([("stage_id.closed", "=", False)])
                if tickets.has_access("read")
                else 0
            )
        return values

    # Choosing

    @http.route("/my/scrm/new", type="http", auth="user", website=True, methods=["GET"])
    def scrm_portal_choose(self, **kw):
        """Show the forms on the portal."""
        values = self._prepare_portal_layout_values()
        templates = self._scrm_offered()
        suggested = templates._scrm_suggest(self._scrm_customer())
        values.update(
            templates=suggested | templates,
            suggested=suggested,
            query=self._scrm_device_query(),
            device=self._scrm_device_words(),
            page_name="scrm_new",
        )
        return request.render("scrm_ticket.portal_choose_template", values)

    # Filling in

    @http.route(
        "/my/scrm/new/<string:template_key>",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
    )
    def scrm_portal_form(self, template_key, **kw):
        """Show a form; on POST take it in, or show what is wrong with it."""
        template = self._scrm_template(template_key)
        if not template:
            return self._scrm_no_form()
        self._scrm_with_device()
        if request.httprequest.method == "GET":
            sent = {"submission_key": uuid.uuid4(), "device": kw.get("device")}
            return self._scrm_render_form(
                template, sent, self._scrm_first_values(template)
            )
        sent = request.httprequest.form.to_dict()
        files = self._scrm_sent_files()
        values = self._scrm_typed(template, request.httprequest)
        errors = self._scrm_errors(template, values)
        file_error = self._scrm_check_files(files)
        if file_error:
            errors["attachment"] = file_error
        if errors:
            status = 413 if list(errors) == ["attachment"] else 422
            return self._scrm_render_form(template, sent, values, errors, status)
        try:
            with request.env.cr.savepoint():
                ticket = self._scrm_take_in(template, values, sent, files)
        except (UserError, AccessError) as error:
            return self._scrm_render_form(template, sent, values, {"": str(error)}, 422)
        return self._scrm_received(f"/my/ticket/{ticket['id']}?submitted=1")

    def _scrm_received(self, url):
        """Lead to the ticket's page.

        The form's script is told where that is: it would follow a redirect itself, and
        the page would be made twice.
        """
        redirect = request.redirect(url)
        if request.httprequest.headers.get("X-Requested-With") == "XMLHttpRequest":
            return request.make_json_response({"location": redirect.location})
        return redirect

    @http.route(
        "/my/scrm/new/<string:template_key>/state",
        type="jsonrpc",
        auth="user",
        website=True,
    )
    def scrm_portal_state(self, template_key, values):
        """How the form looks with what was typed so far; the page follows it."""
        return self._scrm_state_of(template_key, values)

    def _scrm_render_form(self, template, sent, typed, errors=None, status=200):
        """The form with what was typed so far and what is wrong with it.

        The arguments are those of :meth:`_scrm_form_page`.
        """
        values = self._prepare_portal_layout_values()
        values.update(
            self._scrm_form_page(template, sent, typed, errors),
            state_url=f"/my/scrm/new/{template.key}/state{self._scrm_device_query()}",
        )
        return request.render("scrm_ticket.portal_form", values, status=status)

    # Following

    def _document_check_access(self, model_name, document_id, access_token=None):
        if model_name == "helpdesk.ticket" and access_token:
            ticket = request.env[model_name].browse(document_id).exists()
            if ticket and ticket._scrm_link_is_past():
                access_token = None
        return super()._document_check_access(model_name, document_id, access_token)

    @http.route()
    def portal_my_ticket(self, ticket_id, access_token=None, **kw):
        try:
            self._document_check_access("helpdesk.ticket", ticket_id, access_token)
        except (AccessError, MissingError):
            return self._scrm_refused()
        return super().portal_my_ticket(ticket_id, access_token=access_token, **kw)

    def _scrm_refused(self):
        """Says the same for a ticket of somebody else and for one that is none."""
        return request.render(
            "scrm_ticket.portal_ticket_refused",
            {**self._prepare_portal_layout_values(), "page_name": "scrm_refused"},
            status=403,
        )

    def _ticket_get_page_view_values(self, ticket, access_token, **kwargs):
        values = super()._ticket_get_page_view_values(ticket, access_token, **kwargs)
        values.update(
            scrm_progress=[
                {
                    **item,
                    "since": fields.Datetime.to_datetime(item["since"]),
                    "until": fields.Datetime.to_datetime(item["until"]),
                    "expected": fields.Datetime.to_datetime(item.get("expected")),
                }
                for item in ticket._scrm_progress(for_customer=True)
            ],
            scrm_values=ticket._scrm_values_for_display(),
            scrm_told=ticket._scrm_told() if self._scrm_is_for_customer(ticket) else [],
            scrm_live=ticket.scrm_run_state in ("running", "incident"),
            submitted=bool(kwargs.get("submitted")),
            **self._scrm_rating(ticket),
        )
        if request.env.user._is_public():  # closing takes a login
            values["closed_stages"] = values["closed_stages"].browse()
        return values

    def _scrm_is_for_customer(self, ticket):
        """Whether the page is looked at by the customer, or by who has his link."""
        reader = request.env.user.partner_id.commercial_partner_id
        return ticket.commercial_partner_id == reader or request.env.user._is_public()

    def _scrm_rating(self, ticket):
        """The customer's rating of a closed ticket, and what lets him give it."""
        if not ticket.closed or not self._scrm_is_for_customer(ticket):
            return {"rating_token": None, "rating": None}
        given = ticket.rating_ids.filtered("consumed")[:1]
        token = given.access_token or ticket._rating_get_access_token()
        return {"rating_token": token, "rating": given}
