"""The timeline while several people work at once.

What these tests commit stays in the test database: changes of tickets are kept. The
keys are random, so nothing else meets it.
"""

import uuid

from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged

from .race_common import Race


@tagged("post_install", "-at_install")
class TestTraceRace(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.race = Race(cls.registry)
        cls.tag = uuid.uuid4().hex[:8]
        with cls.registry.cursor() as cr:
            cls.make_small_world(api.Environment(cr, SUPERUSER_ID, {}))
            cr.commit()  # pylint: disable=invalid-commit

    @classmethod
    def make_small_world(cls, env):
        """Lea of a team, and a template with one field."""
        role = env.ref("helpdesk_mgmt.group_helpdesk_user_team")
        lea = env["res.users"].create(
            {
                "login": f"lea_{cls.tag}",
                "name": "Lea",
                "group_ids": [
                    Command.link(role.id),
                    Command.link(env.ref("scrm_ticket.group_user").id),
                ],
            }
        )
        team = env["helpdesk.ticket.team"].create(
            {"name": cls.tag, "user_ids": [Command.set(lea.ids)]}
        )
        field = env["scrm.form.field"].create(
            {"key": f"race_{cls.tag}", "name": "Place", "type": "text"}
        )
        template = env["scrm.ticket.template"].create(
            {
                "key": f"race_{cls.tag}",
                "name": "Race",
                "team_id": team.id,
                "line_ids": [Command.create({"field_id": field.id})],
            }
        )
        cls.key, cls.lea, cls.template = field.key, lea.id, template.id

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            ticket = env["helpdesk.ticket"].create(
                {
                    "name": "As it was",
                    "template_id": self.template,
                    "scrm_values": {self.key: "As it was"},
                }
            )
            self.ticket = ticket.id
            cr.commit()  # pylint: disable=invalid-commit

    def changes(self, **values):
        """What was kept of the ticket, in order: (before, after)."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            found = env["scrm.ticket.change"].search(
                [("ticket_id", "=", self.ticket)], order="id"
            )
            return [
                (row.before, row.after)
                for row in found
                if all(row[name] == value for name, value in values.items())
            ]

    def assertChain(self, rows, first, others):
        """Each change begins where the one before it ended."""
        self.assertEqual([row[0] for row in rows], [first, *(x[1] for x in rows[:-1])])
        self.assertEqual(sorted(row[1] for row in rows), sorted(others))

    def test_saves_at_the_same_moment(self):
        """Four save one ticket at once: every change is kept, each with what was
        there when it was made.

        Covers in part: R15
        """
        names = [f"By {number}" for number in range(4)]

        def save(name):
            return lambda env: (
                env["helpdesk.ticket"]
                .browse(self.ticket)
                .web_save({"name": name, "scrm_values": {self.key: name}}, {"name": {}})
            )

        answers = self.race.run(self.lea, [save(name) for name in names])
        for answer in answers:
            self.assertIsInstance(answer, list, answer)
        self.assertChain(self.changes(field="name"), "As it was", names)
        self.assertChain(self.changes(key=self.key), "As it was", names)

    def test_same_change_at_the_same_moment(self):
        """Two set the same priority at once: it was changed once."""

        def save(env):
            env["helpdesk.ticket"].browse(self.ticket).priority = "3"
            return "saved"

        self.assertEqual(self.race.run(self.lea, [save, save]), ["saved"] * 2)
        self.assertEqual(self.changes(field="priority"), [("1", "3")])

    def test_edits_at_the_same_moment(self):
        """A message edited in two windows at once keeps both earlier texts.

        Covers in part: R15
        """
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.lea, {})
            ticket = env["helpdesk.ticket"].browse(self.ticket)
            message = ticket.message_post(
                body="As it was",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            ).id
            cr.commit()  # pylint: disable=invalid-commit

        def edit(text):
            def work(env):
                ticket = env["helpdesk.ticket"].browse(self.ticket)
                said = env["mail.message"].browse(message)
                ticket._message_update_content(said, body=text)
                return "edited"

            return work

        answers = self.race.run(self.lea, [edit("Left"), edit("Right")])
        self.assertEqual(answers, ["edited"] * 2)
        rows = self.changes(kind="edit")
        self.assertEqual(len(rows), 2, rows)
        self.assertIn("As it was", rows[0][0])
        self.assertEqual(rows[1][0], rows[0][1])

    def test_closed_while_others_read(self):
        """Messages that are closed to a post stay closed, whoever asked meanwhile.

        The one who asks before the change is committed sees the template as it was;
        that answer must not be kept for those who ask afterwards.

        Covers in part: R01
        """
        role_name = f"post {self.tag}"

        def is_closed(cr):
            env = api.Environment(cr, self.lea, {})
            ticket = env["helpdesk.ticket"].browse(self.ticket)
            return bool(ticket._scrm_closed("message"))

        with self.registry.cursor() as writer:
            env = api.Environment(writer, SUPERUSER_ID, {})
            role = env["res.groups"].create({"name": role_name})
            env["scrm.ticket.template"].browse(self.template).message_group_ids = role
            env.flush_all()
            with self.registry.cursor() as reader:
                self.assertFalse(is_closed(reader))
            writer.commit()  # pylint: disable=invalid-commit
            self.registry.signal_changes()
        with self.registry.cursor() as cr:
            self.assertTrue(is_closed(cr))
