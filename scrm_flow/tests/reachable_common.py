"""Whether people can set everything that can be set, without anybody's help."""

import re

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase

#: What a business is set up with; rows that the program writes are not settings.
SETTINGS = re.compile(
    r"scrm\.("
    r"flow|flow\.(version|transition|node|roster|pause|backup)(\..+)?|decision\..+|"
    r"notice\.(rule|level|sentence|channel)|form\..+|ticket\.template(\..+)?|store|"
    r"repair\.plan(\..+)?|price\.(adjustment|item|condition|cell)|"
    r"settlement\.(plan|component|rule|condition|share|term|tier|cell)(\..+)?"
    r")"
)
#: Set by a screen of its own, or by the program; model -> fields -> why.
ELSEWHERE = {
    "scrm.decision.rule": {
        "result_model": "follows from the table",
        "result_id": "chosen as the result",
    },
    "scrm.flow": {"is_block": "said by the menu: Flows or Building Blocks"},
    "scrm.flow.node": {
        "service_config": "written as service_config_text",
        "pos_x": "where it is dragged to on the drawing",
        "pos_y": "where it is dragged to on the drawing",
        "call_flow_key": "follows from the flow that is called",
        "block_node_key": "follows from the block that was inserted",
        "block_copy": "follows from the block that was inserted",
    },
    "scrm.flow.roster": {"scrm_due_at": "when it looks next"},
    "scrm.notice.rule": {"node_keys": "chosen as nodes"},
}
#: Mixins of Odoo with fields of their own.
NOT_OURS = ("message_", "activity_", "rating_", "website_")
LOG = ("create_uid", "create_date", "write_uid", "write_date", "display_name")
#: Archived from the action menu; shown to who has several companies.
COMMON = ("active", "company_id")


class ReachableCase(TransactionCase):
    """Fields of our models that the administrator may write, but no view shows."""

    def assertReachable(self):
        shown = self._shown_fields()
        unreachable = {}
        for name in sorted(self.env.registry):
            model = self.env[name].with_user(self.admin)
            if not SETTINGS.fullmatch(name) or model._abstract or model._transient:
                continue
            if not model.has_access("write"):
                continue
            missing = [
                field.name
                for field in model._fields.values()
                if self._is_set_by_people(field)
                and field.name not in shown.get(name, ())
                and field.name not in ELSEWHERE.get(name, ())
            ]
            if missing:
                unreachable[name] = missing
        self.assertFalse(unreachable)

    @property
    def admin(self):
        return self.env.ref("base.user_admin")

    def _is_set_by_people(self, field):
        if not field.store or field.readonly or field.related or field.name == "id":
            return False
        if field.name in LOG + COMMON or field.name.startswith(NOT_OURS):
            return False
        if field.type == "one2many":
            return False  # its lines are looked for themselves
        if field.type == "many2one":
            # set by adding a line on the form of the other side
            other = self.env[field.comodel_name]._fields.values()
            return not any(
                one.type == "one2many"
                and one.comodel_name == field.model_name
                and one.inverse_name == field.name
                for one in other
            )
        return True

    def _shown_fields(self):
        """Model -> names of the fields on any of its screens."""
        ours = {
            name
            for name, model in self.env.items()
            if name.startswith("scrm.")
            or any(
                (f.comodel_name or "").startswith("scrm.")
                for f in model._fields.values()
            )
        }
        views = self.env["ir.ui.view"].search(
            [
                ("type", "in", ["form", "list"]),
                ("mode", "=", "primary"),
                ("model", "in", sorted(ours)),
            ]
        )
        shown = {}
        for view in views:
            try:
                found = self.env[view.model].with_user(self.admin).get_view(view.id)
            except AccessError:
                continue  # for others than the administrator
            for name, fields in found["models"].items():
                shown.setdefault(name, set()).update(fields)
        return shown
