import base64

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import TicketCase

PHOTO = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
        "awAAAABJRU5ErkJggg=="
    )
)


@tagged("post_install", "-at_install")
class TestPartFind(TicketCase):
    """A code from the site, scanned or typed, and a photo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bracket.write({"default_code": "BR-1", "barcode": "6901234567892"})
        cls.machine = cls.env["product.product"].create(
            {
                "name": "Test Machine",
                "is_storable": True,
                "scrm_is_device": True,
                "scrm_fitting_part_ids": [Command.set(cls.bracket.ids)],
            }
        )
        cls.device = cls.env["stock.lot"].create(
            {"name": "TM-1", "product_id": cls.machine.id}
        )
        cls.ticket = cls.submit()
        cls.ticket.with_user(cls.dora).scrm_step_complete()

    def find(self, code, **values):
        finds = self.env["scrm.part.find"].with_user(self.ticket.user_id)
        return finds.create({"ticket_id": self.ticket.id, "code": code, **values})

    def test_part(self):
        """The code of a part says what is in stock; with the photo it goes onto the
        ticket, and its stock is held when the visit is done.

        Covers: E11
        """
        for code in ("BR-1", " br-1 ", "6901234567892"):
            found = self.find(code)
            self.assertEqual(found.product_id, self.bracket, code)
            self.assertEqual(found.free_qty, 4, "one of five is held")
            self.assertEqual(found.stock_words, "Test Depot 4")
        form = Form(
            self.env["scrm.part.find"]
            .with_user(self.ticket.user_id)
            .with_context(default_ticket_id=self.ticket.id)
        )
        form.code = "6901234567892"
        self.assertEqual(form.product_id, self.bracket)
        form.photo = PHOTO
        form.quantity = 2
        form.save().action_add()
        line = self.ticket.part_line_ids.sorted("id")[-1]
        self.assertEqual((line.product_id, line.quantity), (self.bracket, 2))
        self.assertEqual(line.availability, "here")
        note = self.ticket.message_ids[0]
        self.assertEqual(len(note.attachment_ids), 1)
        self.assertIn("6901234567892 · [BR-1] Test Bracket · Test Depot 4", note.body)
        self.ticket.with_user(self.ticket.user_id).scrm_step_complete()
        self.assertEqual(self.on_shelf(), (2, 0), "one and two of five are used")

    def test_device(self):
        """The code of a device, its serial number or its sticker, shows what fits."""
        address = self.device._scrm_ensure_label()[0]
        for code in ("TM-1", "tm-1", address, address.rpartition("/")[2]):
            found = self.find(code)
            self.assertEqual(found.lot_id, self.device, code)
            self.assertTrue(found.is_device)
            self.assertEqual(found.fitting_ids, self.bracket)
            self.assertEqual(found.fitting_ids.scrm_stock_words, "Test Depot 4")
        with self.assertRaisesRegex(UserError, "is a device"):
            found.action_add()
        found.photo = PHOTO
        found.action_keep_photo()
        self.assertEqual(len(self.ticket.message_ids[0].attachment_ids), 1)

    def test_nothing(self):
        """An unknown code is named; a stranger adds nothing to the ticket."""
        for code in ("XX", "%", "", False):
            self.assertFalse(self.find(code).product_id, code)
        with self.assertRaisesRegex(UserError, "the code “XX”"):
            self.find("XX").action_add()
        with self.assertRaisesRegex(UserError, "above zero"):
            self.find("BR-1", quantity=0).action_add()
        stranger = self.egon if self.ticket.user_id == self.ella else self.ella
        found = self.env["scrm.part.find"].with_user(stranger)
        found = found.create({"ticket_id": self.ticket.id, "code": "BR-1"})
        with self.assertRaises(AccessError):
            found.action_add()
