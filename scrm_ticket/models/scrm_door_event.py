import re

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval

from .scrm_form_field_record import words_of

#: A path in braces inside of a text: {partner_id.name}.
PLACE = re.compile(r"\{([a-z0-9_.]+)\}")
#: Fields that say what an event asks and tells.
ASKED = {"model_id", "domain", "partner_path", "subject", "description", "value_ids"}


class ScrmDoorEvent(models.Model):
    """Something that happens to records of Odoo and opens a ticket, with no human.

    A payment fails, stock falls below zero: as soon as the condition begins to hold
    for a record, it is noted in the same transaction (``scrm.door.event.entry``), and
    the ticket is opened at once after it, so that what goes wrong with the ticket
    never stops what happened to the record.
    """

    _name = "scrm.door.event"
    _inherit = ["scrm.key.mixin", "scrm.door.user.mixin"]
    _description = "Event for Tickets"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    key = fields.Char(
        required=True,
        copy=False,
        help="Stable name used by packs. Lower-case letters, digits and underscores.",
    )
    active = fields.Boolean(default=True)
    model_id = fields.Many2one(
        comodel_name="ir.model",
        string="Records",
        required=True,
        ondelete="cascade",
        domain=[("transient", "=", False), ("abstract", "=", False)],
    )
    model = fields.Char(related="model_id.model", string="Model")
    domain = fields.Char(
        string="Condition",
        required=True,
        default="[]",
        help="The ticket is opened when this begins to hold for a record.",
    )
    repeats = fields.Boolean(
        string="Each Time Anew",
        help="Opens another ticket when the condition holds again after it did not. "
        "Else each record has one ticket at most.",
    )
    template_id = fields.Many2one(required=True, ondelete="restrict")
    partner_path = fields.Char(
        string="Customer",
        help="Field of the record that says who the customer is. A contact is it "
        "itself.",
    )
    subject = fields.Char(
        translate=True,
        help="Fields of the record stand in braces: {display_name}, {partner_id.name}. "
        "Empty: the template's name.",
    )
    description = fields.Text(
        translate=True, help="As the subject, fields of the record in braces."
    )
    value_ids = fields.One2many(
        comodel_name="scrm.door.event.value",
        inverse_name="event_id",
        string="Form",
        copy=True,
    )
    entry_ids = fields.One2many(
        comodel_name="scrm.door.event.entry", inverse_name="event_id", string="Entries"
    )
    entry_count = fields.Integer(compute="_compute_entry_count")
    failed_count = fields.Integer(compute="_compute_entry_count")
    fault = fields.Text(
        readonly=True,
        copy=False,
        help="Why it was switched off: its condition could not be asked any more.",
    )

    _key_unique = models.Constraint(
        "UNIQUE(key)", "Another event already has this key."
    )

    @api.depends("entry_ids.state")
    def _compute_entry_count(self):
        rows = self.env["scrm.door.event.entry"]._read_group(
            [("event_id", "in", self.ids), ("state", "!=", "before")],
            ["event_id", "state"],
            ["__count"],
        )
        for event in self:
            counts = {state: count for of, state, count in rows if of == event}
            event.entry_count = sum(counts.values())
            event.failed_count = counts.get("failed", 0)

    @api.constrains("model_id", "domain")
    def _check_domain(self):
        for event in self:
            model = self.env.get(event.model)
            if model is None or not model._auto:
                raise ValidationError(
                    self.env._(
                        "“%(event)s”: nothing happens to “%(model)s” that could be "
                        "noticed.",
                        event=event.name,
                        model=event.model_id.name,
                    )
                )
            try:
                event._condition().validate(model)
            except (ValueError, SyntaxError, TypeError, NameError) as error:
                raise ValidationError(
                    self.env._(
                        "“%(event)s”: the condition “%(condition)s” cannot be asked of "
                        "%(model)s.",
                        event=event.name,
                        condition=event.domain,
                        model=event.model_id.name,
                    )
                ) from error

    @api.constrains("model_id", "partner_path", "subject", "description")
    def _check_paths(self):
        for event in self:
            for path in event._paths():
                event._field_at(path)
            if event.partner_path:
                field = event._field_at(event.partner_path)
                if getattr(field, "comodel_name", None) != "res.partner":
                    raise ValidationError(
                        self.env._(
                            "“%(event)s”: “%(path)s” is no contact.",
                            event=event.name,
                            path=event.partner_path,
                        )
                    )

    def _check_reach(self):
        """Refuse what who sets the event up could not ask and read: it is asked and
        told with more rights than that.

        :raise AccessError: on a model or a field out of reach
        """
        for event in self:
            model = self.env[event.model]
            model.check_access("read")
            model.with_context(active_test=False).search(event._condition(), limit=1)
            for path in (*event._paths(), *event.value_ids.mapped("path")):
                event._check_path_reach(path)

    def _paths(self):
        """The fields of the record that are told, but those of the form."""
        texts = f"{self.subject or ''}\n{self.description or ''}"
        return [*PLACE.findall(texts), *filter(None, [self.partner_path])]

    def _check_path_reach(self, path):
        """See :meth:`_check_reach`."""
        self._field_at(path)
        model = self.env[self.model]
        for name in path.split("."):
            model.check_access("read")
            field = model._fields[name]
            model._check_field_access(field, "read")
            model = self.env[field.comodel_name] if field.relational else model

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        events._check_reach()
        self.env.registry.clear_cache()
        events._note_present()
        return events

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & ASKED:
            self._check_reach()
        if vals.keys() & {"active", "model_id", "domain"}:
            self.env.registry.clear_cache()
            self._note_present()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    def action_view_entries(self):
        """Open what happened so far."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "scrm.door.event.entry",
            "view_mode": "list",
            "domain": [("event_id", "=", self.id), ("state", "!=", "before")],
        }

    # What it asks, and of which field

    def _condition(self):
        context = {"uid": self.env.uid}
        return Domain(safe_eval(self.domain or "[]", context))

    def _field_at(self, path):
        """The field that a path ends at.

        :raise ValidationError: there is none
        """
        self.ensure_one()
        field = self.env["scrm.form.field"]._scrm_field_at(self.model, path)
        if field is None:
            raise ValidationError(
                self.env._(
                    "“%(event)s”: “%(path)s” is no field of %(model)s that can be "
                    "told.",
                    event=self.name,
                    path=path,
                    model=self.model_id.name,
                )
            )
        return field

    @api.model
    @tools.ormcache()
    def _watched(self):
        """Names of the models that events look at -> ids of those events."""
        # sudo: events are looked for, whoever changes a record
        found = {}
        for event in self.sudo().search_fetch([], ["model_id"]):
            found.setdefault(event.model, []).append(event.id)
        return found

    def _note_present(self):
        """For which records the condition holds already: no news of those."""
        for event in self.filtered("active"):
            # sudo: as in _look
            records = self.env[event.model].sudo().with_context(active_test=False)
            found = records.search(event._condition())
            entries = self.env["scrm.door.event.entry"].sudo()  # sudo: as in _look
            past = [("event_id", "=", event.id), ("res_id", "not in", found.ids)]
            entries.search([*past, ("holds", "=", True)]).holds = False
            entries._enter(event, found.ids, "before")
            event.fault = False

    def _look(self, ids):
        """See for which of these records, just written, the condition begins to hold.

        :param ids: of records of the event's model, some of which may be gone
        """
        self.ensure_one()
        # sudo: the condition is the manager's, whoever changed the record
        records = self.env[self.model].sudo().with_context(active_test=False)
        found = set(records.search(self._condition() & Domain("id", "in", ids)).ids)
        entries = self.env["scrm.door.event.entry"].sudo()  # sudo: as above
        known = entries.search([("event_id", "=", self.id), ("res_id", "in", ids)])
        holding = known.filtered("holds")
        holding.filtered(lambda entry: entry.res_id not in found).holds = False
        begun = found - set(holding.mapped("res_id"))
        if not self.repeats:
            begun -= set(known.mapped("res_id"))
        if begun:
            entries._enter(self, sorted(begun), "waiting")
            # sudo: it only comes earlier
            self.env.ref("scrm_ticket.ir_cron_events").sudo()._trigger()

    # What the ticket says

    def _ticket_data(self, record):
        """The arguments of ``_scrm_submit`` for a record.

        :param record: sudo, in the language of the user that the event acts as
        """
        self.ensure_one()
        partner = record if record._name == "res.partner" else self.env["res.partner"]
        if self.partner_path:
            partner = record.mapped(self.partner_path)[:1]
        values = {}
        for line in self.value_ids:
            value = line._value(record)
            if value is not None:
                values[line.field_id.key] = value
        return {
            "template": self.template_id.key,
            "values": values,
            "subject": self._filled_in(self.subject, record)[:255],
            "description": self._filled_in(self.description, record),
            "partner": partner.id or None,
        }

    def _filled_in(self, text, record):
        return PLACE.sub(lambda found: words_of(record, found[1]), text or "")


class ScrmDoorEventValue(models.Model):
    """A field of the ticket's form that is filled in from the record."""

    _name = "scrm.door.event.value"
    _description = "Value of an Event's Ticket"
    _order = "sequence, id"

    event_id = fields.Many2one(
        comodel_name="scrm.door.event", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    field_id = fields.Many2one(
        comodel_name="scrm.form.field",
        string="Field of the Form",
        required=True,
        ondelete="cascade",
    )
    path = fields.Char(string="Field of the Record", required=True)
    model = fields.Char(related="event_id.model")

    _field_unique = models.Constraint(
        "UNIQUE(event_id, field_id)", "Each field of the form is filled in once."
    )

    @api.constrains("path", "field_id")
    def _check_path(self):
        for line in self:
            line.event_id._field_at(line.path)

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.event_id._check_reach()
        return lines

    def write(self, vals):
        result = super().write(vals)
        self.event_id._check_reach()
        return result

    def _value(self, record):
        """What the form gets, as the API takes it; None for nothing."""
        self.ensure_one()
        return self.field_id._scrm_value_of(record, self.path)
