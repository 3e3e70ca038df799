from base64 import b64encode

from werkzeug.exceptions import NotFound

from odoo import fields
from odoo.http import request
from odoo.tools.misc import formatLang

from ..forms.file_names import bare, runs
from ..forms.readers import Refused, read_datetime
from .missing_page import missing_page

#: Inputs of the form besides the template's fields.
OWN_INPUTS = {
    "csrf_token",
    "submission_key",
    "subject",
    "description",
    "attachment",
    "device",
}
#: Names of the inputs for the template's fields begin with this.
FIELD_PREFIX = "field."
#: Files per ticket.
FILE_LIMIT = 10
MEGABYTE = 1024 * 1024


class TicketForm:
    """A template's form as a page: shown, read back, checked, taken in.

    What the pages have in common, on the portal and on the website.
    """

    #: Key of the ``scrm.ticket.door`` that the page is.
    _scrm_door_key = "portal"
    #: Where one chooses among the forms.
    _scrm_choose_url = "/my/scrm/new"

    def _scrm_door(self):
        return request.env["scrm.ticket.door"]._kind(self._scrm_door_key)

    def _scrm_templates(self):
        """The templates that may be chosen here."""
        # Customers read no templates; published ones are shown to them here.
        return (
            request.env["scrm.ticket.template"]
            .sudo()
            .search(self._scrm_door()._template_domain())
        )

    def _scrm_offered(self):
        """The templates to choose from: of a scanned device those that ask for one."""
        templates = self._scrm_templates()
        if not self._scrm_device():
            return templates
        return templates.filtered(lambda one: one._scrm_keys("serial")) or templates

    def _scrm_template(self, key):
        """The template of this key, empty when it may not be chosen here."""
        return self._scrm_templates().filtered(lambda template: template.key == key)

    def _scrm_no_form(self):
        """The page of a form that is not offered here, or not any more."""
        return missing_page(
            request.env._("There is no such form."),
            request.env._("It may have been replaced by another one."),
            self._scrm_choose_url,
        )

    def _scrm_customer(self):
        """Whose data fills in the form at first, may be empty."""
        return request.env.user.partner_id

    def _scrm_own_vals(self):
        """What conditions of the form know of the ticket to be."""
        return {"partner_id": self._scrm_customer().id}

    def _scrm_device(self):
        """The device whose sticker was scanned, may be empty."""
        token = request.httprequest.values.get("device")
        return request.env["stock.lot"]._scrm_of_label(token)

    def _scrm_with_device(self):
        """From now on the scanned device may be named, whosever it is."""
        if lot := self._scrm_device():
            request.update_context(scrm_label=lot.scrm_label_token)

    def _scrm_device_query(self):
        lot = self._scrm_device()
        return f"?device={lot.scrm_label_token}" if lot else ""

    def _scrm_device_words(self):
        """What stands on the sticker that was scanned, or nothing."""
        lot = self._scrm_device()
        return f"{lot.product_id.name} · {lot.name}" if lot else ""

    def _scrm_first_values(self, template):
        """What the form holds when it is opened."""
        typed = request.env["helpdesk.ticket"]._scrm_with_defaults(
            template, {}, self._scrm_customer()
        )
        if lot := self._scrm_device():
            for key in template._scrm_keys("serial")[:1]:
                typed[key] = lot.name
        return typed

    # Reading what was sent

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
            if name not in self._scrm_own_inputs()
        }
        for rule in self._scrm_rules(template):
            name = f"{FIELD_PREFIX}{rule.key}"
            if not rule.is_editable:
                continue
            if rule.type == "tags":
                values[rule.key] = form.getlist(name)
            elif rule.type == "file":
                values.setdefault(rule.key, [])
            else:
                values.setdefault(rule.key, "")
        for name in files.keys() - self._scrm_own_inputs():
            # of an input that the form does not have as well: it is refused by name
            if uploads := self._scrm_uploads(files.getlist(name)):
                values[name.removeprefix(FIELD_PREFIX)] = uploads
        return self._scrm_in_utc(template, values)

    def _scrm_uploads(self, files):
        """Files as the fields of a form take them."""
        return [
            {"name": file.filename, "data": b64encode(file.read()).decode()}
            for file in files
            if file.filename
        ]

    def _scrm_own_inputs(self):
        return OWN_INPUTS

    def _scrm_in_utc(self, template, values):
        to_utc = request.env["scrm.form.field"]._scrm_to_utc
        moments = {key for key in template._scrm_keys("datetime") if values.get(key)}
        return {
            key: to_utc(value) if key in moments else value
            for key, value in values.items()
        }

    def _scrm_sent_files(self):
        return [
            file
            for file in request.httprequest.files.getlist("attachment")
            if file.filename
        ]

    # Checking and taking in

    def _scrm_errors(self, template, values):
        """Field key -> what is wrong with what was typed."""
        tickets = request.env["helpdesk.ticket"]
        checked, errors = template._scrm_check_values(
            values,
            rules=self._scrm_rules(template),
            outside=tickets._scrm_outside(template, None, self._scrm_own_vals()),
        )
        return {**errors, **tickets._scrm_check_links(template, checked, {})}

    def _scrm_check_files(self, files):
        """What is wrong with the attached files, or None."""
        tickets = request.env["helpdesk.ticket"]
        limit = tickets._scrm_file_limit()
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
            if runs(file.filename):
                return request.env._(
                    "“%s” was not taken: files that can run are refused.", file.filename
                )
        return None

    def _scrm_take_in(self, template, values, sent, files):
        """Create the ticket with its attachments.

        :return: {"id": int, "number": str}
        """
        ticket = request.env["helpdesk.ticket"]._scrm_submit(
            self._scrm_door_key,
            {
                "template": template.key,
                "values": values,
                "subject": sent.get("subject"),
                "description": sent.get("description"),
                **self._scrm_more_data(sent),
            },
            sent.get("submission_key"),
        )
        if not ticket["repeated"]:
            # The customer's own new ticket; attachments need rights customers lack.
            # What could run in a browser is kept as plain text.
            attachments = request.env["ir.attachment"].sudo()
            attachments.with_context(attachments_mime_plainxml=True).create(
                [
                    {
                        "name": bare(file.filename),
                        "raw": file.read(),
                        "res_model": "helpdesk.ticket",
                        "res_id": ticket["id"],
                    }
                    for file in files
                ]
            )
        return ticket

    def _scrm_more_data(self, sent):
        """What the door hears besides the form's fields."""
        return {}

    # Showing

    def _scrm_form_page(self, template, sent, typed, errors=None):
        """What the page of a form shows.

        :param sent: input name -> text, of the inputs of every form
        :param typed: field key -> value
        :param errors: field key, own input, or "" -> message
        """
        errors = dict(errors or {})
        lines = template._scrm_page_lines()
        shown = {line.field_key for line in lines} | self._scrm_own_inputs()
        tickets = request.env["helpdesk.ticket"]
        return {
            "page_name": "scrm_new",
            "template": template,
            "lines": self._scrm_lines(template, lines),
            "prefix": FIELD_PREFIX,
            "sent": sent,
            "typed": self._scrm_for_inputs(template, typed),
            "currency": (template.company_id or request.env.company).currency_id,
            "records_of": self._scrm_records_of,
            "history": tickets._scrm_history(
                self._scrm_customer(), request.env["stock.lot"]
            )
            if self._scrm_customer()
            and any(line.field_id.type == "history" for line in lines)
            else tickets,
            "errors": {key: text for key, text in errors.items() if key in shown},
            "general_errors": [
                text for key, text in errors.items() if key not in shown
            ],
            "file_limit": tickets._scrm_file_limit(),
            "file_hint": request.env._(
                "At most %s MB per file.", tickets._scrm_file_limit()
            ),
        }

    def _scrm_lines(self, template, lines):
        """The fields on the form: those one fills in, and what the server adds."""
        kept_back = {
            rule.key
            for rule in self._scrm_rules(template)
            if not rule.is_editable and (rule.formula is None or rule.right == "hidden")
        }
        return [line for line in lines if line.field_key not in kept_back]

    def _scrm_records_of(self, field):
        """The records that may be chosen in a field of the page."""
        # sudo: a field of a published form; its records are asked for as the reader
        catalogue = request.env["scrm.form.field"].sudo()
        return catalogue.browse(field.id)._scrm_records(request.env)

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

    def _scrm_state_of(self, template_key, values):
        """How the form of a template looks with what was typed so far.

        :raise NotFound: it cannot be chosen here, or this was not typed into it
        """
        template = self._scrm_template(template_key)
        self._scrm_with_device()
        if not template or not isinstance(values, dict):
            raise NotFound(request.env._("There is no such form."))
        return self._scrm_state(template, values)

    def _scrm_state(self, template, values):
        """How the form looks with what was typed so far; the page follows it."""
        state = request.env["helpdesk.ticket"]._scrm_form_state(
            template, self._scrm_in_utc(template, values), vals=self._scrm_own_vals()
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
