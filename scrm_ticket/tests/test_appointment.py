import doctest
from datetime import datetime, timedelta

from lxml import html

from odoo import Command, http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, freeze_time, tagged

from ..engine import slots
from .common import TicketFixture

#: A Monday, 6:00 in the time zone of everybody here, UTC.
MONDAY = datetime(2026, 3, 2, 6)


class AppointmentFixture(TicketFixture):
    """Egon works Monday to Friday 8 to 12, Ella 13 to 17; a visit takes two hours."""

    @classmethod
    def make_world(cls):
        result = super().make_world()
        cls.env.company.partner_id.tz = "UTC"
        cls.template.write(
            {
                "flow_id": False,
                "appointment_group_id": cls.engineers.id,
                "appointment_hours": 2,
            }
        )
        cls.r_egon = cls.shift(cls.egon, 8, 12)
        cls.r_ella = cls.shift(cls.ella, 13, 17)
        return result

    @classmethod
    def shift(cls, user, start, end):
        calendar = cls.env["resource.calendar"].create(
            {
                "name": user.name,
                "tz": "UTC",
                "attendance_ids": [
                    Command.create(
                        {
                            "name": "Shift",
                            "dayofweek": str(day),
                            "hour_from": start,
                            "hour_to": end,
                        }
                    )
                    for day in range(5)
                ],
            }
        )
        return cls.env["resource.resource"].create(
            {
                "name": user.name,
                "user_id": user.id,
                "calendar_id": calendar.id,
                "tz": "UTC",
            }
        )


@tagged("post_install", "-at_install")
class TestAppointment(AppointmentFixture, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.make_world()

    def setUp(self):
        super().setUp()
        self.startClassPatcher(freeze_time(MONDAY))
        self.ticket = self.submit()

    def at(self, hour, minute=0, days=0):
        return MONDAY.replace(hour=hour, minute=minute) + timedelta(days=days)

    def times(self, **values):
        """(hour, technician) of Monday's free slots."""
        return [
            (start.hour + start.minute / 60, user.name)
            for start, _end, user in self.ticket._scrm_slots(**values)
            if start.date() == MONDAY.date()
        ]

    def book(self, hour, minute=0, user=None, by=None):
        ticket = self.ticket.with_user(by or self.dora)
        return ticket.scrm_book(str(self.at(hour, minute)), user and user.id)

    def test_engine(self):
        """The arithmetic, by its own examples."""
        result = doctest.testmod(slots)
        self.assertGreater(result.attempted, 5)
        self.assertFalse(result.failed)

    def test_free_slots(self):
        """Only who is on shift is offered, every half hour in which two hours fit."""
        morning = [(hour / 2, "Egon") for hour in range(16, 21)]
        afternoon = [(hour / 2, "Ella") for hour in range(26, 31)]
        self.assertEqual(self.times(), morning + afternoon)
        self.assertEqual(self.times(user=self.ella), afternoon)
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Ill",
                "resource_id": self.r_egon.id,
                "date_from": self.at(8),
                "date_to": self.at(12),
            }
        )
        self.assertEqual(self.times(), afternoon)

    def test_three_agree(self):
        """Parts, shift and wish are checked together; a booking blocks its slot.

        Covers: F38, H13
        """
        self.assertEqual(self.ticket.part_line_ids.product_id, self.bracket)
        self.ticket.part_line_ids.quantity = 9  # 5 are there
        self.ticket.scrm_wish_date = MONDAY.date()
        self.ticket.scrm_wish_part = "afternoon"
        with self.assertRaises(UserError) as refused:
            self.book(7, user=self.egon)
        words = str(refused.exception)
        self.assertIn("Test Bracket: 4 missing", words)
        self.assertIn("Egon is not on shift then", words)
        self.assertIn("The customer wishes: 03/02/2026 In the afternoon", words)
        self.assertFalse(self.ticket.scrm_appointment_ids, "nothing half booked")
        self.assertEqual(self.on_shelf(), (5, 0))
        self.ticket.part_line_ids.quantity = 2
        self.book(13, user=self.ella)
        self.assertEqual(self.ticket.scrm_appointment_state, "booked")
        self.assertEqual(self.ticket.scrm_appointment_user_id, self.ella)
        self.assertEqual(self.ticket.scrm_appointment_start, self.at(13))
        self.assertEqual(self.on_shelf(), (5, 2), "the parts are held for the visit")
        self.assertEqual(
            self.times(user=self.ella), [(15.0, "Ella")], "what is left of her shift"
        )
        other = self.submit()
        with self.assertRaisesRegex(UserError, "Ella is booked then"):
            other.with_user(self.dora).scrm_book(str(self.at(14)), self.ella.id)
        busy = self.env["scrm.flow.availability"]._why_not(
            self.ella.ids, self.env.company, "working_now", self.at(14)
        )
        self.assertEqual(busy, {self.ella.id: "booked"}, "for flows too")

    def test_each_of_the_three_alone(self):
        """Parts, shift or wish: one that does not fit is enough, and the only thing
        that is said; nothing is booked or held then.

        Covers in part: F38
        """
        self.ticket.scrm_wish_part = "afternoon"
        for quantity, hour, user, words in (
            (9, 13, self.ella, "Test Bracket: 4 missing"),
            (2, 13, self.egon, "Egon is not on shift then"),
            (2, 9, self.egon, "The customer wishes: In the afternoon"),
        ):
            with self.subTest(words):
                self.ticket.part_line_ids.quantity = quantity
                with self.assertRaises(UserError) as refused:
                    self.book(hour, user=user)
                faults = str(refused.exception).split("\n- ")[1:]
                self.assertEqual(len(faults), 1, faults)
                self.assertIn(words, faults[0])
                self.assertFalse(self.ticket.scrm_appointment_ids)
                self.assertEqual(self.ticket.scrm_appointment_state, "none")
                self.assertEqual(self.on_shelf(), (5, 0))
        self.book(13, user=self.ella)
        self.assertEqual(self.ticket.scrm_appointment_state, "booked")

    def test_who_has_time(self):
        """Without a name the one who is free comes; nobody free is said."""
        answer = self.book(9)
        self.assertEqual(answer["user"], "Egon")
        self.assertEqual(answer["end"], "2026-03-02 11:00:00")
        self.ticket = self.submit()
        with self.assertRaisesRegex(UserError, "No technician has time"):
            self.book(9)

    def test_moved_and_called_off(self):
        """A new time frees the old one; calling off or cancelling frees it too."""
        self.book(8)
        first = self.ticket.scrm_appointment_id
        self.book(8, 30)
        self.assertEqual(first.state, "cancelled")
        self.assertFalse(first.leave_id)
        leaves = self.env["resource.calendar.leaves"].search(
            [("resource_id", "=", self.r_egon.id)]
        )
        self.assertEqual(leaves.mapped("date_from"), [self.at(8, 30)])
        self.ticket.scrm_appointment_id.with_user(self.dora).action_cancel()
        self.assertEqual(self.ticket.scrm_appointment_state, "cancelled")
        self.assertEqual(len(self.times(user=self.egon)), 5)
        with self.assertRaisesRegex(UserError, "is over"):
            first.with_user(self.dora).action_cancel()

    def test_parts_that_arrive(self):
        """Expected parts allow a visit after they have come."""
        self.ticket.part_line_ids.quantity = 7
        receipt = self.env["stock.move"].create(
            {
                "product_id": self.bracket.id,
                "product_uom_qty": 5,
                "date": self.at(8, days=2),
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.shelf.id,
            }
        )
        receipt._action_confirm()
        receipt.date = self.at(8, days=2)
        self.assertEqual(self.ticket._scrm_parts_from(), self.at(8, days=2))
        with self.assertRaisesRegex(UserError, "Test Bracket: 2 missing"):
            self.book(13)
        self.ticket.with_user(self.dora).scrm_book(str(self.at(9, days=2)))
        self.assertEqual(self.ticket.scrm_appointment_state, "booked")

    def test_rights(self):
        """Only who may change the ticket books; nobody writes the state by hand."""
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.clerk).scrm_book(str(self.at(9)))
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.pia).scrm_book(str(self.at(9)))
        with self.assertRaisesRegex(UserError, "choosing a slot"):
            self.ticket.with_user(self.dora).scrm_appointment_state = "booked"
        for start in ("tomorrow", 9, ["2026-03-03"]):
            with self.assertRaisesRegex(UserError, "cannot be read"):
                self.ticket.with_user(self.dora).scrm_book(start)
        for user_id in (2**40, -1, "9"):
            with self.assertRaisesRegex(UserError, "no such technician"):
                self.ticket.with_user(self.dora).scrm_book(str(self.at(9)), user_id)
        with self.assertRaisesRegex(UserError, "This time is over"):
            self.ticket.with_user(self.dora).scrm_book("2026-03-02 05:00:00")
        self.book(9)
        appointment = self.ticket.scrm_appointment_id
        with self.assertRaises(AccessError):
            appointment.with_user(self.quentin).read(["start"])
        self.assertTrue(appointment.with_user(self.pia).start)

    def test_wizard(self):
        """The wizard offers what the customer wishes; a click books it."""
        self.ticket.scrm_wish_part = "morning"
        action = self.ticket.with_user(self.dora).action_scrm_appointment()
        book = self.env[action["res_model"]].with_user(self.dora)
        book = book.browse(action["res_id"])
        self.assertEqual(book.slot_ids.user_id, self.egon)
        book.only_wished = False
        book.first_day = MONDAY.date() + timedelta(days=1)
        book.action_show()
        self.assertEqual(book.slot_ids.user_id, self.egon | self.ella)
        self.assertEqual(book.slot_ids[0].start, self.at(8, days=1))
        book.slot_ids[0].action_book()
        self.assertEqual(self.ticket.scrm_appointment_start, self.at(8, days=1))

    def test_flow(self):
        """The flow offers, waits for the customer's choice, and the technician of the
        appointment gets the visit; its end frees the rest of the slot."""
        self.template.flow_id = self.make_visit_flow()
        ticket = self.submit()
        self.assertEqual(ticket.scrm_node_key, "wait")
        self.assertEqual(ticket.scrm_appointment_state, "offered")
        ticket.with_user(self.pia).scrm_book(str(self.at(14)))
        self.assertEqual(ticket.scrm_node_key, "visit")
        self.assertEqual(ticket.user_id, self.ella)
        ticket.with_user(self.ella).scrm_step_complete()
        self.assertEqual(ticket.scrm_appointment_id.state, "done")
        self.assertFalse(ticket.scrm_appointment_id.leave_id)

    def make_visit_flow(self):
        flow = self.env["scrm.flow"].create(
            {
                "key": "test_visits",
                "name": "Visits",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
            }
        )
        version = self.env["scrm.flow.version"].create({"flow_id": flow.id})
        nodes = self.env["scrm.flow.node"].create(
            [
                {"version_id": version.id, "rank": rank, "name": node["key"], **node}
                for rank, node in enumerate(
                    [
                        {"key": "start", "type": "start"},
                        {
                            "key": "offer",
                            "type": "service_task",
                            "service_kind": "appointment_offer",
                        },
                        {
                            "key": "wait",
                            "handler_rule": "people",
                            "handler_user_ids": [Command.set(self.dora.ids)],
                            "auto_condition": "[('scrm_appointment_state', '=', "
                            "'booked')]",
                        },
                        {"key": "visit", "handler_rule": "appointment"},
                        {"key": "end", "type": "end"},
                    ]
                )
            ]
        )
        self.env["scrm.flow.transition"].create(
            [
                {
                    "version_id": version.id,
                    "key": f"to_{target.key}",
                    "source_id": source.id,
                    "target_id": target.id,
                }
                for source, target in zip(nodes, nodes[1:], strict=False)
            ]
        )
        version.action_publish()
        return flow

    def test_portal(self):
        """The customer chooses a free slot on the page of the ticket; a taken one is
        refused with the reason, a stranger gets nothing."""
        self.ticket._scrm_offer_appointment()
        self.authenticate("test_pia", "test_pia")
        self.opener.cookies.set("frontend_lang", "en_US")
        url = f"/my/ticket/{self.ticket.id}"
        page = html.fromstring(self.url_open(url).content)
        path = "//*[contains(@class, 'o_scrm_appointment')]//button/@value"
        offered = page.xpath(path)
        self.assertEqual(offered[0], "2026-03-02 08:00:00")
        other = self.submit()
        other.with_user(self.dora).scrm_book(offered[0])

        def choose(start):
            return self.url_open(
                f"{url}/appointment",
                data={"start": start, "csrf_token": http.Request.csrf_token(self)},
            )

        answer = choose(offered[0])
        self.assertEqual(answer.status_code, 422)
        self.assertIn("No technician has time", answer.text)
        answer = choose(offered[-1])
        self.assertEqual(answer.status_code, 200)
        self.env.invalidate_all()
        self.assertEqual(self.ticket.scrm_appointment_state, "booked")
        self.assertEqual(str(self.ticket.scrm_appointment_start), offered[-1])
        self.assertEqual(
            self.ticket.scrm_appointment_id.chosen_by_id, self.pia, "as the customer"
        )
        page = html.fromstring(self.url_open(url).content)
        self.assertTrue(page.xpath(path), "another time may be chosen")
        stages = self.env["helpdesk.ticket.stage"]
        closed = stages.create({"name": "Test Closed", "closed": True})
        before = self.ticket.stage_id
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET stage_id = %s WHERE id = %s",
            [closed.id, self.ticket.id],
        )
        self.env.invalidate_all()
        page = html.fromstring(self.url_open(url).content)
        self.assertFalse(page.xpath(path), "nothing to choose when all is done")
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET stage_id = %s WHERE id = %s",
            [before.id, self.ticket.id],
        )
        self.env.invalidate_all()
        self.authenticate("test_quentin", "test_quentin")
        self.assertEqual(choose(offered[-2]).status_code, 403)
