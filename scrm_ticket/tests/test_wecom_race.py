"""Two colleagues at once at one ticket, in real transactions that commit.

What is committed stays in the test database; the keys are random.
"""

import uuid

from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged

from .race_common import Race


@tagged("post_install", "-at_install")
class TestWecomRace(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.tag = f"wecom_{uuid.uuid4().hex[:8]}"
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            cls.people = [
                env["res.users"]
                .create(
                    {
                        "login": f"{name}_{cls.tag}",
                        "name": name,
                        "group_ids": [
                            Command.link(
                                env.ref("helpdesk_mgmt.group_helpdesk_user").id
                            )
                        ],
                    }
                )
                .id
                for name in ("Wang", "Zhao")
            ]
            form_fields = env["scrm.form.field"].create(
                [
                    {"key": f"{cls.tag}_{name}", "name": name, "type": "text"}
                    for name in ("model", "fault")
                ]
            )
            template = env["scrm.ticket.template"].create(
                {
                    "key": cls.tag,
                    "name": "Race",
                    "line_ids": [
                        Command.create({"field_id": field.id}) for field in form_fields
                    ],
                }
            )
            door = env["scrm.door.wecom"].create(
                {
                    "name": "Race",
                    "key": cls.tag,
                    "corp_id": "ww1",
                    "agent_id": "1",
                }
            )
            cls.ids = (door.id, template.id)
            cr.commit()  # pylint: disable=invalid-commit

    def open(self, env, chat):
        """The draft of a group, opened or joined: its id."""
        door = env["scrm.door.wecom"].sudo().browse(self.ids[0])
        template = env["scrm.ticket.template"].browse(self.ids[1])
        drafts = env["scrm.wecom.draft"].sudo()
        return drafts._open(door, chat, template, {}).id

    def answer(self, env, draft, name, value, seen=None):
        draft = env["scrm.wecom.draft"].sudo().browse(draft)
        return draft._answer(env, f"{self.tag}_{name}", value, seen)

    def new_draft(self, chat):
        with self.registry.cursor() as cr:
            draft = self.open(api.Environment(cr, self.people[0], {}), chat)
            cr.commit()  # pylint: disable=invalid-commit
        return draft

    def answers(self, draft):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            answers = env["scrm.wecom.draft"].browse(draft).answers
        return {key.rpartition("_")[2]: value for key, value in answers.items()}

    def at_once(self, draft, first, second):
        """Wang writes, and Zhao, who began before and saw nothing of it: what Zhao is
        told.

        :param first, second: (field, value)
        """
        with self.registry.cursor() as late:
            late.execute("SELECT 1")  # sees what is there now
            zhao = api.Environment(late, self.people[1], {})
            with self.registry.cursor() as early:
                wang = api.Environment(early, self.people[0], {})
                self.assertIsNone(self.answer(wang, draft, *first))
                early.commit()  # pylint: disable=invalid-commit
            return retrying(lambda: self.answer(zhao, draft, *second), zhao)

    def test_no_answer_is_lost(self):
        """Two write at the same time: in two fields both stay; in one field the second
        is told what the first wrote, and writes nothing over it.

        Covers: E06
        """
        draft = self.new_draft("fields")
        told = self.at_once(draft, ("model", "HP 1020"), ("fault", "Paper jam"))
        self.assertIsNone(told)
        self.assertEqual(
            self.answers(draft), {"model": "HP 1020", "fault": "Paper jam"}
        )
        draft = self.new_draft("field")
        told = self.at_once(draft, ("model", "HP 1020"), ("model", "HP 1025"))
        self.assertEqual(told, {"value": "HP 1020", "by": "Wang"})
        self.assertEqual(self.answers(draft), {"model": "HP 1020"})

    def test_opened_and_sent_once(self):
        """Several open the ticket of a group at the same moment, and several send it:
        it is one.

        Covers: E06
        """
        race = Race(self.registry)
        opened = race.run(self.people[0], [lambda env: self.open(env, "opened")] * 3)
        self.assertEqual(len(set(opened)), 1, opened)

        def send(env):
            draft = env["scrm.wecom.draft"].sudo().browse(opened[0])
            return (draft.ticket_id or draft._send(env)).id

        sent = race.run(self.people[0], [send] * 3)
        self.assertEqual(len(set(sent)), 1, sent)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            tickets = env["helpdesk.ticket"].search([("template_id", "=", self.ids[1])])
            self.assertEqual(tickets.ids, sent[:1])
