import uuid
from base64 import b64encode

from werkzeug.exceptions import NotFound

from odoo import fields, http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request
from odoo.tools.misc import formatLang

from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk

from ..forms.readers import Refused, read_datetime

#: Inputs of the form besides the template's fields.
OWN_INPUTS = {"csrf_token", "submission_key", "subject", "description", "attachment"}
#: Names of the inputs for the template's fields begin with this.
FIELD_PREFIX = "field."
#: Files per ticket.
FILE_LIMIT = 10
MEGABYTE = 1024 * 1024


class ScrmTicketPortal(CustomerPortalHelpdesk):
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
        values.update(templates=self._scrm_templates(), page_name="scrm_new")
        return request.render("scrm_ticket.portal_choose_template", values)

    def _scrm_templates(self):
        """The templates a customer may choose."""
        # Customers read no templates; published ones are shown to them here.
        return (
            request.env["scrm.ticket.template"]
            .sudo()
            .search(request.env["helpdesk.ticket"]._scrm_portal_domain())
        )

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
        template = self._scrm_templates().filtered(
            lambda template: template.key == template_key
        )
        if not template:
            raise NotFound(request.env._("There is no such form."))
        if request.httprequest.method == "GET":
            typed = request.env["helpdesk.ticket"]._scrm_with_defaults(
                template, {}, request.env.user.partner_id
            )
            return self._scrm_render_form(
                template, {"submission_key": uuid.uuid4()}, typed
            )
        sent = request.httprequest.form.to_dict()
        files = [
            file
            for file in request.httprequest.files.getlist("attachment")
            if file.filename
        ]
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
        return request.redirect(f"/my/ticket/{ticket['id']}?submitted=1")

    @http.route(
        "/my/scrm/new/<string:template_key>/state",
        type="jsonrpc",
        auth="user",
        website=True,
    )
    def scrm_portal_state(self, template_key, values):
        """How the form looks with what was typed so far; the page follows it."""
        template = self._scrm_templates().filtered(
            lambda template: template.key == template_key
        )
        if not template or not isinstance(values, dict):
            raise NotFound(request.env._("There is no such form."))
        return self._scrm_state(template, values)

    def _scrm_state(self, template, values):
        tickets = request.env["helpdesk.ticket"]
        state = tickets._scrm_form_state(
            template,
            self._scrm_in_utc(template, values),
            vals={"partner_id": request.env.user.partner_id.id},
        )
        for line in template.line_ids:
            result = state["computed"].get(line.field_key)
            if result is not None:
                state["computed"][line.field_key] = (
                    ""
                    if result is False
                    else formatLang(request.env, result, digits=line.field_id.digits)
                )
        return state

    def _scrm_rules(self, template):
        """The form for whoever fills it in."""
        return request.env["helpdesk.ticket"]._scrm_rules_here(template)

    def _scrm_typed(self, template, sent):
        """What was typed into the form's fields.

        :param sent: the HTTP request
        :return: field key -> text, list of texts, or list of files
        """
        form, files = sent.form, sent.files
        values = {
            name.removeprefix(FIELD_PREFIX): value
            for name, value in form.to_dict().items()
            if name not in OWN_INPUTS
        }
        for rule in self._scrm_rules(template):
            name = f"{FIELD_PREFIX}{rule.key}"
            if not rule.is_editable:
                continue
            if rule.type == "tags":
                values[rule.key] = form.getlist(name)
            elif rule.type == "file":
                values[rule.key] = [
                    {"name": file.filename, "data": b64encode(file.read()).decode()}
                    for file in files.getlist(name)
                    if file.filename
                ]
            else:
                values.setdefault(rule.key, "")
        return self._scrm_in_utc(template, values)

    def _scrm_in_utc(self, template, values):
        to_utc = request.env["scrm.form.field"]._scrm_to_utc
        moments = {key for key in template._scrm_keys("datetime") if values.get(key)}
        return {
            key: to_utc(value) if key in moments else value
            for key, value in values.items()
        }

    def _scrm_errors(self, template, values):
        """Field key -> what is wrong with what was typed."""
        tickets = request.env["helpdesk.ticket"]
        vals = {"partner_id": request.env.user.partner_id.id}
        checked, errors = template._scrm_check_values(
            values,
            rules=self._scrm_rules(template),
            outside=tickets._scrm_outside(template, None, vals),
        )
        return {**errors, **tickets._scrm_check_links(template, checked, {})}

    def _scrm_take_in(self, template, values, sent, files):
        """Create the ticket with its attachments.

        :return: {"id": int, "number": str}
        """
        ticket = request.env["helpdesk.ticket"]._scrm_submit(
            "portal",
            {
                "template": template.key,
                "values": values,
                "subject": sent.get("subject"),
                "description": sent.get("description"),
            },
            sent.get("submission_key"),
        )
        if not ticket["repeated"]:
            # The customer's own new ticket; attachments need rights customers lack.
            request.env["ir.attachment"].sudo().create(
                [
                    {
                        "name": file.filename,
                        "raw": file.read(),
                        "res_model": "helpdesk.ticket",
                        "res_id": ticket["id"],
                    }
                    for file in files
                ]
            )
        return ticket

    def _scrm_check_files(self, files):
        """What is wrong with the attached files, or None."""
        limit = request.env["helpdesk.ticket"]._scrm_file_limit()
        if len(files) > FILE_LIMIT:
            return request.env._("Attach at most %s files.", FILE_LIMIT)
        for file in files:
            size = file.seek(0, 2)
            file.seek(0)
            if size > limit * MEGABYTE:
                return request.env._(
                    "“%(file)s” is too large: %(size).0f MB, at most %(limit)s MB are "
                    "accepted.",
                    file=file.filename,
                    size=size / MEGABYTE,
                    limit=limit,
                )
        return None

    def _scrm_file_hint(self):
        return request.env._(
            "At most %s MB per file.", request.env["helpdesk.ticket"]._scrm_file_limit()
        )

    def _scrm_render_form(self, template, sent, typed, errors=None, status=200):
        """The form with what was typed so far and what is wrong with it.

        :param sent: input name -> text, of the inputs of every form
        :param typed: field key -> value
        :param errors: field key, own input, or "" -> message
        """
        errors = dict(errors or {})
        shown = set(template.line_ids.field_id.mapped("key")) | {"attachment"}
        tickets = request.env["helpdesk.ticket"]
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="scrm_new",
            template=template,
            lines=self._scrm_lines(template),
            prefix=FIELD_PREFIX,
            sent=sent,
            typed=self._scrm_for_inputs(template, typed),
            currency=(template.company_id or request.env.company).currency_id,
            records_of=lambda field: field._scrm_records(request.env),
            history=tickets._scrm_history(
                request.env.user.partner_id, request.env["stock.lot"]
            )
            if "history" in template.line_ids.mapped("field_type")
            else tickets,
            errors={key: text for key, text in errors.items() if key in shown},
            general_errors=[text for key, text in errors.items() if key not in shown],
            file_limit=tickets._scrm_file_limit(),
            file_hint=self._scrm_file_hint(),
        )
        return request.render("scrm_ticket.portal_form", values, status=status)

    def _scrm_lines(self, template):
        """The fields on the form: those one fills in, and what the server adds."""
        rules = {rule.key: rule for rule in self._scrm_rules(template)}
        return template.line_ids.sorted().filtered(
            lambda line: line.field_key not in rules
            or rules[line.field_key].is_editable
            or (
                rules[line.field_key].formula is not None
                and rules[line.field_key].right != "hidden"
            )
        )

    def _scrm_for_inputs(self, template, typed):
        """What was typed, or a default, as the inputs of a page show it."""
        shown = dict(typed)
        for key in template._scrm_keys("datetime"):
            try:
                moment = fields.Datetime.to_datetime(
                    read_datetime(None, typed.get(key))
                )
            except Refused:
                continue
            local = fields.Datetime.context_timestamp(request.env.user, moment)
            shown[key] = local.strftime("%Y-%m-%dT%H:%M")
        return shown

    # Following

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
                }
                for item in ticket._scrm_progress(for_customer=True)
            ],
            scrm_values=ticket._scrm_values_for_display(),
            scrm_live=ticket.scrm_run_state in ("running", "incident"),
            submitted=bool(kwargs.get("submitted")),
        )
        return values
