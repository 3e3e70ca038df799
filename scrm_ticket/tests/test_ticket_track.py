import json
import time
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import LockError
from odoo.tests import HttpCase, freeze_time, tagged

from ..doors import signature
from .common import TicketFixture


@tagged("post_install", "-at_install")
class TestTicketTrack(TicketFixture, HttpCase):
    """A carrier outside tells by signed messages where parts are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.make_world()
        cls.hook = cls.env["scrm.door.webhook"].create(
            {"name": "Carrier", "key": "carrier", "user_id": cls.desk.id}
        )
        cls.ticket = cls.submit()
        cls.ticket.scrm_track_number = "SF1001"

    def say(self, message_id="m1", secret=None, **message):
        """What the carrier sends; (status, answer)."""
        body = json.dumps({"number": "SF1001", **message}).encode()
        at = str(int(time.time()))
        secret = secret or self.hook.secret_ids.value
        answer = self.opener.post(
            f"{self.base_url()}/scrm/hook/carrier/track",
            data=body,
            headers={
                "Content-Type": "application/json",
                "webhook-id": message_id,
                "webhook-timestamp": at,
                "webhook-signature": signature.sign(secret, message_id, at, body),
            },
            timeout=60,
        )
        self.env.invalidate_all()
        return answer.status_code, answer.json()

    def run_crons(self):
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["scrm.notice.delivery"]._run_all()
        self.env.invalidate_all()

    def test_the_way_is_shown(self):
        """Twice is once, late is sorted in; customer and store see way and arrival.

        Covers: N29
        """
        status, answer = self.say(
            at="2026-03-02T02:00:00+00:00",
            place="上海仓库",
            text="已发出",
            state="handed",
            expected_at="2026-03-03T06:00:00Z",
        )
        self.assertEqual((status, answer), (200, {"tickets": [self.ticket.number]}))
        moving = {
            "at": "2026-03-02T12:00:00+08:00",
            "place": "苏州",
            "latitude": 31.29834,
            "longitude": 120.58319,
            "state": "moving",
        }
        self.say("m3", at="2026-03-02T08:00:00Z", place="无锡")
        self.assertEqual(self.say("m2", **moving)[0], 200)
        self.assertEqual(self.say("m2", **moving)[0], 200)
        places = [item["place"] for item in self.ticket.scrm_track]
        self.assertEqual(places, ["上海仓库", "苏州", "无锡"])
        self.assertEqual(self.ticket.scrm_track_state, "moving")
        self.assertEqual(str(self.ticket.scrm_expected_at), "2026-03-03 06:00:00")
        self.pia.tz = "Asia/Shanghai"
        self.authenticate("test_pia", "test_pia")
        page = self.url_open(f"/my/ticket/{self.ticket.id}").text
        for words in (
            "3/2/26, 4:00",  # 8:00 UTC is 16:00 in Shanghai
            "3/2/26, 10:00",
            "上海仓库 · 已发出",
            "无锡",
            "geo:31.29834,120.58319",
            "On its way",
        ):
            self.assertIn(words, page)

    def test_the_courier_brings_it_to_the_nearest_store(self):
        """A return goes to the store near customer and courier that has room.

        Where the courier is the carrier tells by signed messages; once the goods are
        delivered the courier counts no more.

        Covers: F25
        """
        self.pia.partner_id.write(
            {"partner_latitude": 31.2989, "partner_longitude": 120.5853}  # Suzhou
        )
        self.store.user_ids = self.egon
        places = {"wuxi": (31.4912, 120.3119), "kunshan": (31.3856, 120.9810)}
        stores = {
            name: self.store.copy(
                {
                    "key": f"test_{name}",
                    "name": name.title(),
                    "user_ids": [Command.set(self.ella.ids)],
                    "partner_id": self.env["res.partner"]
                    .create(
                        {
                            "name": name,
                            "partner_latitude": latitude,
                            "partner_longitude": longitude,
                        }
                    )
                    .id,
                }
            )
            for name, (latitude, longitude) in places.items()
        }
        draft = self.flow.published_version_id._copy_as_draft()
        visit = draft.node_ids.filtered(lambda node: node.key == "visit")
        visit.handler_rule = "nearest_store"
        draft.action_publish()

        def why(*messages):
            ticket = self.submit()
            ticket.scrm_track_number = f"R{ticket.id}"
            for number, message in enumerate(messages):
                status, _answer = self.say(
                    f"{ticket.id}-{number}", number=f"R{ticket.id}", **message
                )
                self.assertEqual(status, 200)
            ticket.with_user(self.dora).scrm_step_complete()
            step = ticket.scrm_step_ids.filtered(lambda one: one.node_key == "visit")
            return step.assign_reason

        at_shanghai = {"latitude": 31.2304, "longitude": 121.4737, "state": "moving"}
        self.assertIn("nearest store “Wuxi”, 33.6 km", why())
        reason = why(at_shanghai)
        self.assertIn("nearest store “Kunshan”, 38.8 km", reason)
        self.assertIn("49.9 km from the courier", reason)
        self.assertIn("“Wuxi”", why(at_shanghai, {"state": "delivered"}))
        stores["kunshan"].step_limit = 1
        reason = why(at_shanghai)
        self.assertIn("nearest store with room “Wuxi”", reason)
        self.assertIn("enough to do: Kunshan", reason)

    def test_the_store_manager_hears_of_a_new_arrival(self):
        """Each change of the expected arrival reaches the manager; no change does not.

        Covers: N30
        """
        self.store.manager_id = self.dora
        name = self.env["ir.model.fields"]._get("helpdesk.ticket", "scrm_expected_at")
        self.env["scrm.notice.rule"].create(
            {
                "name": "Arrival",
                "model_id": self.env["ir.model"]._get("helpdesk.ticket").id,
                "event": "field",
                "field_id": name.id,
                "field_path": "store_id.manager_id",
                "channel_ids": [
                    Command.set(self.env.ref("scrm_flow.notice_channel_inbox").ids)
                ],
                "subject": "{{ number }}: {{ scrm_expected_at }}",
            }
        )
        self.dora.tz = "Asia/Shanghai"
        self.say("m1", at="2026-03-02T02:00:00Z", expected_at="2026-03-03T06:00:00Z")
        self.say("m2", at="2026-03-02T03:00:00Z", expected_at="2026-03-03T06:00:00Z")
        self.run_crons()
        self.say("m3", at="2026-03-02T04:00:00Z", expected_at="2026-03-03T09:30:00Z")
        self.run_crons()
        told = self.env["scrm.notice.delivery"].search(
            [("res_id", "=", self.ticket.id)], order="id"
        )
        self.assertEqual(told.partner_id, self.dora.partner_id)
        self.assertEqual(told.mapped("state"), ["sent", "sent"])
        self.assertIn("2:00", told[0].subject)
        self.assertIn("5:30", told[1].subject)  # in Shanghai
        seen = self.ticket.with_user(self.dora).read(["scrm_expected_at"])[0]
        self.assertEqual(str(seen["scrm_expected_at"]), "2026-03-03 09:30:00")

    def test_somebody_else_is_at_the_ticket(self):
        """The carrier is asked to come again, and what it said is not lost."""
        said = {"at": "2026-03-02T02:00:00Z", "place": "Wuxi"}
        tickets = type(self.env["helpdesk.ticket"])
        with patch.object(tickets, "lock_for_update", side_effect=LockError("Busy")):
            self.assertEqual(self.say("m1", **said), (503, {"error": "Busy"}))
        self.assertFalse(self.ticket.scrm_track)
        self.assertEqual(self.say("m1", **said)[0], 200)
        self.assertEqual([item["place"] for item in self.ticket.scrm_track], ["Wuxi"])

    def test_refused(self):
        """Who does not know the secret, and what nobody understands."""
        self.assertEqual(self.say(secret=signature.new_secret())[0], 401)
        for message, words in (
            ({"number": "SF9"}, "No ticket has the tracking number “SF9”."),
            ({"colour": "red"}, "no place for “colour”"),
            ({"at": "yesterday"}, "“at” of the message cannot be read."),
            ({"latitude": 91}, "“latitude”"),
            ({"latitude": True}, "“latitude”"),
            ({"state": "lost"}, "“state”"),
            ({"number": ""}, "“number”"),
        ):
            with self.subTest(message):
                status, answer = self.say(**message)
                self.assertEqual(status, 422)
                self.assertIn(words, answer["error"])
        self.assertFalse(self.ticket.scrm_track)

    def test_what_a_carrier_writes_is_text(self):
        """No markup of others gets into our pages."""
        with freeze_time("2026-03-02 08:00:00"):
            self.ticket._scrm_take_track(
                "m1", {"number": "SF1001", "place": "<script>alert(1)</script>"}
            )
        self.assertNotIn("<script>", self.ticket.scrm_track_html)
        self.assertIn("&lt;script&gt;", self.ticket.scrm_track_html)
