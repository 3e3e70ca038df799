from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TicketCase


# events are asked of loaded addons only
@tagged("post_install", "-at_install")
class TestDoorEvent(TicketCase):
    """The stock of a part falls below zero: a ticket is opened with no human."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quants = cls.env["stock.quant"]
        cls.event = cls.env["scrm.door.event"].create(
            {
                "name": "Stock below zero",
                "key": "test_below_zero",
                "model_id": cls.env["ir.model"]._get_id("stock.quant"),
                "domain": "[('quantity', '<', 0), ('location_id.usage', '=', "
                "'internal'), ('product_id.name', '=', 'Test Bracket')]",
                "template_id": cls.template.id,
                "user_id": cls.desk.id,
                "subject": "{product_id.name}: {quantity} at {location_id.name}",
                "value_ids": [
                    Command.create({"field_id": cls.area.id, "path": "quantity"}),
                    Command.create(
                        {"field_id": cls.note.id, "path": "product_id.name"}
                    ),
                ],
            }
        )
        cls.env["scrm.ticket.template.line"].search(
            [("template_id", "=", cls.template.id), ("field_id", "=", cls.mounting.id)]
        ).required = False

    def take(self, quantity, product=None):
        """Take some off the shelf, as a transaction of its own does."""
        self.quants._update_available_quantity(
            product or self.bracket, self.shelf, -quantity
        )
        self.commit()

    def commit(self):
        self.env.flush_all()
        self.cr.precommit.run()

    def open_tickets(self):
        with self.enter_registry_test_mode():
            self.env.ref("scrm_ticket.ir_cron_events").method_direct_trigger()
        self.env.invalidate_all()
        return self.event.entry_ids.ticket_id

    def test_alert_opens_a_ticket(self):
        """A stock anomaly opens a ticket by its rule, once, and nobody typed a word;
        it carries what the record says, its entry, and starts its flow.

        Covers: E22
        """
        self.take(3)
        self.assertFalse(self.open_tickets())
        self.take(4)
        ticket = self.open_tickets()
        self.assertEqual(ticket.name, "Test Bracket: -2.0 at Stock")
        self.assertEqual(ticket.scrm_door, "event")
        self.assertEqual(ticket.create_uid, self.desk)
        self.assertEqual(ticket._scrm_value("test_area"), -2)
        self.assertEqual(ticket._scrm_value("test_note"), "Test Bracket")
        self.assertEqual(ticket.scrm_node_key, "check")
        self.assertEqual(ticket.user_id, self.dora)
        self.take(1)  # still below zero: no news
        self.assertEqual(self.open_tickets(), ticket)
        self.assertEqual(self.event.entry_count, 1)

    def test_nobody_reaches_beyond_the_own_rights(self):
        """Who sets an event up makes it ask and tell what he or she may read: no
        secrets of the system, however the condition, the texts or the form ask."""
        events = self.env["scrm.door.event"].with_user(self.manager)
        self.assertFalse(self.manager.has_group("base.group_system"))
        get_id = self.env["ir.model"]._get_id
        vals = {
            "name": "Curious",
            "key": "test_curious",
            "template_id": self.template.id,
            "user_id": self.desk.id,
        }
        users = {"model_id": get_id("res.users")}
        for asked in (
            {"model_id": get_id("ir.config_parameter"), "subject": "{value}"},
            {**users, "subject": "{scrm_wecom_userid}"},
            {**users, "description": "{company_id.partner_id.signup_type}"},
            {**users, "domain": "[('scrm_wecom_userid', '=like', 'a%')]"},
        ):
            with self.subTest(**asked), self.assertRaises(AccessError):
                events.create({**vals, **asked})
        event = events.create({**vals, **users, "subject": "{name}"})
        line = {"event_id": event.id, "field_id": self.note.id}
        with self.assertRaises(AccessError):
            self.env["scrm.door.event.value"].with_user(self.manager).create(
                {**line, "path": "scrm_wecom_userid"}
            )

    def test_once_or_each_time_anew(self):
        """Without Each Time Anew a record has one ticket; with it one a time."""
        for repeats, expected in ((False, 1), (True, 2)):
            self.event.repeats = repeats
            with self.env.cr.savepoint() as savepoint:
                for quantity in (7, -7, 7):
                    self.take(quantity)
                self.assertEqual(len(self.open_tickets()), expected)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_what_was_there_before(self):
        """What the condition holds for when the event is made is no news, nor when it
        is changed; other records are no concern of it."""
        other = self.make_part("Test Chain", 1)
        self.take(2, other)
        self.event.domain = (
            "[('quantity', '<', 0), ('product_id.name', '=', 'Test Chain')]"
        )
        self.take(1, other)
        self.take(9)
        self.assertFalse(self.open_tickets())
        self.assertEqual(self.event.entry_count, 0)

    def test_key_makes_it_once(self):
        """An entry that is worked on twice, as after a crash, has one ticket."""
        self.take(6)
        ticket = self.open_tickets()
        entry = self.event.entry_ids
        entry.write({"state": "waiting", "ticket_id": False})
        entry._open_ticket()
        self.assertEqual(entry.ticket_id, ticket)
        self.env["scrm.door.event.entry"]._enter(self.event, [entry.res_id], "waiting")
        self.assertEqual(self.event.entry_ids, entry)

    def test_failure_is_kept(self):
        """What the form does not take fails in sight, stops nothing, and goes on
        after repair."""
        self.area.minimum = "0"
        self.take(6)
        self.assertFalse(self.open_tickets())
        entry = self.event.entry_ids
        self.assertEqual(entry.state, "failed")
        self.assertIn("Floor area", entry.reason)
        self.assertEqual(self.event.failed_count, 1)
        self.area.minimum = "-99"
        entry.action_retry()
        self.assertEqual(entry.state, "done")
        self.assertTrue(entry.ticket_id)

    def test_fault_of_a_program_harms_no_other(self):
        """Whatever goes wrong with one entry, the next one has its ticket."""
        self.take(6)
        self.take(6, self.make_part("Test Bracket", 4))
        first, second = self.event.entry_ids.sorted("id")[:2]
        submit = self.registry["scrm.door.event.entry"]._submit

        def fail_first(entry):
            if entry == first:
                raise KeyError("gone")
            return submit(entry)

        logger = "odoo.addons.scrm_ticket.models.scrm_door_event_entry"
        with (
            patch.object(type(first), "_submit", fail_first),
            self.assertLogs(logger, "ERROR"),
        ):
            tickets = self.open_tickets()
        self.assertEqual((first.state, second.state), ("failed", "done"))
        self.assertIn("KeyError", first.reason)
        self.assertEqual(tickets, second.ticket_id)

    def test_record_is_gone(self):
        """A record that is gone by then is said to be."""
        self.take(6)
        self.quants.browse(self.event.entry_ids.res_id).sudo().unlink()
        self.open_tickets()
        self.assertEqual(self.event.entry_ids.reason, "The record is gone.")

    def test_broken_condition_stops_nothing(self):
        """A condition that cannot be asked any more switches the event off, and what
        happened to the record stays."""
        self.env.flush_all()
        self.cr.execute(
            "UPDATE scrm_door_event SET domain = %s WHERE id = %s",
            ["[('no_such_field', '=', 1)]", self.event.id],
        )
        self.event.invalidate_recordset()
        with mute_logger("odoo.addons.scrm_ticket.models.base"):
            self.take(6)
        self.assertFalse(self.event.active)
        self.assertIn("no_such_field", self.event.fault)
        self.assertEqual(self.on_shelf()[0], -1)
        self.take(1)

    def test_nonsense_is_refused(self):
        """Each refusal names what is wrong."""
        for vals, words in (
            ({"domain": "[('colour', '=', 1)]"}, "cannot be asked"),
            ({"domain": "nonsense("}, "cannot be asked"),
            ({"subject": "{product_id.nonsense}"}, "product_id.nonsense"),
            ({"partner_path": "product_id"}, "is no contact"),
            ({"user_id": self.pia.id}, "no employee"),
            ({"key": "Not so"}, "small letter"),
            (
                {"model_id": self.env["ir.model"]._get_id("scrm.flow.mixin")},
                "nothing happens",
            ),
        ):
            with self.assertRaisesRegex(ValidationError, words):
                with self.cr.savepoint():
                    self.event.write(vals)
        with self.assertRaisesRegex(ValidationError, "x.y"):
            self.event.value_ids[0].path = "x.y"

    def test_events_are_for_managers(self):
        """Nobody but managers reads events and what happened."""
        for user in (self.dora, self.desk, self.pia):
            with self.assertRaises(AccessError):
                self.event.with_user(user).read()
            with self.assertRaises(AccessError):
                self.event.entry_ids.with_user(user).search([])
        self.assertTrue(self.event.with_user(self.manager).read(["name"]))

    def test_change_by_anybody_is_noticed(self):
        """Who changed the record needs no right to see events or tickets."""
        lines = self.template.line_ids
        lines.filtered(lambda line: line.field_id == self.area).required = False
        event = self.env["scrm.door.event"].create(
            {
                "name": "Angry customer",
                "key": "test_angry",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain": "[('function', '=', 'angry')]",
                "template_id": self.template.id,
                "user_id": self.desk.id,
                "subject": "{name} of {parent_id.name}",
            }
        )
        self.pia.partner_id.with_user(self.pia).sudo().function = "angry"
        self.commit()
        self.open_tickets()
        ticket = event.entry_ids.ticket_id
        self.assertEqual(ticket.name, "Pia of Customer Ltd")
        self.assertEqual(ticket.partner_id, self.pia.partner_id)
        self.assertEqual(event.entry_ids.record_name, "Customer Ltd, Pia")
