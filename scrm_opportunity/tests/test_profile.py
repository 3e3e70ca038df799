from datetime import timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import OpportunityCase


@tagged("post_install", "-at_install")
class TestProfile(OpportunityCase):
    """What is known about customers, and the cards that show it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = cls.env["scrm.clock"].now()
        cls.entries = cls.env["scrm.profile.entry"].with_user(cls.lin)
        cls.moon.email = "office@moon.example"
        cls.finance = cls.env["res.partner.industry"].create({"name": "Wealth"})
        cls.moon.industry_id = cls.finance
        cls.sunrise.industry_id = cls.env["res.partner.industry"].create(
            {"name": "Fairs"}
        )
        cls.case = cls.env["scrm.success.case"].create(
            {
                "name": "Steady fund for a shop owner",
                "industry_id": cls.finance.id,
                "story": "4.1 % a year at low risk",
            }
        )

    def card(self, *blocks, **values):
        return self.env["scrm.card"].create(
            {
                "name": "Card",
                **values,
                "block_ids": [(0, 0, block) for block in blocks],
            }
        )

    def shown(self, record, user=None):
        return str(record.with_user(user or self.lin).scrm_cards or "")

    def entry(self, kind, **values):
        return {
            "customer": "office@moon.example",
            "kind": kind,
            "at": str(self.now),
            **values,
        }

    def buy(self, partner, product, days=0, price=100.0):
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    (
                        0,
                        0,
                        {
                            "product_id": product.id,
                            "price_unit": price,
                            "tax_ids": [(5, 0, 0)],
                        },
                    )
                ],
            }
        )
        order.action_confirm()
        order.date_order = self.now - timedelta(days=days)
        return order

    def product(self, name, **values):
        return self.env["product.product"].create(
            {"name": name, "type": "service", **values}
        )

    def test_a_fund_question_shows_risk_advice_and_similar_cases(self):
        """From records of another system; nothing when something else is asked.

        Covers: O11
        """
        self.card(
            {"kind": "profile", "entry_kinds": "risk_test, allocation"},
            {"kind": "success_cases"},
            keywords="基金, fund",
        )
        self.entries.record(
            [
                self.entry("risk_test", name="风险测评", facts={"等级": "C3"}),
                self.entry("allocation", name="Advice", facts={"bonds": 60}),
            ]
        )
        asked = self.ticket(self.moon, name="想买一只基金")
        for words in ("风险测评", "等级: C3", "bonds: 60", "Steady fund", "4.1 %"):
            self.assertIn(words, self.shown(asked))
        self.assertEqual(self.shown(asked, self.desk), self.shown(asked))
        self.case.write({"industry_id": False, "keywords": "fund"})
        self.env["res.lang"]._activate_lang("zh_CN")
        self.case.with_context(lang="zh_CN").keywords = "基金"
        asked.invalidate_recordset()
        self.assertIn("Steady fund", self.shown(asked), "in the words of any language")
        self.case.write({"industry_id": self.finance.id, "keywords": False})
        self.assertFalse(self.shown(self.ticket(self.moon)))
        other = self.ticket(self.sunrise, name="Which fund?")
        self.assertFalse(self.shown(other), "nothing is known, another industry")

    def test_trial_records_preference_and_renewal(self):
        """The period in which the customer is likely to renew is computed.

        Covers: O12
        """
        fields = self.env["scrm.form.field"].create(
            [
                {
                    "key": "course_wanted",
                    "name": "Course",
                    "type": "choice",
                    "option_ids": [
                        (0, 0, {"key": "piano", "name": "Piano"}),
                        (0, 0, {"key": "chess", "name": "Chess"}),
                    ],
                },
                {"key": "had_lessons", "name": "Bought", "type": "number"},
                {"key": "left_lessons", "name": "Left", "type": "number"},
            ]
        )
        trial = self.env["scrm.ticket.template"].create(
            {
                "name": "Trial",
                "key": "trial_card",
                "line_ids": [(0, 0, {"field_id": field.id}) for field in fields],
            }
        )
        self.card(
            {
                "kind": "records",
                "template_ids": trial.ids,
                "field_ids": fields[0].ids,
            },
            {
                "kind": "preference",
                "template_ids": trial.ids,
                "field_ids": fields[0].ids,
            },
            {
                "kind": "renewal",
                "template_ids": trial.ids,
                "bought_field_id": fields[1].id,
                "left_field_id": fields[2].id,
            },
        )
        self.buy(self.moon, self.product("Piano course"), days=60)
        for course in ("chess", "piano", "piano"):
            ticket = self.ticket(
                self.moon,
                template_id=trial.id,
                scrm_values={
                    "course_wanted": course,
                    "had_lessons": 40,
                    "left_lessons": 10,
                },
            )
        card = self.shown(ticket, self.chief)
        self.assertIn("Course: Chess", card)
        self.assertIn("Piano (2), Chess (1)", card)
        today = self.env["scrm.clock"].today()
        start, end = today + timedelta(days=10), today + timedelta(days=20)
        self.assertIn(f"{start} to {end}", card)
        self.assertIn("10 of 40", card)

    def test_purchases_and_promotions_of_related_goods(self):
        """Frequency, range of amounts; promotions that run today, of such goods.

        Covers: O13
        """
        tea, other = self.env["product.category"].create(
            [{"name": "Tea"}, {"name": "Chairs"}]
        )
        green = self.product("Green tea", categ_id=tea.id)
        self.buy(self.moon, green, days=100, price=100.0)
        self.buy(self.moon, green, days=60, price=300.0)
        pricelist = self.env["product.pricelist"].create({"name": "Week"})
        day = timedelta(days=1)
        rule = {"pricelist_id": pricelist.id, "compute_price": "percentage"}
        for category, start, end, percent in (
            (tea, -1, 5, 12.0),
            (other, -1, 5, 34.0),
            (tea, -9, -1, 56.0),
            (tea, 2, 5, 78.0),
        ):
            self.env["product.pricelist.item"].create(
                {
                    **rule,
                    "applied_on": "2_product_category",
                    "categ_id": category.id,
                    "percent_price": percent,
                    "date_start": self.now + start * day,
                    "date_end": self.now + end * day,
                }
            )
        self.card({"kind": "purchases"}, {"kind": "promotions"})
        card = self.shown(self.ticket(self.moon, name="Is it in stock?"), self.chief)
        self.assertIn("2 orders, one every 40 days", card)
        self.assertRegex(card, "100.00.* to .*300.00.*, .*200.00")
        self.assertIn("12", card)
        for hidden in ("34", "56", "78"):
            self.assertNotIn(f"{hidden}.00 %", card)
            self.assertNotIn(f"{hidden} %", card)

    def test_browsing_gives_a_suggestion_on_the_ticket(self):
        """Long looks and full carts, of what was not bought.

        Covers: O18
        """
        self.card({"kind": "browsing"})
        seen = {
            code: self.product(name, default_code=code)
            for code, name in (("LAMP", "Lamp"), ("SOFA", "Sofa"), ("RUG", "Rug"))
        }
        self.buy(self.moon, seen["RUG"])
        ticket = self.ticket(self.moon)
        self.assertFalse(self.shown(ticket))
        result = self.entries.record(
            [
                self.entry("browse", product="LAMP", facts={"seconds": 150}),
                self.entry("browse", product="SOFA", facts={"seconds": 9, "cart": 2}),
                self.entry("browse", product="RUG", facts={"seconds": 900}),
            ]
        )
        self.assertEqual(result, {"recorded": 3, "known": 0})
        ticket.invalidate_recordset()
        card = self.shown(ticket)
        self.assertRegex(card, "Sofa.*2 times")
        self.assertRegex(card, "Lamp.*2.5 min,")
        self.assertNotIn("Rug", card)
        self.assertLess(card.index("Sofa"), card.index("Lamp"))

    def test_events_are_recorded_once_and_checked(self):
        """The same number of a source once; wrong ones are named, nothing is kept."""
        event = self.entry("usage", key="7", source="iot", facts={"hours": 4})
        self.assertEqual(self.entries.record([event])["recorded"], 1)
        self.assertEqual(
            self.entries.record([event, event]), {"recorded": 0, "known": 2}
        )
        for changed, words in (
            ({"kind": ""}, "kind"),
            ({"at": "yesterday"}, "“at”"),
            ({"customer": "nobody@x.example"}, "no such customer"),
            ({"facts": {"hours": [1]}}, "facts"),
            ({"product": "NOPE"}, "product"),
            ({"device": {"name": "X"}}, "device"),
            ({"customer": 10**20}, "no such customer"),
            ({"colour": "red"}, "colour"),
            ({"kind": "browse", "facts": {"seconds": -1}}, "facts.seconds"),
        ):
            with self.subTest(words), self.assertRaisesRegex(ValidationError, words):
                self.entries.record(
                    [{**event, "key": "8"}, {**event, "key": "9", **changed}]
                )
        self.assertFalse(self.entries.search([("key", "in", ("8", "9"))]))
        with self.assertRaises(AccessError):
            self.entries.with_user(self.desk).record([event])

    def test_what_service_finds_out_is_written_back(self):
        """Into the profile, where the next ticket's card shows it.

        Covers: X07
        """
        wish = self.env["scrm.form.field"].create(
            {
                "key": "eco_material",
                "name": "Eco-friendly material",
                "type": "text",
                "to_profile": True,
            }
        )
        template = self.env["scrm.ticket.template"].create(
            {
                "name": "Furniture care",
                "key": "furniture_care",
                "line_ids": [(0, 0, {"field_id": wish.id})],
            }
        )
        self.card({"kind": "profile"})
        ticket = self.ticket(
            self.zhao,
            self.desk,
            template_id=template.id,
            scrm_values={"eco_material": "asks for it"},
        )
        entry = self.zhao.with_user(self.desk).scrm_profile_ids
        self.assertEqual(entry.details, "Eco-friendly material: asks for it")
        self.assertEqual(entry.ticket_id, ticket)
        ticket.scrm_values = {"eco_material": "insists on it"}
        self.assertEqual(entry.details, "Eco-friendly material: insists on it")
        self.assertIn("insists on it", self.shown(self.ticket(self.qian)))

    def test_the_usage_diary_goes_with_the_ticket(self):
        """Counter and recorded usage of the device, in one file for the engineer.

        Covers: X18
        """
        machine, other = self.env["product.product"].create(
            [
                {"name": name, "is_storable": True, "tracking": "serial"}
                for name in ("Press", "Saw")
            ]
        )
        lots = self.env["stock.lot"].create(
            [
                {"name": "P-1", "product_id": machine.id},
                {"name": "S-1", "product_id": other.id},
            ]
        )
        self.env["scrm.device.reading"].create(
            {"lot_id": lots[0].id, "day": "2026-02-01", "value": 1250}
        )
        self.entries.record(
            [
                self.entry("usage", name="Long run", device="P-1", facts={"h": 19}),
                self.entry("usage", name="Of the saw", device="S-1", facts={"h": 3}),
            ]
        )
        ticket = self.ticket(self.moon, scrm_lot_id=lots[0].id)
        service = self.env["scrm.flow.service.usage_diary"]
        self.assertEqual(service.simulate(ticket, {}), {"rows": 2})
        service.run(ticket, None, {})
        ticket.with_user(self.desk).action_attach_usage_diary()
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", ticket.id)]
        )
        self.assertEqual(len(files), 1, "made anew, not twice")
        text = files.raw.decode("utf-8-sig")
        self.assertIn("1250", text)
        self.assertIn("Long run,h: 19", text)
        self.assertNotIn("saw", text)

    def test_a_trade_fair_has_its_source_stage_and_cases(self):
        """Success cases of the same industry beside the new opportunity.

        Covers: O14
        """
        self.card({"kind": "success_cases"})
        self.env["scrm.success.case"].create(
            {
                "name": "Booth of a printer",
                "industry_id": self.sunrise.industry_id.id,
                "story": "120 contacts in two days",
            }
        )
        stage = self.env["crm.stage"].search([("is_won", "=", False)], limit=2)[1]
        service = self.env["scrm.flow.service.opportunity_create"]
        config = {"source": "Spring Trade Fair", "stage": stage.name}
        self.assertFalse(service._check_config("helpdesk.ticket", config))
        tickets = [
            self.ticket(partner, scrm_door="public_form")
            for partner in (self.sunrise, self.moon)
        ]
        for ticket in tickets:
            service.run(ticket.sudo(), None, config)
        lead = tickets[0].lead_ids
        self.assertEqual(lead.source_id.name, "Spring Trade Fair")
        self.assertEqual(lead.source_id, tickets[1].lead_ids.source_id)
        self.assertEqual(lead.stage_id, stage)
        card = self.shown(lead, self.chief)
        self.assertIn("Booth of a printer", card)
        self.assertNotIn("Steady fund", card)

    def test_cards_show_nothing_that_the_reader_may_not_read(self):
        """Neither orders nor tickets nor their number."""
        self.card({"kind": "purchases"}, {"kind": "records"}, {"kind": "profile"})
        self.buy(self.moon, self.product("Secret course"), price=4711.0)
        ticket = self.ticket(self.moon, self.desk)
        hidden = self.env["helpdesk.ticket"].create(
            {
                "name": "Hidden ticket",
                "description": "<p>x</p>",
                "partner_id": self.moon.id,
                "user_id": self.chief.id,
            }
        )
        card = self.shown(ticket, self.desk)
        self.assertNotIn("4,711", card)
        self.assertNotIn("orders", card)
        own = self.lin
        for name in ("group_helpdesk_user", "group_helpdesk_user_team"):
            own.group_ids -= self.env.ref(f"helpdesk_mgmt.{name}")
        mine = self.ticket(self.moon, user_id=own.id)
        self.assertFalse(hidden.with_user(own).has_access("read"))
        self.assertNotIn("Hidden ticket", self.shown(mine, own))
        self.assertIn("Hidden ticket", self.shown(mine, self.desk))
        with self.assertRaises(AccessError):
            self.env["scrm.card"].with_user(self.desk).search_count([])
