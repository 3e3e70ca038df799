from odoo import models
from odoo.exceptions import AccessError, UserError

#: Who a right can be for, besides roles.
AUDIENCES = ("everybody", "handlers", "customers")


class ScrmTicketTemplate(models.Model):
    """Rights to the fields of a form per node and audience, as one table."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.ticket.template"

    def design_rights_load(self) -> dict:
        """The table: nodes of the flow, who there is, and what is set.

        Rights belong to a version of the flow: to its draft if there is one, else the
        published ones are shown and cannot be changed.
        """
        self.ensure_one()
        self.check_access("read")
        flow = self.flow_id
        draft = flow._draft_version() if flow else flow.version_ids
        version = draft or flow.published_version_id
        rights = self.env["scrm.form.right"]
        words = dict(rights._fields["audience"]._description_selection(self.env))
        rows = version.node_ids.form_right_ids
        return {
            "flow": flow.name or False,
            "version_id": version.id,
            "version": version.display_name if version else False,
            "editable": bool(draft) and draft.has_access("write"),
            "can_draft": bool(version) and not draft and version.has_access("write"),
            "nodes": [
                {"id": node.id, "key": node.key, "name": node.name}
                for node in version.node_ids.sorted("rank")
                if self.env["scrm.flow.node.type"]._kind(node.type)._behaviour
                in ("wait", "start", "end")
            ],
            "audiences": [
                *(
                    {"audience": key, "group_id": False, "name": words[key]}
                    for key in AUDIENCES
                ),
                *(
                    {
                        "audience": "role",
                        "group_id": group.id,
                        "name": group.display_name,
                    }
                    for group in rows.group_id
                ),
            ],
            "levels": self._design_choices(rights, "level"),
            "cells": [
                {
                    "node_id": row.node_id.id,
                    "field": row.field_id.key,
                    "audience": row.audience,
                    "group_id": row.group_id.id,
                    "level": row.level,
                }
                for row in rows
            ],
        }

    def design_rights_draft(self):
        """Make a draft of the flow to set rights in, and show the table again."""
        self.ensure_one()
        self.flow_id.published_version_id.design_new_draft()
        return self.design_rights_load()

    def design_rights_set(self, node_id, field_key, audience, group_id, level) -> dict:
        """Set one cell of the table.

        :param audience: everybody, handlers, customers or role
        :param group_id: id of the role, else False
        :param level: hidden, read, edit, required; False takes the right away
        :return: answer of :meth:`design_rights_load`
        :raise UserError: there is no such node or field in this form and its flow
        """
        self.ensure_one()
        field = self.line_ids.field_id.filtered(lambda one: one.key == field_key)
        node = self.flow_id.version_ids.node_ids.filtered(lambda n: n.id == node_id)
        if not field or not node:
            raise UserError(
                self.env._("The form “%s” was changed. Load it again.", self.name)
            )
        try:
            node.check_access("write")
        except AccessError as error:
            raise AccessError(
                self.env._(
                    "Rights belong to the flow “%s”. Its flow managers set them.",
                    self.flow_id.name,
                )
            ) from error
        row = node.form_right_ids.filtered(
            lambda row: (row.field_id, row.audience, row.group_id.id or False)
            == (field, audience, group_id or False)
        )
        if not level:
            row.unlink()
        elif row:
            row.level = level
        else:
            row.create(
                {
                    "node_id": node.id,
                    "field_id": field.id,
                    "audience": audience,
                    "group_id": group_id,
                    "level": level,
                }
            )
        return self.design_rights_load()
