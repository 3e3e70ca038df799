from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..forms import rights


class ScrmFormRight(models.Model):
    """What some people may do with a field of the form while a node is open."""

    _name = "scrm.form.right"
    _inherit = "scrm.flow.node.part.mixin"
    _description = "Right to a Form Field"
    _order = "node_id, sequence, id"
    _rec_name = "field_id"

    sequence = fields.Integer(default=10)
    field_id = fields.Many2one(
        "scrm.form.field", string="Field", required=True, ondelete="restrict"
    )
    audience = fields.Selection(
        [
            ("everybody", "Everybody Else"),
            ("handlers", "Handlers of the Step"),
            ("customers", "Customers and Partners"),
            ("role", "Role"),
        ],
        string="For Whom",
        required=True,
        default="everybody",
    )
    group_id = fields.Many2one("res.groups", string="Role", ondelete="restrict")
    level = fields.Selection(
        [
            ("hidden", "Does not see it"),
            ("read", "Can read it"),
            ("edit", "Can edit it"),
            ("required", "Must fill it in"),
        ],
        string="Right",
        required=True,
        default="read",
    )

    _once = models.UniqueIndex(
        "(node_id, field_id, audience, COALESCE(group_id, 0))",
        "A node has one right for each field and audience.",
    )

    @api.constrains("audience", "group_id")
    def _check_group(self):
        for row in self:
            if (row.audience == "role") != bool(row.group_id):
                raise ValidationError(
                    self.env._(
                        "Node “%(node)s”: a right to “%(field)s” for a role names it, "
                        "others name none.",
                        node=row.node_id.name,
                        field=row.field_id.name,
                    )
                )

    @api.model
    @tools.ormcache()
    def _scrm_versions(self):
        """IDs of the versions that are or were published and have such rights."""
        # sudo: rights hold for whoever asks, and are not shown
        rows = self.sudo().search([("node_id.version_id.state", "!=", "draft")])
        return frozenset(rows.node_id.version_id.ids)

    @api.model
    def _scrm_person(self, user):
        return rights.Person(
            groups=frozenset(user._get_group_ids()),
            is_customer=not user._is_internal(),
        )

    @api.model
    def _scrm_unreadable(self, user):
        """The fields that this user may not read at some node of some flow.

        By these nobody finds, sorts or groups: the answer would say what is hidden.

        :return: frozenset of keys
        """
        if not self._scrm_versions():
            return frozenset()
        groups = tuple(sorted(user._get_group_ids()))
        return self._scrm_cached_unreadable(groups, not user._is_internal())

    @api.model
    @tools.ormcache("groups", "is_customer")
    def _scrm_cached_unreadable(self, groups, is_customer):
        person = rights.Person(frozenset(groups), is_customer)
        # sudo: as above
        versions = self.env["scrm.flow.version"].sudo().browse(self._scrm_versions())
        return frozenset(
            key
            for version in versions
            for node in version._frozen_graph().nodes.values()
            for key, rows in node.data.get("form_rights", {}).items()
            if rights.right(rows, person) == "hidden"
        )
