from odoo import fields, models


class ScrmFlowNode(models.Model):
    """Who stands by: on duty, as a backup, or for somebody on leave."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.node"

    handler_roster_id = fields.Many2one(
        "scrm.flow.roster",
        string="Roster",
        ondelete="restrict",
        help="Who is on duty when the step opens gets it.",
    )
    is_passed_on = fields.Boolean(
        string="Pass On at Shift Change",
        help="Steps that are still open go to whoever is on duty next.",
    )
    reassign_on_leave = fields.Boolean(
        string="Reassign on Leave",
        default=True,
        help="When a leave of the handler begins, the steps that are still open go to "
        "somebody else by the rule above. If there is nobody, they stay, and the owner "
        "of the flow, or the flow managers, are told.",
    )
    backup_pool_id = fields.Many2one(
        "scrm.flow.backup.pool",
        string="Backup Pool",
        ondelete="restrict",
        help="Its people get steps as well while it is switched on.",
    )

    partner_path = fields.Char(
        string="Contact",
        help="Technical path on the record to the supplier, franchisee or other "
        "contact who handles it on the portal: partner_id, store_id.partner_id",
    )
    is_partner_company = fields.Boolean(
        string="Their Whole Company",
        help="Everybody of the contact's company who can log in, not just the contact.",
    )
    location_path = fields.Char(
        string="Location",
        help="Technical path on the record to the contact or address where the work "
        "is: partner_id when left empty. Its coordinates and those of the people's "
        "own contacts are compared.",
    )

    def _location_path(self):
        self.ensure_one()
        return (self.location_path or "").strip() or "partner_id"

    def _location_problem(self) -> str | None:
        return self._partner_path_problem(self._location_path())

    def _partner_path_problem(self, path) -> str | None:
        """Why a path does not lead to contacts, as the designer may see it."""
        self.ensure_one()
        path = (path or "").strip()
        if not path:
            return self.env._("no contact is chosen")
        if self.model not in self.env:
            return None
        model = self.env[self.model]
        for name in path.split("."):
            field = model._fields.get(name)
            if field is None or not model._has_field_access(field, "read"):
                return self.env._(
                    "%(path)s: %(model)s has no field “%(field)s” or you may not "
                    "see it",
                    path=path,
                    model=model._description,
                    field=name,
                )
            if not field.relational:
                break
            model = self.env[field.comodel_name]
        if model._name != "res.partner":
            return self.env._("%(path)s does not lead to a contact", path=path)
        return None

    def _init_column(self, column_name):
        if column_name == "reassign_on_leave":
            return  # what was published before goes on as it did
        super()._init_column(column_name)

    def _compile(self):
        return {
            **super()._compile(),
            "reassign_on_leave": self.reassign_on_leave,
            "backup_pool_id": self.backup_pool_id.id,
        }
