from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import OpportunityCase


@tagged("post_install", "-at_install")
class TestOffers(OpportunityCase):
    """Offers come up on tickets; what is accepted becomes an opportunity."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warranty = cls.env["product.product"].create(
            {"name": "Extended warranty", "type": "service", "list_price": 300.0}
        )
        cls.machine = cls.env["product.product"].create(
            {
                "name": "Washer",
                "type": "consu",
                "is_storable": True,
                "tracking": "serial",
            }
        )
        cls.upgrade = cls.env["scrm.offer"].create(
            {
                "name": "Upgrade",
                "keywords": "产品升级, price plan\nproduct demo",
                "script": "Ask for the load of the last year.",
                "product_id": cls.warranty.id,
                "amount": 1200.0,
            }
        )

    def asks(self, partner=None, user=None, **values):
        return self.ticket(
            partner or self.zhao, user, name="We look for a Price Plan", **values
        )

    def test_a_keyword_brings_up_the_offer_with_its_script(self):
        """Configurable words, in any case; once, whatever is changed later.

        Covers: O08

        Covers in part: O07
        """
        ticket = self.asks(user=self.desk)
        made = ticket.with_user(self.desk).offer_ids
        self.assertEqual(made.offer_id, self.upgrade)
        self.assertIn("load of the last year", made.script)
        self.assertIn("price plan", made.reason)
        ticket.name = "产品升级"
        self.assertEqual(len(ticket.offer_ids), 1)
        self.assertFalse(self.ticket(self.zhao).offer_ids)

    def test_words_are_configured(self):
        """A changed offer works on the next ticket, without a restart.

        Covers in part: O07
        """
        self.upgrade.keywords = "leaks"
        self.assertTrue(self.ticket(self.zhao).offer_ids)
        self.assertFalse(self.asks().offer_ids)
        self.upgrade.active = False
        self.assertFalse(self.ticket(self.zhao).offer_ids)

    def test_an_accepted_offer_becomes_an_opportunity_with_its_amount(self):
        """By service staff without any right to sell.

        Covers in part: O08, O19
        """
        ticket = self.asks(user=self.desk)
        made = ticket.with_user(self.desk).offer_ids
        made.action_accept()
        self.assertEqual(made.state, "accepted")
        lead = made.sudo().lead_id
        self.assertEqual(lead.expected_revenue, 1200.0)
        self.assertEqual(lead.partner_id, self.zhao)
        self.assertEqual(ticket.sudo().lead_ids, lead)
        self.assertFalse(lead.user_id, "who serves does not sell")
        with self.assertRaises(AccessError):
            made.read(["lead_id"])
        with self.assertRaisesRegex(UserError, "answered already"):
            made.action_decline()

    def test_accepted_with_a_quotation(self):
        """Covers in part: O08"""
        self.upgrade.user_id = self.lin
        ticket = self.asks(user=self.desk)
        ticket.with_user(self.desk).offer_ids.action_accept_and_quote()
        lead = ticket.sudo().offer_ids.lead_id
        self.assertEqual(lead.user_id, self.lin)
        order = lead.order_ids
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.order_line.product_id, self.warranty)
        self.assertEqual(order.amount_untaxed, 1200.0)
        nobody = self.ticket(None, name="price plan").offer_ids
        with self.assertRaisesRegex(UserError, "needs a customer"):
            nobody.action_accept_and_quote()
        self.assertEqual(nobody.state, "open")

    def test_the_same_customer_gets_one_opportunity(self):
        first, second = self.asks(self.zhao), self.asks(self.qian)
        (first | second).offer_ids.action_accept()
        self.assertEqual(len((first | second).offer_ids.lead_id), 1)

    def test_the_second_sale_rate(self):
        """Made, accepted, won, and for how much.

        Covers: O19
        """
        tickets = [self.asks() for _number in range(2)] + [self.asks(self.moon)]
        made = self.env["scrm.ticket.offer"].search([])
        self.assertEqual(len(made), 3)
        tickets[2].offer_ids.action_accept()
        tickets[1].offer_ids.action_decline()
        lead = tickets[2].offer_ids.lead_id
        lead.expected_revenue = 1500.0
        lead.action_set_won()
        rows = made._read_group(
            [],
            [],
            ["accepted_rate:avg", "won_rate:avg", "amount:sum", "won_amount:sum"],
        )
        accepted, won, amount, won_amount = rows[0]
        self.assertAlmostEqual(accepted, 1 / 3)
        self.assertAlmostEqual(won, 1 / 3)
        self.assertEqual((amount, won_amount), (1200.0, 1500.0))

    def test_age_and_warranty_of_the_device(self):
        """From the limit on, not a day before."""
        today = self.env["scrm.clock"].today()
        lot = self.env["stock.lot"].create(
            {
                "name": "W-1",
                "product_id": self.machine.id,
                "scrm_warranty_end": today + timedelta(days=31),
                "scrm_purchase_date": today - timedelta(days=3 * 366),
            }
        )
        ends = self.env["scrm.offer"].create(
            {"name": "Longer", "at_warranty_end": True, "warranty_days": 30}
        )
        old = self.env["scrm.offer"].create(
            {
                "name": "New one",
                "device_months": 36,
                "product_ids": self.machine.ids,
            }
        )
        ticket = self.ticket(self.zhao)
        ticket.scrm_lot_id = lot
        self.assertEqual(ticket.offer_ids.offer_id, old)
        lot.scrm_warranty_end -= timedelta(days=1)
        ticket._scrm_propose_offers()
        self.assertEqual(ticket.offer_ids.offer_id, old | ends)
        made = ticket.offer_ids.filtered(lambda made: made.offer_id == ends)
        self.assertEqual(made.reason, "warranty ends in 30 days")
        for days, words in (
            (1, "warranty ends tomorrow"),
            (0, "warranty ends today"),
            (-1, "warranty ended yesterday"),
            (-2, "warranty ended 2 days ago"),
        ):
            self.assertEqual(made._reason_words("warranty", days), words)

    def test_purchase_history_and_tags(self):
        """What the enquiry says and what was bought, together; or a tag.

        Covers in part: X04, X13
        """
        tag = self.env["res.partner.category"].create({"name": "Price-sensitive"})
        cheap = self.env["scrm.offer"].create(
            {"name": "Bundle", "partner_tag_ids": tag.ids, "script": "Name the price"}
        )
        again = self.env["scrm.offer"].create(
            {
                "name": "Care set",
                "keywords": "leaks",
                "bought_product_ids": self.machine.ids,
            }
        )
        self.assertFalse(self.ticket(self.zhao).offer_ids)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.qian.id,
                "order_line": [(0, 0, {"product_id": self.machine.id})],
            }
        )
        self.assertFalse(self.ticket(self.zhao).offer_ids)
        order.action_confirm()
        self.sunrise.category_id = tag
        ticket = self.ticket(self.zhao)
        self.assertEqual(ticket.offer_ids.offer_id, cheap | again)
        self.assertFalse(self.ticket(self.moon).offer_ids)

    def test_the_offer_is_pushed_from_the_ticket(self):
        """The customer is written what was prepared, in the own language, once.

        Enquiry and purchase decide together; by itself where the offer says so.

        Covers: X13
        """
        self.env["res.lang"]._activate_lang("zh_CN")
        self.zhao.lang = "zh_CN"
        self.env["sale.order"].create(
            {
                "partner_id": self.qian.id,
                "order_line": [(0, 0, {"product_id": self.machine.id})],
            }
        ).action_confirm()
        self.upgrade.bought_product_ids = self.machine
        self.upgrade.customer_text = "10 % off\nuntil May"
        self.upgrade.with_context(lang="zh_CN").customer_text = "九折，截至五月"
        made = self.asks(self.zhao, self.desk).offer_ids
        ticket = made.ticket_id
        self.assertFalse(made.sent_at)
        made.with_user(self.desk).action_send()
        sent = ticket.message_ids[:1]
        self.assertIn("九折", sent.body)
        self.assertEqual(sent.partner_ids, self.zhao)
        self.assertEqual(sent.author_id, self.desk.partner_id)
        self.assertFalse(sent.is_internal)
        with self.assertRaisesRegex(UserError, "sent already"):
            made.with_user(self.desk).action_send()
        self.upgrade.send_at_once = True
        self.assertFalse(self.asks(self.moon, self.desk).offer_ids, "bought nothing")
        self.assertFalse(self.ticket(self.zhao, self.desk).offer_ids, "other words")
        pushed = self.asks(self.qian, self.desk)
        self.assertTrue(pushed.offer_ids.sent_at)
        sent = pushed.message_ids.filtered(lambda said: "until May" in said.body)
        self.assertEqual(sent.partner_ids, self.qian)
        self.assertEqual(sent.author_id, self.env.company.partner_id)
        pushed.name = "Another price plan"
        again = pushed.message_ids.filtered(lambda said: "until May" in said.body)
        self.assertEqual(again, sent)
        reader = new_test_user(
            self.env, "scrm_own_offer", "helpdesk_mgmt.group_helpdesk_user_own"
        )
        with self.assertRaises(AccessError):
            pushed.offer_ids.with_user(reader).action_send()
        with self.assertRaisesRegex(ValidationError, "write the message"):
            self.upgrade.customer_text = False

    def test_the_keyword_brings_up_the_best_opportunity_of_the_pool(self):
        """Of several of a customer the one about what the ticket asks for.

        Words are configured, in the language of whoever writes; the upgrade offer
        comes up beside it.

        Covers: O07
        """
        self.lead("冷库产品升级", self.zhao, self.lin)
        self.lead("Spare parts", self.qian, self.lin)  # the younger one
        ticket = self.ticket(self.qian, name="想了解产品升级")
        self.assertEqual(self.states(ticket)["冷库产品升级"], "linked")
        self.assertEqual(self.states(ticket)["Spare parts"], "suggested")
        linked = ticket.match_ids.filtered(lambda match: match.state == "linked")
        self.assertIn("产品升级", linked.reason)
        self.assertEqual(ticket.offer_ids.offer_id, self.upgrade)
        self.upgrade.keywords = "parts"
        ticket = self.ticket(self.qian, name="想了解产品升级 or new parts")
        self.assertEqual(self.states(ticket)["Spare parts"], "linked")

    def test_a_tag_loads_its_strategy_in_the_department(self):
        """Two kinds of customers, one department each time; elsewhere nothing.

        Covers: X04
        """
        tags = self.env["res.partner.category"].create(
            [{"name": "价格敏感型"}, {"name": "品质优先型"}]
        )
        sales, repair = self.env["helpdesk.ticket.team"].create(
            [{"name": "Shop"}, {"name": "Repair"}]
        )
        cheap, good = self.env["scrm.offer"].create(
            [
                {
                    "name": f"Strategy {tag.name}",
                    "partner_tag_ids": tag.ids,
                    "team_ids": sales.ids,
                    "script": f"Speak to {tag.name}",
                }
                for tag in tags
            ]
        )
        self.sunrise.category_id, self.moon.category_id = tags[0], tags[1]
        ticket = self.ticket(self.zhao, team_id=repair.id)
        self.assertFalse(ticket.offer_ids)
        ticket.team_id = sales
        self.assertEqual(ticket.offer_ids.offer_id, cheap)
        self.assertIn("价格敏感型", ticket.offer_ids.script)
        self.assertIn("Shop", ticket.offer_ids.reason)
        other = self.ticket(self.moon, team_id=sales.id)
        self.assertEqual(other.offer_ids.offer_id, good)

    def test_high_intent_goes_to_sales_at_once(self):
        """A trial enquiry of somebody who has enrolled before; of nobody else.

        Covers: O17
        """
        trial, other = self.env["scrm.ticket.template"].create(
            [{"name": "Trial", "key": "trial"}, {"name": "Other", "key": "other_one"}]
        )
        course = self.env["product.product"].create(
            {"name": "Course", "type": "service", "list_price": 3000.0}
        )
        intent = self.env["scrm.offer"].create(
            {
                "name": "Next course",
                "template_ids": trial.ids,
                "bought_product_ids": course.ids,
                "product_id": course.id,
                "user_id": self.lin.id,
                "to_sales": True,
            }
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.zhao.id,
                "order_line": [(0, 0, {"product_id": course.id})],
            }
        )
        order.action_confirm()
        self.ticket(self.moon, self.desk, template_id=trial.id)
        self.ticket(self.zhao, self.desk, template_id=other.id)
        chosen = [("scrm_offer_id.to_sales", "=", True)]
        leads = self.env["crm.lead"].with_user(self.lin)
        self.assertFalse(leads.search(chosen))
        ticket = self.ticket(self.zhao, self.desk, template_id=trial.id)
        lead = leads.search(chosen)
        self.assertIn(ticket, lead.ticket_ids)
        self.assertEqual(lead.expected_revenue, 3000.0)
        self.assertEqual(lead.activity_ids.user_id, self.lin)
        self.assertIn("Next course", lead.activity_ids.summary)
        made = ticket.offer_ids
        self.assertEqual((made.offer_id, made.state), (intent, "open"))
        made.with_user(self.desk).action_accept()
        self.assertEqual(made.sudo().lead_id, lead)

    def test_an_offer_without_condition_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Nothing.*says nowhere"):
            self.env["scrm.offer"].create({"name": "Nothing"})
        with self.assertRaisesRegex(ValidationError, "negative"):
            self.upgrade.amount = -1

    def test_who_may_not_read_the_ticket_sees_no_offer(self):
        """Nor answers it, nor finds it by search or count."""
        made = self.asks(user=self.chief).offer_ids
        own = new_test_user(
            self.env, "scrm_own", "helpdesk_mgmt.group_helpdesk_user_own"
        )
        rows = self.env["scrm.ticket.offer"].with_user(own)
        self.assertFalse(made.ticket_id.with_user(own).has_access("read"))
        self.assertEqual(rows.search_count([]), 0)
        self.assertFalse(rows._read_group([], [], ["amount:sum"])[0][0])
        with self.assertRaises(AccessError):
            made.with_user(own).action_accept()
        for values in ({"state": "accepted"}, {"amount": 5}):
            with self.assertRaises(AccessError):
                made.with_user(self.desk).write(values)
        with self.assertRaises(AccessError):
            self.upgrade.with_user(self.desk).write({"amount": 1})

    def test_a_pack_brings_offers_and_gives_them_back(self):
        pack = {
            "format": "scrm-pack/1",
            "key": "offers_test",
            "name": "Offers",
            "requires": ["scrm_ticket", "scrm_opportunity"],
            "offers": [
                {
                    "key": "renewal",
                    "name": {"en_US": "Renewal", "zh_CN": "续费"},
                    "keywords": {"en_US": "renew", "zh_CN": "续费"},
                    "nodes": ["trial_done"],
                    "script": "Name the course he liked.",
                    "message": {"en_US": "10 % off", "zh_CN": "九折"},
                    "send_at_once": True,
                    "amount": "3600.00",
                    "warranty_days": 0,
                }
            ],
        }
        self.env["scrm.pack"].import_pack(pack)
        offer = self.env["scrm.offer"].search([("key", "=", "renewal")])
        trigger = offer._trigger()
        self.assertEqual(set(trigger.keywords), {"renew", "续费"})
        self.assertEqual((trigger.nodes, trigger.warranty_days), (("trial_done",), 0))
        exported = self.env["scrm.pack"].export_pack()["offers"]
        found = [row for row in exported if row["key"] == "renewal"]
        self.assertEqual(
            {**pack["offers"][0], "amount": "3600"}, {**found[0], "amount": "3600"}
        )
