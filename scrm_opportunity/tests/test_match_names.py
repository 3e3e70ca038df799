from datetime import timedelta

from odoo.tests import tagged

from .common import OpportunityCase


@tagged("post_install", "-at_install")
class TestMatchNames(OpportunityCase):
    """Opportunities found by what is written: names, domains, quotations, products."""

    def quote(self, lead, product, confirm=False):
        order = self.env["sale.order"].create(
            {
                "partner_id": (lead.partner_id or self.zhao).id,
                "opportunity_id": lead.id,
                "order_line": [(0, 0, {"product_id": product.id})],
            }
        )
        if confirm:
            order.action_confirm()
        return order

    def product(self, name, code=False):
        return self.env["product.product"].create(
            {"name": name, "default_code": code, "type": "consu"}
        )

    def test_another_entry_of_the_same_company(self):
        """Legal form, width and branch differ; two salespeople, one customer.

        Covers in part: O15
        """
        found = self.lead("Press", None, self.lin, partner_name="上海晨光机械有限公司")
        other = self.lead("Pump", None, self.lin, partner_name="广州南方机械有限公司")
        self.assertEqual(found.scrm_company_key, "晨光机械 上海")
        partner = self.env["res.partner"].create(
            {"name": "上海晨光机械公司（北京分公司）", "is_company": True}
        )
        ticket = self.ticket(partner, self.wang)
        states = self.states(ticket)
        self.assertEqual(states, {"Press": "linked"})
        self.assertNotIn(other.name, states)
        match = ticket.sudo().match_ids
        self.assertIn("晨光机械 上海", match.reason)
        self.assertEqual(match.profile_score, 55)
        self.assertEqual(match.stage_score + match.interaction_score, 5)
        self.assertEqual(match.score, 60)

    def test_names_that_sound_alike_are_only_suggested(self):
        """One sign of the own name differs: a slip of the pen, or somebody else."""
        self.lead("Press", None, self.lin, partner_name="上海晨光机械有限公司")
        partner = self.env["res.partner"].create(
            {"name": "上海辰光机械公司", "is_company": True}
        )
        ticket = self.ticket(partner, self.wang)
        self.assertEqual(self.states(ticket), {"Press": "suggested"})

    def test_another_town_is_another_company(self):
        self.lead("Press", None, self.lin, partner_name="晨光机械有限公司", city="上海")
        partner = self.env["res.partner"].create(
            {"name": "晨光机械有限公司", "is_company": True, "city": "成都"}
        )
        ticket = self.ticket(partner, self.wang)
        self.assertEqual(self.states(ticket), {"Press": "suggested"})
        self.assertIn("上海", ticket.sudo().match_ids.reason)

    def test_the_same_address_and_half_the_name(self):
        lead = self.lead(
            "Kitchen",
            None,
            self.lin,
            partner_name="Arts Delicatessen",
            street="12224 Ventura Blvd.",
        )
        partner = self.env["res.partner"].create(
            {
                "name": "Arts Deli",
                "is_company": True,
                "street": "12224 ventura boulevard",
            }
        )
        self.assertEqual(self.ticket(partner, self.lin).lead_ids, lead)

    def test_a_phone_number_in_the_text(self):
        """Who writes without being known is found by the number to call back."""
        self.env.company.country_id = self.env.ref("base.cn")
        self.lead("Fair", None, self.lin, phone="138 1234 5678")
        ticket = self.ticket(None, name="请回电 13812345678", partner_name="Zhao")
        self.assertEqual(self.states(ticket), {"Fair": "suggested"})

    def test_a_similar_company_and_the_same_person_are_linked(self):
        lead = self.lead(
            "Conveyor",
            None,
            self.lin,
            partner_name="Arnold Machines Ltd.",
            contact_name="Anna Müller",
        )
        company = self.env["res.partner"].create(
            {"name": "ARNOLD MACHINES GmbH", "is_company": True}
        )
        anna = self.env["res.partner"].create(
            {"name": "Mueller Anna", "parent_id": company.id}
        )
        anna.name = "MÜLLER, Anna"
        ticket = self.ticket(anna)
        self.assertEqual(ticket.lead_ids, lead)

    def test_the_mail_domain_but_not_that_of_a_provider(self):
        self.lead("Sales talk", email_from="chen@moon.example", partner_name="x")
        self.lead("Stranger", email_from="chen@gmail.com", partner_name="y")
        self.env["crm.lead"].flush_model()
        self.lead("Moon", self.moon, email_from="li@moon.example")
        by_domain = self.ticket(partner_email="wu@moon.example", partner_name="Wu")
        # a domain alone is too little to be shown
        self.assertEqual(self.states(by_domain), {})
        self.moon.email = "office@moon.example"
        ticket = self.ticket(self.moon)
        self.assertEqual(self.states(ticket), {"Moon": "linked"})
        self.assertIn("moon.example", ticket.sudo().match_ids.reason)
        by_provider = self.ticket(partner_email="wu@gmail.com", partner_name="Wu")
        self.assertEqual(self.states(by_provider), {})

    def test_a_quotation_named_in_the_text(self):
        """The number of a quotation finds its opportunity, whoever writes.

        Covers in part: O02
        """
        lead = self.lead("Old line", self.zhao, self.lin)
        order = self.quote(lead, self.product("Press"))
        ticket = self.ticket(
            None, name=f"Spare part for {order.name}", partner_name="Nobody known"
        )
        self.assertEqual(self.states(ticket), {"Old line": "linked"})
        # another customer's number is worth a look, not more
        ticket = self.ticket(self.moon, name=f"Part for {order.name}")
        self.assertEqual(self.states(ticket), {"Old line": "suggested"})
        ticket = self.ticket(self.qian, name=f"Part for {order.name.lower()}")
        self.assertEqual(self.states(ticket), {"Old line": "linked"})
        self.assertIn(order.name, ticket.sudo().match_ids.reason)

    def test_the_model_of_the_last_quotation(self):
        """“The XX model of the last quotation” finds half-year-old, closed work.

        Covers: O02
        """
        clock = self.env["scrm.clock"].now()
        old = self.lead("Air conditioning 2025", self.zhao, self.lin)
        self.quote(old, self.product("Wall unit KFR-35GW"), confirm=True)
        old.action_set_won()
        old.date_last_stage_update = clock - timedelta(days=183)
        self.lead("Washing machines", self.zhao, self.lin)
        plain = self.ticket(self.zhao, self.lin)
        self.assertEqual(self.states(plain), {"Washing machines": "linked"})
        ticket = self.ticket(
            self.zhao,
            self.lin,
            name="订购咨询",
            description="<p>请按上次报价单里的KFR-35GW型号再报一台</p>",
        )
        self.assertEqual(
            self.states(ticket),
            {"Washing machines": "suggested", "Air conditioning 2025": "linked"},
        )
        match = ticket.match_ids.filtered(lambda match: match.state == "linked")
        self.assertIn("KFR-35GW", match.reason)
        self.assertEqual(match.interaction_score, 40)
        self.assertLess(match.stage_score, 0)

    def test_the_text_is_read_again_when_it_changes(self):
        lead = self.lead("Old line", self.zhao, self.lin)
        lead.partner_id = False
        order = self.quote(lead, self.product("Press"))
        ticket = self.ticket(None)
        self.assertEqual(self.states(ticket), {})
        ticket.name = f"About {order.name}"
        self.assertEqual(self.states(ticket), {"Old line": "linked"})

    def test_names_follow_the_partner(self):
        """A renamed company is found by its new name."""
        lead = self.lead("Press", self.sunrise, self.lin)
        self.assertEqual(lead.scrm_company_key, "sunrise trading")
        self.sunrise.name = "晨曦贸易有限公司"
        lead.partner_name = False
        self.assertEqual(lead.scrm_company_key, "晨曦贸易")

    def test_each_layer_shows_its_score(self):
        """Who the customer is, what was said, how far it is: kept and on the panel.

        Covers: O04
        """
        lead = self.lead("Press line", self.zhao, self.lin)
        order = self.quote(lead, self.product("Press"))
        ticket = self.ticket(self.zhao, self.lin, name=f"Question on {order.name}")
        match = ticket.match_ids
        layers = ("profile_score", "interaction_score", "stage_score")
        for name in layers:
            self.assertGreater(match[name], 0, name)
        total = sum(match[name] for name in layers)
        self.assertEqual(match.score, min(total, 100))
        labels = ("Profile", "Interaction", "Stage")
        lines = match.reason.splitlines()
        for name, label, line in zip(layers, labels, lines, strict=True):
            self.assertTrue(line.startswith(f"{label} {match[name]}: "), line)
        for record in (ticket, lead):
            arch = record.get_view(view_type="form")["arch"]
            self.assertIn('name="reason"', arch)

    def test_words_of_days(self):
        """One day and one part are not told in the plural."""
        lead = self.lead("Press line", self.zhao, self.lin)
        part = self.product("Belt")
        self.quote(lead, part)
        now = self.env["scrm.clock"].now()
        for days, words in ((0, "moved today"), (1, "moved yesterday"), (2, "2 days")):
            lead.date_last_stage_update = now - timedelta(days=days)
            ticket = self.ticket(
                self.zhao,
                self.lin,
                part_line_ids=[(0, 0, {"product_id": part.id})],
            )
            self.assertIn(words, ticket.match_ids.reason)
            self.assertIn("one of its parts was quoted", ticket.match_ids.reason)
