import doctest
from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, Form, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ..engine import likeness
from .alert_common import AlertCase
from .test_posts import SOUND


class TestLikeness(BaseCase):
    def test_examples(self):
        result = doctest.testmod(likeness)
        self.assertGreater(result.attempted, 5)
        self.assertFalse(result.failed)


@tagged("post_install", "-at_install")
class TestImprovement(AlertCase):
    """Mira of marketing hears of a fault that many have; Rudi of R&D gets it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template.line_ids.required = False

        def person(login, *groups):
            return new_test_user(
                cls.env,
                f"test_{login}",
                ",".join(("scrm_ticket.group_user", *groups)),
                name=login.capitalize(),
            )

        cls.mira = person("mira", "scrm_ticket.group_analyst")
        cls.rudi = person("rudi")
        roles = cls.env["res.groups"]
        cls.marketing = roles.create(
            {"name": "Test Marketing", "user_ids": [Command.set(cls.mira.ids)]}
        )
        cls.research = roles.create(
            {"name": "Test Research", "user_ids": [Command.set(cls.rudi.ids)]}
        )
        cls.improving = cls.make_course(
            "test_improving",
            {
                "start": {"type": "start"},
                "study": {
                    "handler_rule": "role",
                    "handler_group_id": cls.research.id,
                },
                "end": {"type": "end"},
            },
            [("start", "study", {}), ("study", "end", {})],
        )
        cls.improving.write(
            {
                "is_improvement": True,
                "improvement_group_ids": [Command.set(cls.marketing.ids)],
            }
        )
        cls.motor = cls.env["product.product"].create(
            {
                "name": "Motor",
                "is_storable": True,
                "tracking": "serial",
                "scrm_is_device": True,
            }
        )
        cls.source = cls.feedback("电机夜里有异响", "The motor rattles loudly at night")
        cls.sound = cls.env["ir.attachment"].create(
            {
                "name": "night.wav",
                "raw": SOUND,
                "mimetype": "audio/x-wav",
                "res_model": "helpdesk.ticket",
                "res_id": cls.source.id,
            }
        )
        cls.source.write(
            {"scrm_recording_url": "https://calls.example/1", "scrm_call_seconds": 90}
        )

    @classmethod
    def feedback(cls, name, text, days=1, device=None, **values):
        ticket = cls.env["helpdesk.ticket"].create(
            {
                "name": name,
                "description": f"<p>{text}</p>",
                "template_id": cls.template.id,
                "partner_id": cls.customer.id,
                **values,
            }
        )
        if device:
            ticket.scrm_lot_id = cls.env["stock.lot"].create(
                {"name": device, "product_id": cls.motor.id}
            )
        at = cls.env["scrm.clock"].now() - timedelta(days=days)
        ticket.flush_recordset()
        cls.env.execute_query(
            SQL(
                "UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s "
                "RETURNING id",
                at,
                ticket.id,
            )
        )
        ticket.invalidate_recordset()
        return ticket

    def raise_it(self, user=None, **values):
        ticket = self.source.with_user(user or self.mira)
        return ticket.scrm_raise_improvement(self.improving.id, **values)

    def files_of(self, ticket, user):
        files = self.env["ir.attachment"].with_user(user)
        domain = [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", ticket.id)]
        return files.search(domain)

    def test_opens_for_research(self):
        """Marketing raises it from the customer's ticket: R&D has the step, hears the
        customer's recording and reads all similar feedback of three months.

        Covers: F37
        """
        kind = self.env["helpdesk.ticket.category"].create({"name": "Noise"})
        self.source.category_id = kind
        self.source.scrm_lot_id = self.env["stock.lot"].create(
            {"name": "M-0", "product_id": self.motor.id}
        )
        alike = (
            self.feedback("异响", "夜里电机有异响，很吵", 80)
            | self.feedback("Noise", "At night the motor rattles", 30)
            | self.feedback(
                "Strange", "It does something", 5, "M-2", category_id=kind.id
            )
        )
        old = self.feedback("Noise", "At night the motor rattles", 120)
        other = self.feedback("Invoice", "Where is my invoice for March?", 3)
        action = self.source.with_user(self.mira).action_scrm_improvement()
        wizard = Form(
            self.env["scrm.improvement.raise"]
            .with_user(self.mira)
            .with_context(**action["context"])
        )
        self.assertEqual(wizard.template_id, self.improving)
        self.assertEqual(wizard.alike_count, 3)
        wizard.text = "Customers wake up"
        opened = wizard.save().action_raise()
        ticket = self.env["helpdesk.ticket"].browse(opened["res_id"])
        self.assertEqual(ticket.create_uid, self.mira)
        self.assertEqual(ticket.scrm_handler_ids, self.rudi)
        mine = ticket.with_user(self.rudi)
        self.assertIn("Customers wake up", mine.description)
        rows = mine.scrm_feedback_ids
        self.assertEqual(rows.source_id.sudo(), self.source | alike)
        self.assertEqual(
            set(rows.mapped("number")), set((self.source | alike).mapped("number"))
        )
        said = " ".join(rows.mapped("text"))
        self.assertIn("夜里电机有异响", said)
        self.assertIn("rattles loudly", said)
        for absent in (old, other):
            self.assertNotIn(absent.number, rows.mapped("number"))
        files = self.files_of(ticket, self.rudi)
        self.assertEqual((files.name, files.raw), ("night.wav", SOUND))
        self.assertEqual(mine.scrm_recording_url, "https://calls.example/1")
        self.assertEqual(self.source.scrm_improvement_ids, ticket)
        self.assertIn(ticket.number, self.source.message_ids[0].body)

    def test_raised_by_a_flow(self):
        """A complaint that comes to the node opens an improvement for R&D with the
        recording and what its author may read, once; somebody who may not raise it
        cannot publish that, and an improvement raises no other.

        Covers: F37
        """
        alike = self.feedback("Noise", "At night the motor rattles", 30)
        course = self.make_course(
            "test_heard",
            {
                "start": {"type": "start"},
                "look": {"handler_rule": "people", "handler_user_ids": [self.mira.id]},
                "raise": {
                    "type": "service_task",
                    "service_kind": "improvement",
                    "service_config": {"template": self.improving.key},
                },
                "end": {"type": "end"},
            },
            [("start", "look", {}), ("look", "raise", {}), ("raise", "end", {})],
        )
        author = new_test_user(
            self.env,
            "test_author",
            "scrm_flow.group_manager,scrm_ticket.group_analyst",
        )
        draft = course.flow_id.published_version_id._copy_as_draft()
        with self.assertRaisesRegex(UserError, "test_improving.*that you may raise"):
            draft.with_user(author).action_publish()
        author.group_ids += self.marketing
        draft.with_user(author).action_publish()
        heard = self.feedback(
            "电机异响", "The motor rattles at night again", template_id=course.id
        )
        self.sound.copy({"res_id": heard.id})
        heard.with_user(self.mira).scrm_step_complete()
        self.assertEqual(heard.scrm_run_state, "done")
        ticket = heard.scrm_improvement_ids
        self.assertEqual(len(ticket), 1)
        self.assertEqual(ticket.template_id, self.improving)
        self.assertEqual(ticket.scrm_handler_ids, self.rudi)
        rows = ticket.with_user(self.rudi).scrm_feedback_ids
        self.assertEqual(rows.source_id.sudo(), heard | self.source | alike)
        self.assertEqual(self.files_of(ticket, self.rudi).raw, SOUND)
        service = self.env["scrm.flow.service.improvement"]
        step = heard.scrm_run_id.step_ids[-1:]
        config = {"template": self.improving.key}
        service.run(heard, step, config)
        self.assertEqual(heard.scrm_improvement_ids, ticket)
        with self.assertRaisesRegex(UserError, "does not raise another"):
            service.run(ticket, step, config)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_who_reads_what(self):
        """R&D does not get into the customers' tickets by it, others not at the
        improvement, and nobody shares what he or she may not read."""
        hidden = self.feedback("Noise", "At night the motor rattles", 2)
        ticket = self.raise_it()
        rows = ticket.scrm_feedback_ids
        self.assertIn(hidden, rows.source_id, "an analyst reads all tickets")
        self.assertFalse(self.source.with_user(self.rudi).has_access("read"))
        row = rows.filtered(lambda row: row.source_id == hidden)
        self.assertFalse(row.with_user(self.rudi).may_open)
        with self.assertRaises(AccessError):
            row.with_user(self.rudi).action_open_source()
        self.assertTrue(row.with_user(self.mira).may_open)
        for user in (self.egon, self.pia, self.quentin):
            with self.assertRaises(AccessError):
                rows.with_user(user).read(["text"])
        with self.assertRaises(AccessError):
            rows[0].with_user(self.rudi).text = "changed"
        # who sees one ticket only brings no other
        self.improving.improvement_group_ids = False
        mine = self.env["helpdesk.ticket"].with_user(self.egon)
        lonely = mine.create(
            {"name": "Noise", "description": "<p>At night the motor rattles</p>"}
        )
        found = lonely._scrm_alike()
        self.assertNotIn(hidden, [other for other, _points in found])

    def test_recordings_stay_closed(self):
        """Marketing that may not hear recordings raises it all the same: R&D hears
        them, marketing neither there nor here. Where the improvement would open them
        to marketing they do not come along."""
        self.template.recording_group_ids = self.research
        ticket = self.raise_it()
        self.assertFalse(self.files_of(ticket, self.rudi))
        self.assertFalse(ticket.sudo().scrm_recording_url)
        self.improving.recording_group_ids = self.research
        ticket = self.raise_it()
        self.assertEqual(self.files_of(ticket, self.rudi).raw, SOUND)
        self.assertFalse(self.files_of(ticket, self.mira))
        self.assertFalse(ticket.with_user(self.mira).scrm_recording_url)
        self.assertTrue(ticket.with_user(self.rudi).scrm_recording_url)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_who_raises(self):
        """Only roles that the template names, of tickets they read; no customer."""
        for user, error in (
            (self.manager, UserError),
            (self.egon, AccessError),
            (self.pia, AccessError),
        ):
            with self.subTest(user=user.login), self.assertRaises(error):
                self.raise_it(user)
        self.assertFalse(self.source.with_user(self.manager).scrm_can_improve)
        self.assertTrue(self.source.with_user(self.mira).scrm_can_improve)
        with self.assertRaises(UserError):
            self.source.with_user(self.mira).scrm_raise_improvement(self.template.id)
        ticket = self.raise_it(name="Quieter motor")
        self.assertEqual(ticket.name, "Quieter motor")
        self.assertFalse(ticket.with_user(self.mira).scrm_can_improve)

    def test_in_a_pack(self):
        """A pack says which template it is and who raises it."""
        self.marketing.scrm_key = "test_marketing"
        pack = {
            "format": "scrm-pack/1",
            "key": "test_improve",
            "name": "Improve",
            "requires": ["scrm_ticket"],
            "templates": [
                {
                    "key": "test_better",
                    "name": "Better",
                    "improvement": True,
                    "improvement_by": ["test_marketing"],
                }
            ],
        }
        packs = self.env["scrm.pack"]
        packs.import_pack(pack)
        dump = packs.export_pack()["templates"]
        found = next(one for one in dump if one["key"] == "test_better")
        self.assertTrue(found["improvement"])
        self.assertEqual(found["improvement_by"], ["test_marketing"])
