from collections.abc import Mapping
from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.orm.fields_properties import Property
from odoo.tools.misc import format_date, format_datetime, formatLang

from ..fields import FormValues
from ..forms import masks
from ..forms.rules import Fault, required_keys, survey


class HelpdeskTicket(models.Model):
    """The values of a ticket's form: checked at every way in, shown in words."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of the Form"
    )

    scrm_form_state = fields.Json(
        string="State of the Form", compute="_compute_scrm_form_state"
    )

    @api.depends(
        "scrm_values", "template_id", "partner_id", "priority", "store_id", "team_id"
    )
    @api.depends_context("uid", "lang")
    def _compute_scrm_form_state(self):
        for ticket in self:
            ticket.scrm_form_state = (
                ticket._scrm_form_state(
                    ticket.template_id, ticket.scrm_values._values, ticket
                )
                if ticket.template_id
                else False
            )

    # Checking

    @api.model
    def _scrm_checked_values(
        self, template, values, complete=True, stored=None, vals=None, node_key=None
    ):
        """The one evaluator of forms, whatever door the values come by.

        :param template: scrm.ticket.template
        :param values: field key -> value
        :param complete: whether required fields must have a value
        :param stored: the ticket that has values already
        :param vals: other values of the ticket that are written at the same time
        :param node_key: the node whose step the user completes
        :return: ``forms.rules.Checked``
        :raise ValidationError: one line per field that is wrong, each with its label
        """
        before = stored.scrm_values._values if stored else {}
        checked, faults = template._scrm_check_values(
            values,
            complete=complete,
            rules=self._scrm_rules_to_write(template, stored, node_key),
            stored=before,
            outside=self._scrm_outside(template, stored, vals or {}),
        )
        faults.update(self._scrm_check_links(template, checked, before, stored))
        if faults:
            raise ValidationError("\n".join(faults.values()))
        return checked

    def _scrm_rules_here(self, template, ticket=None, node_key=None):
        """The form for whoever asks; the engine, with sudo, may do everything.

        Who completes a step does it with his or her own rights, also where the
        engine goes on with sudo.
        """
        if self.env.su and not node_key:
            return template._scrm_rules()
        return template._scrm_rules_for(self.env.user, ticket, node_key)

    def _scrm_rules_to_write(self, template, ticket, node_key):
        """The form for whoever writes or completes.

        What must be filled in at a node is asked for when its step is completed, not
        whenever somebody saves on the way.
        """
        rules = self._scrm_rules_here(template, ticket, node_key)
        if not ticket or node_key:
            return rules
        return [
            replace(rule, right="edit") if rule.right == "required" else rule
            for rule in rules
        ]

    def _scrm_check_links(self, template, checked, before, ticket=None):
        """Ask the database for the records, devices and files that were chosen.

        :param checked: ``forms.rules.Checked``
        :param before: field key -> value that is stored
        :param ticket: the ticket that has values already
        :return: field key -> what is wrong with it
        """
        faults = {}
        for line in template._scrm_lines_of("record", "stock", "serial", "file"):
            field = line.field_id
            value = checked.values.get(field.key)
            if not value or value == before.get(field.key):
                continue
            fault = None
            if field.type in ("record", "stock"):
                if not field._scrm_find_record(self.env, value):
                    fault = Fault(field.key, "record", value)
            elif field.type == "serial":
                if not self._scrm_find_lot(value):
                    fault = Fault(field.key, "serial", value)
            elif field.type == "file":
                fault = self._scrm_file_fault(field, value, ticket)
            if fault:
                faults[field.key] = template._scrm_fault_message(fault, field.name)
        return faults

    def _scrm_outside(self, template, ticket, vals):
        """What conditions of a form read of the ticket besides its form.

        :param template: ``scrm.ticket.template``; a new ticket begins as it says
        :param ticket: the ticket as it is, may be empty
        :param vals: values that are written on it
        :return: function(path) -> value, the id of a record
        """
        # sudo: conditions are the manager's; nothing of what they read is shown
        ticket = (ticket or self.browse()).sudo()
        if not ticket:
            begin = {
                "priority": template.priority,
                "team_id": template.team_id.id,
                "store_id": template.store_id.id,
            }
            vals = {**begin, **{name: vals[name] for name in vals if vals[name]}}

        def get(path):
            name, _dot, rest = path.partition(".")
            value = ticket[name]
            if name in vals:
                value = vals[name]
                if ticket._fields[name].type == "many2one":
                    records = self.env[ticket._fields[name].comodel_name]
                    value = records.sudo().browse(value)  # sudo: as above
            for part in rest.split(".") if rest else ():
                value = value[part]
            if isinstance(value, models.BaseModel):
                return value._origin.id
            return value

        return get

    @api.model
    def _scrm_with_defaults(self, template, values, partner=None):
        """The values with the form's defaults for what was left out.

        :param values: field key -> value; anything else is left to the evaluator
        :param partner: the customer
        """
        if not isinstance(values, Mapping):
            return values
        # sudo: of the customer's own record, into the customer's own ticket
        partner = (partner or self.env["res.partner"]).sudo()
        found, later = {}, []
        for line in template._scrm_lines_with_default():
            key = line.field_key
            if key in values:
                continue
            if line.default_kind == "record":
                later.append(line)
            elif line.default_kind == "newest":
                newest = line.field_id._scrm_newest(self.env, partner)
                if newest:
                    found[key] = newest.id
            else:
                default = line._scrm_default(partner, self.env.user)
                if default is not None:
                    found[key] = default
        values = {**found, **values}
        return {**self._scrm_from_records(later, values), **values}

    @api.model
    def _scrm_from_records(self, lines, values):
        """What the records that were chosen on a form fill in.

        :param lines: ``scrm.ticket.template.line`` that are filled in so
        :param values: field key -> value
        """
        found = {
            # whoever fills in the form chooses, with his or her own rights
            line.field_key: line._scrm_from_record(self.env, values)
            for line in lines
        }
        return {key: value for key, value in found.items() if value is not None}

    @api.model
    def _scrm_form_state(self, template, values, ticket=None, vals=None):
        """How a form looks while somebody fills it in; the pages follow it.

        :param template: ``scrm.ticket.template``
        :param values: field key -> what was typed so far
        :param ticket: the ticket that has values already, may be empty
        :param vals: other values of the ticket
        :return: {"hidden": keys, "required": keys, "computed": {key: number},
            "notes": {key: {"text", "is_bad"}}, "filled": {key: value by the record
            that was chosen}}
        """
        rules = self._scrm_rules_here(template, ticket)
        if isinstance(template.id, int) and template._scrm_is_steady():
            needed = required_keys(rules, {}, {rule.key for rule in rules})
            return {
                "hidden": [],
                "required": sorted(needed),
                "computed": {},
                "notes": {},
            }
        seen = survey(
            rules,
            values,
            stored=ticket.scrm_values._values if ticket else {},
            outside=self._scrm_outside(template, ticket, vals or {}),
        )
        store = self.env["scrm.store"].browse((vals or {}).get("store_id"))
        store = store or (ticket and ticket.store_id) or template.store_id
        notes = {}
        secret = {rule.key for rule in rules if rule.right == "hidden"}
        for line in template._scrm_lines_telling():
            field = line.field_id
            value = seen.values.get(field.key)
            if not value or field.key not in seen.shown or field.key in secret:
                continue
            if field.type == "record":
                record = self._scrm_told_record(field, value, ticket)
                if record:
                    fields_here = self.env["scrm.form.field"]  # as who reads the form
                    notes[field.key] = fields_here._scrm_record_note(record)
            else:
                notes[field.key] = self._scrm_form_note(field, value, store)
        return {
            "hidden": [
                rule.key
                for rule in rules
                if rule.right != "hidden" and rule.key not in seen.shown
            ],
            "required": sorted(seen.required),
            "computed": seen.results,
            "notes": notes,
            "filled": self._scrm_from_records(
                template._scrm_lines_with_default().filtered(
                    lambda line: line.default_kind == "record"
                ),
                values,
            ),
        }

    def _scrm_told_record(self, field, value, ticket):
        """A record that the form tells of: one on the ticket, or that may be chosen.

        :return: the record with sudo; empty for who may not know of it
        """
        records = self.env[field._scrm_record_model()]
        stored = ticket.scrm_values._values if ticket else {}
        if value == stored.get(field.key):
            # sudo: who reads this answer of the ticket reads where the record stands
            return records.sudo().browse(value).exists()
        if self.env.user._is_internal() and not records.has_access("read"):
            return records
        return field._scrm_find_record(self.env, value).sudo()  # sudo: as above

    def _scrm_form_note(self, field, value, store):
        """What the form says about a device or a product that was chosen."""
        if field.type == "serial":
            lot = self._scrm_find_lot(value)
            if lot:
                return {"text": lot._scrm_describe(), "is_bad": False}
            text = self.env._("There is no device with this number.")
            return {"text": text, "is_bad": True}
        product = field._scrm_find_record(self.env, value)
        if not product:
            return {"text": "", "is_bad": True}
        quantity = field._scrm_available(product, store)
        # sudo: the unit of a product that may be chosen
        unit = product.sudo().uom_id.name
        return {
            "text": self.env._(
                "%(quantity)s %(unit)s available",
                quantity=formatLang(self.env, quantity, digits=0),
                unit=unit,
            ),
            "is_bad": quantity <= 0,
        }

    # Writing

    def _scrm_each_values(self, vals):
        """What is written on each of these tickets, all of it checked.

        :param vals: values with those of the form in ``scrm_values``
        :return: list of (ticket, values)
        """
        raw = vals["scrm_values"]
        found = []
        for ticket in self:
            template = (
                self.env["scrm.ticket.template"].browse(vals["template_id"])
                if "template_id" in vals
                else ticket.template_id
            )
            more = ticket._scrm_values_vals(template, raw, vals, stored=ticket)
            found.append((ticket, {**vals, **more}))
        return found

    def _scrm_values_vals(self, template, raw, vals, stored=None):
        """What a create or write stores of a form.

        A ticket that has left its first node must stay complete; before that it may
        still miss required values.

        :param template: scrm.ticket.template, may be empty
        :param raw: values in any format of a Properties field
        :param vals: the other values that are written
        :param stored: the ticket that is written on
        :return: dict of values of the ticket, its form's in ``scrm_values``
        :raise ValidationError: naming each field that is wrong
        """
        incoming = self._scrm_incoming(template, raw, stored)
        if not stored and template and "scrm_submit_uid" not in vals:
            # the submitting doors asked for defaults before they checked
            partner = self.env["res.partner"].browse(vals.get("partner_id"))
            incoming = self._scrm_with_defaults(template, incoming, partner)
        if not incoming:
            return {"scrm_values": {}}
        if not template:
            raise ValidationError(
                self.env._("Choose a template before you fill in its form.")
            )
        complete = bool(stored and stored._scrm_has_left_first_node())
        checked = self._scrm_checked_values(
            template, incoming, complete=complete, stored=stored, vals=vals
        )
        values = self._scrm_take_files(template, checked.values, stored)
        return {"scrm_values": values, **self._scrm_device_vals(template, values)}

    def _scrm_incoming(self, template, raw, stored):
        """What somebody really sent.

        The client and a copy send back everything they were given, also fields that
        left the form meanwhile, or that nobody fills in: no word about those. What a
        file says is meant, unless it is what is stored.
        """
        incoming = FormValues.plain(raw)
        if not isinstance(raw, list | Property):
            return incoming
        before = stored.scrm_values._values if stored else {}
        if stored and stored.template_id == template:
            # what is as it was is no change, and was checked when it was one
            incoming = {
                key: value
                for key, value in incoming.items()
                if key not in before or value != before[key]
            }
        if not incoming:
            return {}
        rules = {
            rule.key: rule
            for rule in self._scrm_rules_here(template, stored)
            if rule.right != "hidden"
        }
        kept = {}
        for key, value in incoming.items():
            if key not in rules:
                if isinstance(raw, list) and value and value != before.get(key):
                    kept[key] = value
            elif rules[key].is_editable and not (
                isinstance(raw, Property) and rules[key].type == "file"
            ):
                kept[key] = value
            elif self.env.context.get("scrm_import"):
                if value and value != before.get(key):
                    kept[key] = value
        return kept

    # Showing

    def _scrm_value(self, key):
        """Plain value of a form field, as it is stored (see ``forms/readers.py``).

        :param key: field key
        :return: None when the ticket has no value for it
        """
        self.ensure_one()
        value = self.scrm_values._values.get(key)
        return None if value is False else value

    @api.model
    def _scrm_count_values(self, key):
        """Whether any ticket has a value under this key: 1 or 0."""
        self.flush_model(["scrm_values"])
        query = """
            SELECT 1
              FROM helpdesk_ticket
             WHERE COALESCE(scrm_values ->> %s, 'false') NOT IN ('false', '[]')
             LIMIT 1
        """
        self.env.cr.execute(query, [key])
        return self.env.cr.rowcount

    def _scrm_values_for_display(self):
        """The filled fields of today's form in words of the reader's language.

        :return: list of {"key", "label", "section", "text"} in the form's order; files
            have "files" besides, a list of attachments
        """
        self.ensure_one()
        rows = []
        levels = self._scrm_form_rights()  # of the reader, also on a page with sudo
        kinds = self._scrm_masks()
        for line in self.template_id.line_ids.sorted():
            field = line.field_id
            if levels.get(field.key) == "hidden":
                continue
            value = self._scrm_value(field.key)
            if value is None or value == []:
                continue
            row = {
                "key": field.key,
                "label": field.name,
                "section": line.section or "",
            }
            row["text"] = masks.masked(
                kinds.get(field.key), self._scrm_words(field, value)
            )
            if field.type == "file":
                row["files"] = self.env["ir.attachment"].browse(value).exists()
            rows.append(row)
        return rows

    def _scrm_words(self, field, value):
        """A value in words of the reader's language."""
        if field.type in ("choice", "category", "tags"):
            names = dict(field._scrm_choices())
            keys = value if field.type == "tags" else [value]
            return ", ".join(names.get(key, key) for key in keys)
        if field.type in ("number", "formula"):
            digits = 0 if value == int(value) else 2
            return formatLang(self.env, value, digits=digits)
        if field.type == "money":
            return formatLang(self.env, value, currency_obj=self.scrm_currency_id)
        if field.type == "date":
            return format_date(self.env, value)
        if field.type == "datetime":
            zone = self.env.context.get("tz")  # of the reader, on the portal too
            return format_datetime(self.env, value, tz=zone, dt_format="short")
        if field.type == "yes_no":
            return self.env._("Yes")
        if field.type in ("record", "stock"):
            # sudo: the name of what was chosen on this ticket
            record = self.env[field._scrm_record_model()].sudo().browse(value)
            return record.exists().display_name or ""
        if field.type == "file":
            # sudo: names of files of this ticket
            files = self.env["ir.attachment"].sudo().browse(value).exists()
            return ", ".join(files.mapped("name"))
        return value
