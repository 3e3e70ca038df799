import json
from hashlib import sha256

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

#: What the designer sends of a line of the form.
LINE_VALUES = (
    "section",
    "required",
    "required_when",
    "shown_when",
    "default_kind",
    "default_value",
)
#: What it sends of a field of the catalogue, besides key, type and options.
FIELD_VALUES = (
    "name",
    "help",
    "format",
    "mask",
    "minimum",
    "maximum",
    "max_length",
    "formula",
    "digits",
    "record_model",
    "record_domain",
    "record_public",
)


class StaleForm(UserError):
    """What is to be saved was designed on a form that is not the newest."""


class ScrmTicketTemplate(models.Model):
    """What the form designer shows and saves: the whole form at once."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.ticket.template"

    def action_design_form(self):
        """Open the form designer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "scrm_ticket.scrm_ticket_template_action_design"
        )
        return {**action, "res_id": self.id, "name": self.display_name}

    # Showing

    def design_form_load(self) -> dict:
        """The form and all that can be put into it, as the designer keeps them.

        ``edition`` stands for the form as it is now; :meth:`design_form_save` takes it
        back.
        """
        self.ensure_one()
        self.check_access("read")
        fields = self.env["scrm.form.field"]
        every = fields.search([("active", "in", [True, False])])
        lines = self._design_form_lines()
        return {
            "id": self.id,
            "key": self.key,
            "name": self.name,
            "flow": self.flow_id.name or False,
            "edition": self._design_form_edition(),
            "editable": self._design_form_editable(),
            "lines": lines,
            "catalogue": [field._design_values() for field in every if field.active],
            "taken_keys": every.mapped("key"),
            "types": self._design_choices(fields, "type"),
            "formats": self._design_choices(fields, "format"),
            "record_models": self._design_choices(fields, "record_model"),
            "variants": [
                {
                    "id": variant.id,
                    "name": variant.regions,
                    "usual": self.store_id.region in variant._scrm_regions(),
                }
                for variant in self.variant_ids
            ],
            "default_kinds": self._design_choices(self.line_ids, "default_kind"),
        }

    @api.model
    def _design_choices(self, records, name):
        return [
            {"key": key, "name": label}
            for key, label in records._fields[name]._description_selection(self.env)
        ]

    def _design_form_editable(self):
        """Whether the current user may change the form and its fields."""
        try:
            self.check_access("write")
            self.env["scrm.form.field"].check_access("create")
        except AccessError:
            return False
        return True

    def _design_form_lines(self):
        return [
            {
                "id": line.id,
                "field": line.field_id._design_values(),
                "variant_id": line.variant_id.id,
                **{name: line[name] for name in LINE_VALUES},
            }
            for line in self.line_ids.sorted()
        ]

    def _design_form_edition(self):
        """A short text that is another one after any change of the form."""
        shown = json.dumps(self._design_form_lines(), sort_keys=True)
        return sha256(shown.encode()).hexdigest()[:16]

    # Saving

    def design_form_save(self, edition, lines) -> dict:
        """Make the form what was designed, all of it or nothing.

        :param edition: of the form on which the caller has worked
        :param lines: the fields in order, each with ``id`` (False: new), the values of
            the line, and ``field``: ``id`` (False: new), ``key``, ``type``, ``options``
            and what else is to be set on the field of the catalogue
        :return: answer of :meth:`design_form_load`
        :raise StaleForm: somebody has changed the form since
        :raise ValidationError: something in it cannot be, naming the field
        """
        self.ensure_one()
        self.check_access("write")
        self.lock_for_update(allow_referencing=True)
        self.invalidate_recordset()
        if edition != self._design_form_edition():
            raise StaleForm(
                self.env._(
                    "The form “%s” was changed meanwhile. Load it again; your changes "
                    "are not saved.",
                    self.name,
                )
            )
        before = self._scrm_snapshot()
        known = {line.id: line for line in self.line_ids}
        fields = [self._design_save_field(line["field"]) for line in lines]
        # all fields first: conditions of one ask for another
        rows = [
            known.get(line.get("id"))
            or self.line_ids.create({"template_id": self.id, "field_id": field.id})
            for line, field in zip(lines, fields, strict=True)
        ]
        gone = self.line_ids.browse(known) - self.line_ids.browse().union(*rows)
        for number, (row, line) in enumerate(zip(rows, lines, strict=True)):
            self._design_join_section(row, line.get("section"))
            wanted = {name: line[name] for name in LINE_VALUES if name in line}
            wanted["sequence"] = 10 * number
            row._design_write(wanted)
            variant = self.variant_ids.browse(line.get("variant_id") or [])
            if row.variant_id != variant:
                row.variant_id = variant
        gone.unlink()
        self._scrm_keep_form(before)
        return self.design_form_load()

    @api.model
    def _design_save_field(self, vals):
        """The field of the catalogue, as the designer wants it."""
        fields = self.env["scrm.form.field"]
        wanted = {name: vals[name] for name in FIELD_VALUES if name in vals}
        if not vals.get("id"):
            options = [
                Command.create({"key": one["key"], "name": one["name"], "sequence": n})
                for n, one in enumerate(vals.get("options") or ())
            ]
            return fields.create(
                {
                    "key": vals.get("key"),
                    "type": vals.get("type"),
                    "option_ids": options,
                    **wanted,
                }
            )
        field = fields.browse(vals["id"]).exists()
        if not field:
            raise UserError(
                self.env._(
                    "The catalogue no longer has the field “%s”.", vals.get("name")
                )
            )
        field._design_write(wanted)
        if "options" in vals:
            field._design_save_options(vals["options"])
        return field

    def _design_join_section(self, row, section):
        """A field that joins a part of the form takes its heading in all languages."""
        if not section or row.section == section:
            return
        same = (self.line_ids - row).filtered(lambda line: line.section == section)[:1]
        stored = same and same._fields["section"]._get_stored_translations(same)
        if stored:
            row.section = section
            row.update_field_translations("section", stored)


class ScrmTicketTemplateLine(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.ticket.template.line"

    def _design_write(self, wanted):
        """Write what differs."""
        changed = {name: new for name, new in wanted.items() if self[name] != new}
        if changed:
            self.write(changed)


class ScrmFormField(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.form.field"

    def _design_values(self) -> dict:
        self.ensure_one()
        return {
            "id": self.id,
            "key": self.key,
            "type": self.type,
            **{name: self[name] for name in FIELD_VALUES},
            "options": [
                {
                    "id": option.id,
                    "key": option.key,
                    "name": option.name,
                    "depth": len(option.display_name.split(" / ")) - 1,
                }
                for option in self.option_ids
            ],
            "used": self.template_count,
        }

    def _design_write(self, wanted):
        """Write what differs."""
        changed = {
            name: new for name, new in wanted.items() if (self[name] or False) != new
        }
        # 0 and an empty text are no change of what is not set
        changed = {name: v for name, v in changed.items() if self[name] or v}
        if changed:
            self.write(changed)

    def _design_save_options(self, options):
        """Make the options these, in this order; ``id`` False is a new one."""
        known = {option.id: option for option in self.option_ids}
        commands = []
        for number, one in enumerate(options):
            vals = {"name": one["name"], "sequence": number}
            option = known.pop(one.get("id"), None)
            if not option:
                commands.append(Command.create({"key": one["key"], **vals}))
            elif any(option[name] != new for name, new in vals.items()):
                commands.append(Command.update(option.id, vals))
        commands += [Command.delete(option_id) for option_id in known]
        if commands:
            self.write({"option_ids": commands})
