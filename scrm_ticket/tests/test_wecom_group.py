from odoo import Command
from odoo.tests import tagged

from .wecom_common import WecomCase


@tagged("post_install", "-at_install")
class TestWecomGroup(WecomCase):
    """Colleagues who fill in a ticket together, beside a group."""

    def test_filled_in_together(self):
        """From a group two colleagues fill in one ticket: model and warranty of the
        customer's device are there from the start, each sees what the other wrote,
        and who writes over it is told. It becomes one ticket.

        Covers: E06
        """
        serial = self.env["scrm.form.field"].create(
            {"key": "test_serial", "name": "Serial", "type": "serial"}
        )
        self.template.line_ids = [Command.create({"field_id": serial.id})]
        mei = self.make_mei()
        lot = self.make_device("SN-1", mei)
        self.hear("打印机卡纸了，报修", "m1", ChatId="wr-1")
        self.come_in(self.wang)
        wang = self.talk("group", "wr-1")
        (message,) = wang["messages"]
        self.assertEqual(message["template"], self.template.key)
        draft = self.ask(
            "/draft/open",
            signed=wang["pass"],
            template=message["template"],
            message=message["id"],
        )
        device = draft["device"]
        self.assertEqual(device["model"], "Test Bracket")
        self.assertEqual(device["serial"], "SN-1")
        self.assertTrue(device["warranty"] and device["is_covered"])
        self.assertEqual(draft["answers"]["test_serial"], "SN-1", "filled in")

        def answer(talk, field, value, seen=None):
            return self.ask(
                "/draft/answer",
                signed=talk["pass"],
                draft=draft["id"],
                field=field,
                value=value,
                seen=seen,
            )

        self.assertFalse(answer(wang, "test_area", "60")["conflict"])
        self.come_in(self.zhao)
        zhao = self.talk("group", "wr-1")
        self.assertEqual([one["id"] for one in zhao["drafts"]], [draft["id"]])
        joined = self.ask(
            "/draft/open", signed=zhao["pass"], template=draft["template"]
        )
        self.assertEqual(joined["id"], draft["id"], "the same one")
        self.assertEqual(joined["answers"]["test_area"], "60")
        self.assertEqual(joined["writers"], {"test_area": "Wang"})
        self.assertFalse(answer(zhao, "test_mounting", "wall")["conflict"])
        told = answer(zhao, "test_area", "70")["conflict"]
        self.assertEqual(told, {"value": "60", "by": "Wang"}, "he did not see it")
        self.assertFalse(answer(zhao, "test_area", "70", seen="60")["conflict"])
        self.assertIn("Mounting", answer(zhao, "test_mounting", "x", "wall")["refused"])
        self.assertIn("not yours", answer(zhao, "no_field", "x")["refused"])
        self.come_in(self.wang)
        data = {"signed": wang["pass"], "draft": draft["id"]}
        seen = self.ask("/draft/read", **data, turn=draft["turn"])
        self.assertEqual(seen["answers"]["test_area"], "70")
        self.assertEqual(seen["answers"]["test_mounting"], "wall")
        self.assertEqual(seen["people"], ["Wang", "Zhao"])
        self.assertEqual(self.ask("/draft/read", **data, turn=seen["turn"]), {})
        made = self.ask("/draft/send", **data)
        ticket = self.tickets()
        self.assertEqual(made["ticket"], ticket.number)
        self.assertEqual(ticket.scrm_lot_id, lot)
        self.assertEqual(ticket.partner_id, mei)
        self.assertEqual(ticket._scrm_value("test_area"), 70)
        self.assertEqual(ticket._scrm_value("test_mounting"), "wall")
        note = "".join(ticket.message_ids.mapped("body"))
        self.assertIn("Wang, Zhao", note)
        self.assertIn("打印机卡纸了", note)
        self.come_in(self.zhao)
        again = self.ask("/draft/send", signed=zhao["pass"], draft=draft["id"])
        self.assertEqual(again["ticket"], ticket.number)
        self.assertIn("sent already", answer(zhao, "test_area", "1", "70")["refused"])
        self.assertEqual(self.tickets(), ticket)

    def test_device_of_the_customer(self):
        """Only a device of the customer's can be named, and none is guessed of two."""
        mei = self.make_mei()
        first = self.make_device("SN-1", mei)
        self.make_device("SN-2", mei)
        foreign = self.make_device("SN-3", self.pia.partner_id)
        self.come_in(self.wang)
        signed = self.talk("group", "wr-1")["pass"]
        data = {"signed": signed, "template": self.question.key}
        refused = self.ask("/draft/open", **data, device=foreign.id)["refused"]
        self.assertIn("none of the customer's", refused)
        self.assertEqual(self.ask("/draft/open", **data)["device"], {})
        data["template"] = self.template.key
        chosen = self.ask("/draft/open", **data, device=first.id)["device"]
        self.assertEqual(chosen["serial"], "SN-1")
