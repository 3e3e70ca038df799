from datetime import date
from unittest.mock import patch

from lxml import html

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..engine import cycle
from .common import TicketCase


@tagged("post_install", "-at_install")
class TestDevice(TicketCase):
    """Devices at customers: warranty, cycle, readings, history."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model = cls.env["product.product"].create(
            {
                "name": "Test Printer",
                "is_storable": True,
                "tracking": "serial",
                "scrm_is_device": True,
                "scrm_device_class": "imported",
                "scrm_warranty_months": 24,
                "scrm_cycle_months": 6,
                "scrm_usage_unit": "copies",
                "scrm_fitting_part_ids": [Command.set(cls.bracket.ids)],
            }
        )
        cls.device = cls.env["stock.lot"].create(
            {
                "name": "TP-1",
                "product_id": cls.model.id,
                "scrm_partner_id": cls.customer.id,
                "scrm_purchase_date": "2026-01-31",
            }
        )

    def on(self, day):
        fields = type(self.env["scrm.form.field"])
        return patch.object(fields, "_scrm_today", lambda model: day)

    def test_warranty_and_cycle_of_the_model(self):
        """A device takes warranty and cycle from its model; both can be changed."""
        self.assertEqual(self.device.scrm_warranty_end, date(2028, 1, 31))
        self.assertEqual(self.device.scrm_next_maintenance, date(2026, 7, 31))
        self.device.scrm_warranty_end = "2029-01-01"
        self.model.scrm_warranty_months = 12
        self.assertEqual(self.device.scrm_warranty_end, date(2029, 1, 1))
        self.device.scrm_install_date = "2026-02-28"
        self.assertEqual(self.device.scrm_next_maintenance, date(2026, 8, 28))

    def test_old_lot_keeps_its_warranty(self):
        """Without months on the model, what was entered stays."""
        self.model.scrm_warranty_months = 0
        lot = self.env["stock.lot"].create(
            {
                "name": "TP-2",
                "product_id": self.model.id,
                "scrm_warranty_end": "2026-05-05",
            }
        )
        lot.scrm_purchase_date = "2026-01-01"
        self.assertEqual(lot.scrm_warranty_end, date(2026, 5, 5))

    def test_usage_comes_first(self):
        """5,000 copies at 50 a day, 2,000 made: due 60 days after the reading.

        Covers in part: X08
        """
        self.device.write(
            {
                "scrm_cycle_usage": 5000,
                "scrm_reading_ids": [
                    Command.create({"day": "2026-01-31", "value": 10000}),
                    Command.create({"day": "2026-03-12", "value": 12000}),
                ],
            }
        )
        self.assertEqual(self.device.scrm_usage_per_day, 50)
        self.assertEqual(self.device.scrm_next_maintenance, date(2026, 5, 11))
        # twice as much: 30 days later 3,000 copies more, all 5,000 are made
        self.device.scrm_reading_ids = [
            Command.create({"day": "2026-04-11", "value": 15000})
        ]
        self.assertEqual(self.device.scrm_next_maintenance, date(2026, 4, 11))
        self.device.scrm_last_maintenance = "2026-04-11"
        self.assertEqual(
            self.device.scrm_next_maintenance,
            date(2026, 4, 11) + (cycle.timedelta(days=cycle.lasts(5000, 5000 / 70))),
        )

    def test_ticket_opened_in_time(self):
        """A ticket is opened seven days before, once, and its end begins anew.

        Covers in part: X08
        """
        serial = self.env["scrm.form.field"].create(
            {"key": "test_dev_serial", "name": "Serial", "type": "serial"}
        )
        template = self.template.copy({"key": "test_maintenance", "name": "Care"})
        template.write(
            {
                "part_ids": [Command.clear()],
                "line_ids": [
                    Command.clear(),
                    Command.create({"field_id": serial.id, "required": True}),
                ],
            }
        )
        self.device.scrm_maintenance_template_id = template
        lots = self.env["stock.lot"]
        with self.on(date(2026, 7, 23)):
            self.assertNotIn(self.device.id, lots._scrm_due_ids())
        with self.on(date(2026, 7, 24)):
            self.assertIn(self.device.id, lots._scrm_due_ids())
            self.device._scrm_open_maintenance()
            self.assertNotIn(self.device.id, lots._scrm_due_ids())
        ticket = self.device.scrm_ticket_ids
        self.assertEqual(ticket.template_id, template)
        self.assertEqual(ticket.partner_id, self.customer)
        self.assertEqual(ticket._scrm_value("test_dev_serial"), "TP-1")
        self.assertEqual(ticket.scrm_run_state, "running")
        with self.on(date(2026, 7, 30)):
            ticket.with_user(self.dora).scrm_step_complete()
            ticket.with_user(ticket.user_id).scrm_step_complete()
        self.assertEqual(ticket.scrm_run_state, "done")
        self.assertEqual(self.device.scrm_last_maintenance, date(2026, 7, 30))
        self.assertEqual(self.device.scrm_next_maintenance, date(2027, 1, 30))
        self.assertFalse(self.device.scrm_maintenance_for == date(2027, 1, 30))

    def test_history(self):
        """Tickets of a device, and parts that were used on it.

        Covers in part: E19
        """
        ticket = self.submit()
        ticket.scrm_lot_id = self.device
        ticket.with_user(self.dora).scrm_step_complete()
        self.assertEqual(self.device.scrm_part_count, 0)
        ticket.with_user(ticket.user_id).scrm_step_complete()
        self.device.invalidate_recordset()
        self.assertEqual(self.device.scrm_ticket_count, 1)
        self.assertEqual(self.device.scrm_part_count, 1)
        parts = self.env["scrm.part.line"].search(
            self.device.action_scrm_parts()["domain"]
        )
        self.assertEqual(parts.product_id, self.bracket)
        tickets = self.env["helpdesk.ticket"].search(
            self.device.action_scrm_tickets()["domain"]
        )
        self.assertEqual(tickets, ticket)

    def test_fitting_parts(self):
        """Who may work on tickets sees what fits, and where it lies: on the device and
        on a ticket for it, as it is now.

        Covers: P01
        """
        van = self.env["stock.location"].create(
            {
                "name": "Van of Egon",
                "location_id": self.warehouse.view_location_id.id,
                "scrm_van_user_id": self.egon.id,
            }
        )
        shelf = self.env["stock.location"].create(
            {"name": "Rack 3", "location_id": self.shelf.id}
        )
        gate = self.warehouse.wh_input_stock_loc_id
        add = self.env["stock.quant"]._update_available_quantity
        add(self.bracket, van, 2)
        add(self.bracket, shelf, 1)
        add(self.bracket, gate, 50)  # not on the shelf yet
        west = self.env["stock.warehouse"].create({"name": "West", "code": "TWST"})
        add(self.bracket, west.lot_stock_id, 3)
        screw = self.make_part("Test Screw", 40)  # fits something else
        self.to_reserve = self.submit()
        self.to_reserve.part_line_ids._scrm_reserve()
        form = Form(
            self.device.with_user(self.egon), "scrm_ticket.stock_lot_view_form_device"
        )
        part = form.scrm_fitting_part_ids[:]
        self.assertEqual(part, self.bracket)
        self.assertEqual(part.scrm_free_qty, 10)
        self.assertEqual(part.scrm_stock_words, "Test Depot 5, West 3, Van of Egon 2")
        ticket = self.env["helpdesk.ticket"].create(
            {"template_id": self.template.id, "scrm_lot_id": self.device.id}
        )
        seen = Form(ticket.with_user(self.dora)).scrm_fitting_part_ids[:]
        self.assertEqual(seen.display_name, "Test Bracket")
        self.assertEqual(seen.scrm_stock_words, "Test Depot 5, West 3, Van of Egon 2")
        self.assertNotIn(screw, seen)
        add(self.bracket, self.shelf, 4)
        seen = Form(ticket.with_user(self.dora)).scrm_fitting_part_ids[:]
        live = "Test Depot 9, West 3, Van of Egon 2"
        self.assertEqual(seen.scrm_stock_words, live)
        ticket.scrm_lot_id = False
        self.assertFalse(Form(ticket.with_user(self.dora)).scrm_fitting_part_ids[:])

    def test_supplier(self):
        """The device's supplier is the model's first one; how to reach him stands on
        its tickets."""
        first, second = self.env["res.partner"].create(
            [
                {"name": "Maker", "phone": "+86 21 5555", "email": "help@maker.test"},
                {"name": "Dealer"},
            ]
        )
        self.model.seller_ids = [
            Command.create({"partner_id": first.id}),
            Command.create({"partner_id": second.id}),
        ]
        device = self.env["stock.lot"].create(
            {"name": "TP-9", "product_id": self.model.id}
        )
        self.assertEqual(device.scrm_supplier_id, first)
        device.scrm_supplier_id = second
        self.model.seller_ids[1:].unlink()
        self.assertEqual(device.scrm_supplier_id, second, "entered by hand")
        device.scrm_supplier_id = first
        ticket = self.env["helpdesk.ticket"].create(
            {"template_id": self.template.id, "scrm_lot_id": device.id}
        )
        seen = ticket.with_user(self.dora)
        self.assertEqual(seen.scrm_lot_supplier_id.name, "Maker")
        self.assertEqual(
            seen.scrm_lot_supplier_contact, "+86 21 5555 · help@maker.test"
        )

    def test_timeline(self):
        """All that happened to a device, the newest first; only what the reader may
        read of its tickets."""
        self.device.scrm_install_date = "2026-02-05"
        self.device.scrm_store_id = self.store
        ticket = self.submit()
        ticket.scrm_lot_id = self.device
        ticket.with_user(self.dora).scrm_step_complete()
        ticket.with_user(ticket.user_id).scrm_step_complete()

        def told(user):
            self.device.invalidate_recordset()
            page = html.fromstring(self.device.with_user(user).scrm_timeline_html)
            return [" ".join(row.itertext()) for row in page.xpath("//li//strong/..")]

        rows = [row.strip() for row in told(self.dora)]
        self.assertEqual(rows[-2:], ["Installed", "Bought"])
        self.assertIn("Visit", rows)
        self.assertIn("1 × Test Bracket used", rows)
        self.assertIn(f"{ticket.number} Installation", rows)
        hidden = [row.strip() for row in told(self.ella)]
        if ticket.user_id != self.ella:
            self.assertNotIn("Visit", hidden)
        self.assertEqual(hidden[-2:], ["Installed", "Bought"])

    def test_store_of_the_device(self):
        """A ticket for a device goes to its store rather than to the template's."""
        store = self.store.copy({"key": "test_device_store", "name": "Other"})
        self.device.scrm_store_id = store
        ticket = self.env["helpdesk.ticket"].create(
            {"template_id": self.template.id, "scrm_lot_id": self.device.id}
        )
        self.assertEqual(ticket.store_id, store)

    def test_rights(self):
        """Who works on tickets reads devices and adds readings, and no more."""
        device = self.device.with_user(self.egon)
        self.assertEqual(
            device._mail_get_partners()[device.id],
            self.customer,
            "asked by the chatter",
        )
        self.assertEqual(device.scrm_next_maintenance, date(2026, 7, 31))
        self.env["scrm.device.reading"].with_user(self.egon).create(
            {"lot_id": device.id, "value": 7}
        )
        with self.assertRaises(AccessError):
            device.scrm_place = "Cellar"
        with self.assertRaises(AccessError):
            device.action_scrm_maintained()
        with self.assertRaises(AccessError):
            self.device.with_user(self.clerk).read(["name"])
        with self.on(date(2026, 9, 1)):
            self.device.with_user(self.manager).action_scrm_maintained()
        self.assertEqual(self.device.scrm_next_maintenance, date(2027, 3, 1))
        self.device.write({"scrm_cycle_months": 0})
        with self.assertRaisesRegex(UserError, "no maintenance cycle"):
            self.device.action_scrm_maintained()

    def test_dimensions(self):
        """Rules ask for model and class of the device."""
        ticket = self.submit()
        ticket.scrm_lot_id = self.device
        values = self.env["scrm.dimension"].values(
            ticket, ["device_model", "device_class", "planned_hours"]
        )
        self.assertEqual(
            values,
            {
                "device_model": "Test Printer",
                "device_class": "imported",
                "planned_hours": 0,
            },
        )
