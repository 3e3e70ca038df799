"""A flow with a check of readings in it."""

from .common import FlowCase


class CheckCase(FlowCase):
    """Bob measures, Eve is the technical director::

    start -> measure (Bob) --> visit (Cid) -> end
             area between 2 and 8, else frozen
             note is filled in, else not completed
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.directors = cls.env["res.groups"].create(
            {"name": "Directors", "user_ids": [(6, 0, cls.eve.ids)]}
        )
        cls.flow = cls.make_check()

    @classmethod
    def make_check(cls, key="maintenance", **values):
        def people(*users):
            return {
                "handler_rule": "people",
                "handler_user_ids": [(6, 0, [user.id for user in users])],
            }

        checks = [
            {
                "key": "voltage",
                "kind": "limits",
                "field_path": "area",
                "lower": "2",
                "upper": "8",
                "severity": "freeze",
                "message": "The voltage is dangerous",
            },
            {
                "key": "report",
                "kind": "domain",
                "condition": "[('note', '!=', False)]",
                "severity": "block",
                "message": "The report is missing",
            },
        ]
        version = cls.make_draft(
            [
                {"key": "start", "type": "start"},
                {
                    "key": "measure",
                    "type": "check",
                    **people(cls.bob),
                    "check_ids": [(0, 0, check) for check in checks],
                    "alert_group_id": cls.directors.id,
                    "release_group_id": cls.directors.id,
                    "is_release_exclusive": True,
                    **values,
                },
                {"key": "visit", "type": "user_task", **people(cls.cid)},
                {"key": "end", "type": "end"},
            ],
            [
                ("begin", "start", "measure", {}),
                ("measured", "measure", "visit", {}),
                ("visited", "visit", "end", {}),
            ],
            key=key,
        )
        version.action_publish()
        return version.flow_id

    @classmethod
    def change_check(cls, **values):
        draft = cls.flow.published_version_id._copy_as_draft()
        draft.node_ids.filtered(lambda node: node.key == "measure").write(values)
        draft.action_publish()

    def inbox(self, user, order):
        return self.env["mail.message"].search(
            [
                ("partner_ids", "in", user.partner_id.ids),
                ("model", "=", order._name),
                ("res_id", "=", order.id),
            ]
        )
