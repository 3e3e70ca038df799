from odoo import api, fields, models
from odoo.exceptions import UserError

#: What an earlier form remembers of each of its fields.
KEPT = (
    "sequence",
    "section",
    "required",
    "required_when",
    "shown_when",
    "default_kind",
    "default_value",
)
#: Earlier forms that are kept of one template.
REVISION_LIMIT = 20


class ScrmTicketTemplateRevision(models.Model):
    """How the form of a template was before it was changed."""

    _name = "scrm.ticket.template.revision"
    _description = "Earlier Form of a Template"
    _order = "id desc"

    template_id = fields.Many2one(
        "scrm.ticket.template", required=True, ondelete="cascade", index=True
    )
    kept_at = fields.Datetime(
        string="Valid until", required=True, default=lambda s: s.env["scrm.clock"].now()
    )
    user_id = fields.Many2one(
        "res.users", string="Changed by", default=lambda self: self.env.uid
    )
    lines = fields.Json(required=True)
    summary = fields.Char(string="Fields", compute="_compute_summary")

    @api.depends("lines")
    @api.depends_context("lang")
    def _compute_summary(self):
        for revision in self:
            keys = [line["field"] for line in revision.lines or ()]
            found = revision._scrm_fields(keys)
            revision.summary = ", ".join(
                found[key].name if key in found else key for key in keys
            )

    def _scrm_fields(self, keys):
        """The fields of the catalogue by key, archived ones as well."""
        catalogue = self.env["scrm.form.field"].with_context(active_test=False)
        return {field.key: field for field in catalogue.search([("key", "in", keys)])}

    def action_restore(self):
        """Make the template's form again what it was.

        The form of now is kept too, so this can be taken back. Values of tickets are
        not touched by either.

        :raise UserError: a field of it is no longer in the catalogue
        """
        self.ensure_one()
        found = self._scrm_fields([line["field"] for line in self.lines])
        gone = [line["field"] for line in self.lines if line["field"] not in found]
        if gone:
            raise UserError(
                self.env._(
                    "The catalogue no longer has these fields: %s", ", ".join(gone)
                )
            )
        template = self.template_id
        before = template._scrm_snapshot()
        rows = {line.field_id.key: line for line in template.line_ids}
        wanted = {line["field"] for line in self.lines}
        # all fields first: conditions of one ask for another
        for key in wanted - rows.keys():
            vals = {"template_id": template.id, "field_id": found[key].id}
            rows[key] = template.line_ids.create(vals)
        for line in self.lines:
            if rows[line["field"]].field_id.is_base:
                continue  # it was made one since: it stays as it is
            vals = {name: line.get(name) for name in KEPT}
            variant = template.variant_ids.browse(line.get("variant")).exists()
            rows[line["field"]].write({**vals, "variant_id": variant.id})
        for key in rows.keys() - wanted:
            if not rows[key].field_id.is_base:
                rows[key].unlink()
        template._scrm_keep_form(before)
        return True


class ScrmTicketTemplate(models.Model):
    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.ticket.template"

    revision_ids = fields.One2many(
        "scrm.ticket.template.revision", "template_id", string="Earlier Forms"
    )

    def write(self, vals):
        if "line_ids" not in vals:
            return super().write(vals)
        before = {template: template._scrm_snapshot() for template in self}
        result = super().write(vals)
        for template, lines in before.items():
            template._scrm_keep_form(lines)
        return result

    def _scrm_keep_form(self, lines):
        """Keep the form as it was, if it was another one.

        :param lines: answer of :meth:`_scrm_snapshot` before the change
        """
        self.ensure_one()
        if lines and lines != self._scrm_snapshot():
            # sudo: nobody writes these by hand
            revisions = self.sudo().revision_ids.sorted("id", reverse=True)
            revisions[REVISION_LIMIT - 1 :].unlink()
            revisions.create({"template_id": self.id, "lines": lines})

    def _scrm_snapshot(self):
        """The form as plain values."""
        return [
            {
                "field": line.field_key,
                **{name: line[name] for name in KEPT},
                **({"variant": line.variant_id.id} if line.variant_id else {}),
            }
            for line in self.line_ids.sorted()
        ]

    def action_restore_form(self):
        """Make the form again what it was before the last change.

        :raise UserError: it was never changed
        """
        self.ensure_one()
        if not self.revision_ids:
            raise UserError(
                self.env._("The form of “%s” was never changed.", self.name)
            )
        return self.revision_ids.sorted("id", reverse=True)[:1].action_restore()
