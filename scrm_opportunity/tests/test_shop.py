import json
from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.scrm_flow.tests.gateway_server import SECRET as GATEWAY_SECRET

from .shop_common import ShopCase
from .shop_platforms import APP_KEY, BEIJING, TOKEN


@tagged("post_install", "-at_install")
class TestShop(ShopCase):
    """Shops on platforms that sign like the real ones, over HTTP."""

    def test_orders_of_four_platforms(self):
        """Paid orders of Douyin, Tmall, the own shop and the till are confirmed sales
        orders with the platform's prices; delivered again, and signed anew, each is
        still one.

        Covers: E25
        """
        self.douyin_order()
        told = [{"tag": "101", "msg_id": "m1", "data": json.dumps({"p_id": "D1"})}]
        for _time in range(2):
            answer = self.taken(self.push.douyin_shop(self.douyin, told))
            self.assertEqual(answer, {"code": 0, "msg": "success"})
            answer = self.taken(self.push.tmall(self.tmall, {"trade": self.trade()}))
            self.assertEqual(answer["response"]["flag"], "success")
            self.taken(self.push.own(self.own, {"order": self.own_order()}))
            self.taken(self.push.own(self.pos, {"order": self.own_order("P1")}))
        told[0]["msg_id"] = "m2"
        self.taken(self.push.douyin_shop(self.douyin, told))
        for shop, amount, product in (
            (self.douyin, 3998.0, self.cooler),
            (self.tmall, 99.9, self.fan),
            (self.own, 1999.0, self.cooler),
            (self.pos, 1999.0, self.cooler),
        ):
            order = self.orders(shop)
            self.assertEqual(len(order), 1, shop.name)
            self.assertEqual(order.state, "sale")
            self.assertAlmostEqual(order.amount_total, amount)
            self.assertEqual(order.order_line.product_id, product)
            self.assertEqual(order.create_uid, self.desk)
        self.assertEqual(self.orders(self.douyin).partner_id.name, "梅*")

    def test_customer_of_scattered_channels(self):
        """What Mei bought on Tmall, in the own shop and at a till, and wrote on WeChat,
        is one customer's, who is known by all of them, each named; what was bought is
        told with the shop it was bought in.

        Covers: X02
        """
        partners = self.env["res.partner"]
        mei = partners._scrm_recognise(
            {"channel": "wechat", "id": "o-mei", "phone": "+86 138 0013 8000"}
        )
        self.taken(self.push.tmall(self.tmall, {"trade": self.trade()}))
        self.taken(self.push.own(self.own, {"order": self.own_order()}))
        at_till = {"id": "card-7", "name": "Mei", "phone": "13800138000"}
        told = self.own_order("P1", buyer=at_till)
        self.taken(self.push.own(self.pos, {"order": told}))
        bought = self.orders(self.tmall) | self.orders(self.own) | self.orders(self.pos)
        self.assertEqual(len(bought), 3)
        self.assertEqual(bought.partner_id, mei.sudo(False))
        known = {(one.channel, one.identity) for one in mei.scrm_channel_ids.sudo()} - {
            ("phone", "+8613800138000")
        }
        self.assertEqual(
            known,
            {
                ("wechat", "o-mei"),
                ("tmall", "tb-mei"),
                ("shop", "u-mei"),
                ("pos", "card-7"),
            },
        )
        portrait = self.env["scrm.portrait.orders"].with_user(self.desk)
        moments = portrait._moments(
            mei.sudo(False), fields.Datetime.now() - timedelta(days=1)
        )
        self.assertEqual(
            {moment.channel for moment in moments},
            {"Our tmall", "Our shop", "Our pos"},
        )

    def test_refused(self):
        """A wrong signature, one of another time, of another application or with a
        body that was changed leaves nothing.

        Covers: E25
        """
        told = [{"tag": "101", "msg_id": "m1", "data": {"p_id": "D1"}}]
        event = {"event": "im_receive_msg", "client_key": APP_KEY, "content": {}}
        trade = {"trade": self.trade()}
        late = datetime.now(BEIJING) - timedelta(minutes=11)
        order = {"order": self.own_order()}
        push = self.push
        other = "whsec_" + "A" * 32
        for answer in (
            push.douyin_shop(self.douyin, told, secret="wrong"),
            push.douyin_shop(self.douyin, told, app_key="app2"),
            push.douyin_event(self.douyin, event, secret="wrong"),
            push.douyin_event(self.douyin, {**event, "client_key": "app2"}),
            push._post(self.douyin, json.dumps(told)),
            push.tmall(self.tmall, trade, secret="wrong"),
            push.tmall(self.tmall, trade, at=late),
            push.tmall(self.tmall, trade, app_key="app2"),
            push._post(self.tmall, json.dumps(trade)),
            push.own(self.own, order, secret=other),
            push.own(self.own, order, at=self.now - 700),
            push._post(self.own, json.dumps(order)),
        ):
            self.assertEqual(answer.status_code, 401, answer.text)
            self.assertTrue(answer.json()["error"])
        for answer, name in (
            (push.own(self.own, {}), "order"),
            (push.own(self.own, {"order": {"id": "S1"}}), "modified"),
            (push.tmall(self.tmall, {"trade": {"tid": "1"}}), "modified"),
            (push.douyin_shop(self.douyin, [{"tag": "101", "data": {}}]), "p_id"),
        ):
            self.assertEqual(answer.status_code, 422)
            self.assertIn(f"“{name}”", answer.json()["error"])
        # without a secret nothing is signed
        self.own.secret = False
        self.assertEqual(push.own(self.own, order).status_code, 401)
        missing = self.opener.post(f"{self.base_url()}/scrm/shop/none", timeout=60)
        self.assertEqual(missing.status_code, 404)
        self.assertFalse(self.env["scrm.shop.entry"].search([]))
        self.assertFalse(self.orders(self.douyin | self.tmall | self.own))
        challenge = {"event": "verify_webhook", "content": {"challenge": 12345}}
        answer = self.taken(push.douyin_event(self.douyin, challenge))
        self.assertEqual(answer, {"challenge": 12345})
        self.taken(push.douyin_shop(self.douyin, [{"tag": "0", "msg_id": "0"}]))

    def test_order_of_words(self):
        """The later word holds, in whichever order they arrive: a payment known before
        the order was placed, a cancellation after it.

        Covers: E25
        """
        self.taken(self.push.own(self.own, {"order": self.own_order(at=60)}))
        placed = self.own_order(
            state="waiting", lines=[{"code": "AC-1", "quantity": 9, "price": "1.00"}]
        )
        self.taken(self.push.own(self.own, {"order": placed}, message_id="w2"))
        order = self.orders(self.own)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.order_line.product_uom_qty, 1)
        called_off = self.own_order(state="cancelled", at=120)
        self.taken(self.push.own(self.own, {"order": called_off}, message_id="w3"))
        self.assertEqual(self.orders(self.own).state, "cancel")
        # what waits for its payment may change
        for at, quantity in ((0, 1), (10, 3)):
            told = self.own_order("S2", "waiting", at)
            told["lines"][0]["quantity"] = quantity
            self.taken(self.push.own(self.own, {"order": told}, message_id=f"x{at}"))
        other = self.orders(self.own) - order
        self.assertEqual(other.state, "draft")
        self.assertEqual(other.order_line.product_uom_qty, 3)

    def test_unknown_product(self):
        """An order with a code that no product has is kept with the reason, no half of
        it is made, and it is taken in when the product is there.

        Covers: E25
        """
        told = self.own_order(
            lines=[
                {"code": "AC-1", "quantity": 1, "price": "10"},
                {"code": "NEW-9", "name": "New thing", "quantity": 1, "price": "5"},
            ]
        )
        before = self.env["res.partner"].search_count([])
        self.taken(self.push.own(self.own, {"order": told}))
        self.assertFalse(self.orders(self.own))
        entry = self.env["scrm.shop.entry"].search([("shop_id", "=", self.own.id)])
        self.assertEqual(entry.state, "failed")
        self.assertIn("NEW-9 (New thing)", entry.error)
        self.assertEqual(self.env["res.partner"].search_count([]), before)
        self.assertEqual(self.own.failed_count, 1)
        with self.assertRaises(AccessError):
            entry.with_user(self.seller).action_retry()
        self.env["product.product"].create({"name": "New", "default_code": "NEW-9"})
        entry.with_user(self.manager).action_retry()
        self.assertEqual((entry.state, entry.error), ("done", False))
        self.assertEqual(len(self.orders(self.own).order_line), 2)
        # freight needs a product of its own
        told = self.own_order("S2", freight="12.00")
        self.taken(self.push.own(self.own, {"order": told}, message_id="w2"))
        entry = self.env["scrm.shop.entry"].search([("key", "=like", "S2@%")])
        self.assertIn("freight of 12", entry.error)
        self.own.freight_product_id = self.env["product.product"].create(
            {"name": "Parcel", "type": "service", "taxes_id": [(5,)]}
        )
        self.run_crons("scrm.shop.entry", "_cron_retry")
        order = self.orders(self.own)[-1]
        self.assertAlmostEqual(order.amount_total, 2011.0)

    def test_prices_are_what_was_paid(self):
        """With taxes on top of our prices the order's total is what the buyer paid."""
        tax = self.env["account.tax"].create(
            {"name": "13", "amount": 13, "price_include_override": "tax_excluded"}
        )
        self.cooler.taxes_id = tax
        self.taken(self.push.own(self.own, {"order": self.own_order()}))
        order = self.orders(self.own)
        self.assertAlmostEqual(order.amount_total, 1999.0)
        self.assertAlmostEqual(order.amount_untaxed, 1769.03)

    def test_asking_for_changes(self):
        """What changed is asked for with the platform's signature, page by page; the
        next look begins where the last one ended, a refusal is shown and moves
        nothing, and what was pushed as well is not taken in twice.

        Covers: E25
        """
        for number in range(3):
            self.douyin_order(f"D{number}", at=self.now - 100 + number)
        pushed = [{"tag": "101", "msg_id": "m1", "data": {"p_id": "D0"}}]
        self.taken(self.push.douyin_shop(self.douyin, pushed))
        moment = datetime.now(BEIJING) - timedelta(minutes=5)
        self.platforms.trades += [
            self.trade(f"T{number}", at=moment + timedelta(seconds=number))
            for number in range(105)
        ]
        self.platforms.own.append(self.own_order("S5"))
        (self.douyin | self.tmall | self.own).with_user(self.manager).action_ask()
        self.assertEqual(len(self.orders(self.douyin)), 3)
        self.assertEqual(len(self.orders(self.tmall)), 105)
        self.assertEqual(len(self.orders(self.own)), 1)
        (douyin,) = [
            asked
            for method, asked in self.platforms.asked
            if asked and (method == "order.searchList")
        ]
        self.assertLess(douyin["update_time_start"], self.now - 86000)
        until = self.douyin.asked_until
        self.assertTrue(until)
        self.platforms.asked.clear()
        self.douyin.action_ask()
        ((_method, asked),) = self.platforms.asked
        begin = datetime.utcfromtimestamp(asked["update_time_start"])
        self.assertEqual(begin, until.replace(microsecond=0) - timedelta(minutes=10))
        self.assertEqual(len(self.orders(self.douyin)), 3)
        until = self.douyin.asked_until
        self.douyin.token = "old"
        self.douyin.action_ask()
        self.assertIn("30007", self.douyin.ask_error)
        self.assertEqual(self.douyin.asked_until, until)
        self.platforms.mood = "503"
        self.tmall.action_ask()
        self.assertIn("503", self.tmall.ask_error)
        with self.assertRaises(AccessError):
            self.douyin.with_user(self.seller).action_ask()

    def test_conversations(self):
        """What a buyer writes on Douyin is a ticket, what follows belongs to it, once
        each; the answer leaves by Douyin, to that message, and a refusal is shown. A
        message on a Tmall order is one too.

        Covers: E25, E26
        """
        channel = self.env["scrm.notice.channel"].create(
            {
                "key": "test_douyin",
                "name": "Douyin",
                "kind": "douyin_chat",
                "url": self.platforms.url("/im?open_id=us"),
                "secret": TOKEN,
            }
        )
        self.douyin.answer_channel_id = channel

        def say(text, message_id, sender="o-mei"):
            event = {
                "event": "im_receive_msg",
                "client_key": APP_KEY,
                "from_user_id": sender,
                "to_user_id": "us",
                "content": {
                    "conversation_short_id": "@c1",
                    "server_message_id": message_id,
                    "message_type": "text",
                    "text": text,
                    "user_infos": [{"open_id": sender, "nick_name": "小梅"}],
                },
            }
            # the id of the delivery is not signed: it proves nothing
            for delivery in ("m1", "m2"):
                self.taken(
                    self.push.douyin_event(self.douyin, event, message_id=delivery)
                )

        say("空调几时发货？", "@1")
        say("在吗", "@2")
        self.env.invalidate_all()
        ticket = self.env["helpdesk.ticket"].search([("scrm_channel", "=", "douyin")])
        self.assertEqual(len(ticket), 1)
        self.assertEqual(ticket.partner_id.name, "小梅")
        self.assertIn("空调几时发货", ticket.description)
        self.assertEqual(ticket.scrm_last_word, "在吗")
        self.assertEqual(ticket.scrm_channel_icon, "fa-music")
        ticket.with_user(self.desk).message_post(
            body="明天", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.run_crons()
        (sent,) = self.platforms.taken
        self.assertEqual(sent["to_user_id"], "o-mei")
        self.assertEqual((sent["conversation_id"], sent["msg_id"]), ("@c1", "@2"))
        self.assertEqual(sent["content"]["text"], {"text": "明天"})
        self.assertEqual(ticket.scrm_answer_state, "sent")
        say("退货", "@9", sender="o-silent")
        other = self.env["helpdesk.ticket"].search(
            [("scrm_channel", "=", "douyin"), ("id", "!=", ticket.id)]
        )
        other.with_user(self.desk).message_post(
            body="好", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.run_crons()
        self.assertEqual(other.scrm_answer_state, "failed")
        self.assertIn("28001003", other.scrm_answer_error)
        words = {"buyer_message": "请发顺丰"}
        for _time in range(2):
            self.taken(self.push.tmall(self.tmall, {"trade": self.trade(**words)}))
        later = datetime.now(BEIJING) + timedelta(minutes=1)
        told = {"trade": self.trade(at=later, **words)}
        self.taken(self.push.tmall(self.tmall, told))
        said = self.env["helpdesk.ticket"].search([("scrm_channel", "=", "tmall")])
        self.assertEqual(len(said), 1)
        self.assertIn("请发顺丰", said.description)
        self.assertEqual(said.partner_id, self.orders(self.tmall).partner_id)

    def test_answer_to_the_own_shop(self):
        """What a colleague answers to a message of our own shop is told to the shop,
        with the words, the buyer and the message that is answered.

        Covers: E25, E26
        """
        self.own.answer_channel_id = self.env["scrm.notice.channel"].create(
            {
                "key": "test_own",
                "name": "Own shop",
                "kind": "webhook",
                "url": self.platforms.url("/own/answers"),
                "secret": GATEWAY_SECRET,
            }
        )
        buyer = {"id": "u-mei", "name": "Mei"}
        told = {"message": {"id": "m1", "buyer": buyer, "text": "几时发货？"}}
        self.taken(self.push.own(self.own, told))
        self.env.invalidate_all()
        ticket = self.env["helpdesk.ticket"].search([("scrm_channel", "=", "shop")])
        ticket.with_user(self.desk).message_post(
            body="明天", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.run_crons()
        ((_key, said),) = self.platforms.taken
        self.assertEqual(said["text"], "明天")
        self.assertEqual((said["to"]["to"], said["to"]["message"]), ("u-mei", "m1"))
        self.assertEqual(ticket.scrm_answer_state, "sent")

    def test_coupon_is_redeemed(self):
        """The code that an order was paid with is marked, once.

        Covers: X12
        """
        campaign = self.env["scrm.coupon.campaign"].create(
            {"name": "Live", "key": "test_live", "new_codes": "LIVE1"}
        )
        told = self.own_order(coupon="LIVE1")
        self.taken(self.push.own(self.own, {"order": told}))
        coupon = campaign.coupon_ids
        self.assertTrue(coupon.used_at)
        self.assertEqual(coupon.used_for, "S1")

    def test_secrets(self):
        """Keys of shops are for managers; a key that is none is named."""
        for name in ("secret", "token", "app_key", "api_url"):
            with self.assertRaises(AccessError):
                self.own.with_user(self.seller).read([name])
        with self.assertRaisesRegex(UserError, "whsec_"):
            self.own.secret = "short"
        self.own.with_user(self.manager).action_new_secret()
        self.assertTrue(self.own.secret.startswith("whsec_"))
