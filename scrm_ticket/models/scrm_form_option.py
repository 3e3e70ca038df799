from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ScrmFormOption(models.Model):
    """One of the answers of a choice, tags or category field."""

    _name = "scrm.form.option"
    _inherit = ["scrm.key.mixin", "scrm.form.part.mixin"]
    _description = "Form Field Option"
    _order = "sequence, id"
    _key_suffix = None

    display_name = fields.Char(recursive=True)
    field_id = fields.Many2one(
        comodel_name="scrm.form.field",
        string="Field",
        required=True,
        ondelete="cascade",
        index=True,
    )
    sequence = fields.Integer(default=10)
    key = fields.Char(required=True)
    name = fields.Char(string="Label", required=True, translate=True)
    parent_id = fields.Many2one(
        comodel_name="scrm.form.option",
        string="Below",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('field_id', '=', field_id)]",
        help="The category that this one belongs to. Empty: it is at the top.",
    )

    _key_unique = models.Constraint(
        "UNIQUE(field_id, key)", "This field already has an option with this key."
    )

    def _scrm_with_parents(self):
        """This option and those above it, from the most exact one up."""
        self.ensure_one()
        found = self
        while found[-1:].parent_id:
            found += found[-1:].parent_id
        return found

    @api.constrains("parent_id", "field_id")
    def _check_parent(self):
        for option in self:
            parent = option.parent_id
            if option._has_cycle() or (parent and parent.field_id != option.field_id):
                raise ValidationError(
                    self.env._(
                        "The option “%(option)s” cannot be below “%(parent)s”.",
                        option=option.name,
                        parent=parent.name,
                    )
                )

    @api.depends("name", "parent_id.display_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for option in self:
            parts = [option.parent_id.display_name] if option.parent_id else []
            option.display_name = " / ".join([*parts, option.name or ""])

    def _scrm_tree(self):
        """These options of one field as a tree read from top to bottom.

        :return: list of (option, depth); the top has depth 0
        """
        children = self.sorted().grouped("parent_id")
        rows = []

        def walk(parent, depth):
            for option in children.get(parent, ()):
                rows.append((option, depth))
                walk(option, depth + 1)

        walk(self.browse(), 0)
        return rows
