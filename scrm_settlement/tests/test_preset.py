from odoo.exceptions import AccessError
from odoo.tests import Form
from odoo.tests.common import tagged

from .scheme_common import SchemeCommon


@tagged("post_install", "-at_install")
class TestPreset(SchemeCommon):
    """A plan from a preset, as it is filled in on the form."""

    def _form(self, preset):
        wizards = self.env["scrm.settlement.plan.preset"].with_user(self.manager)
        form = Form(wizards)
        form.preset = preset
        form.name = "Heads of stores"
        form.template_id = self.template
        form.product_id = self.fee_product
        return form

    def _plan(self, form):
        action = form.save().action_create_plan()
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_base_fee_and_tiers(self):
        """Base fee 3,000 and 2, 3, 5 % up to 10,000, 30,000 and above: of 20,000 3,500.

        Ten entries make the plan; of 399 in March it pays 3,007.98.

        Covers in part: C04
        """
        self.plan.active = False
        form = self._form("base_tiers")
        self.assertIn("3,500.00", form.example)
        self.assertEqual(form.node_id.key, "visit")
        form.base_amount = 2000
        self.assertIn("2,500.00", form.example)
        form.base_amount = 3000
        form.valid_from = "2026-01-01"
        self.plan = self._plan(form)
        self._done()
        name = self.engineer.name
        self.assertEqual(
            self._month(), {("base", name): 3000, ("commission", name): 7.98}
        )

    def test_rates_are_dragged(self):
        """80, 90, 100 up to 50, 100 and above; the last one dragged to the front.

        120 tickets: 4,000 + 4,500 + 2,000 are 10,500; then 100, 80, 90: 5,000 + 4,000 +
        1,800 are 10,800. By amount, 20,000: 1,000 and 12 % of 10,000 are 2,200.
        What the form shows beside each rate is the tier that it will pay for.

        Covers in part: S26
        """
        form = self._form("count_tiers")
        self.assertIn("10,500.00", form.example)
        with form.line_ids.edit(2) as line:
            line.sequence = -1
        self.assertIn("10,800.00", form.example)
        shown = [form.line_ids.edit(place) for place in (2, 0, 1)]
        self.assertEqual(
            [(line.tier, line.value) for line in shown],
            [("Up to 50", 100), ("Above 50 up to 100", 80), ("Above 100", 90)],
        )
        tiers = self._plan(form).version_ids.component_ids.rule_ids.tier_ids
        self.assertEqual(
            [(tier.above, tier.up_to, tier.value) for tier in tiers],
            [(0, 50, 100), (50, 100, 80), (100, 0, 90)],
        )
        self.assertIn("2,200.00", self._form("amount_tiers").example)

    def test_tier_in_between(self):
        """A limit that is typed takes its place; only one tier is open above.

        70,000 with a base fee of 3,000: 200 + 600 + 5 % of 30,000 and 4 % of 10,000.
        """
        form = self._form("base_tiers")
        form.example_value = 70000
        with form.line_ids.new() as line:
            line.value = 4
        self.assertIn("Only the last tier", form.example)
        with form.line_ids.edit(3) as line:
            line.limit = 60000
        self.assertIn("5,700.00", form.example)
        tiers = self._plan(form).version_ids.component_ids.rule_ids.tier_ids
        self.assertEqual(
            [(tier.above, tier.up_to, tier.value) for tier in tiers],
            [(0, 10000, 2), (10000, 30000, 3), (30000, 60000, 5), (60000, 0, 4)],
        )
        form = self._form("rebate")
        with form.line_ids.edit(0) as line:
            line.limit = 0
        self.assertIn("must be exceeded", form.example)
        with self.refused("must be exceeded"):
            self._plan(form)

    def test_every_preset(self):
        """Each preset makes a plan; 20,000 pays what its figures say."""
        for preset, amount in (
            ("range", "150.00"),
            ("percent", "1,600.00"),
            ("franchise", "5,000.00"),
            ("rebate", "0.00"),
        ):
            form = self._form(preset)
            self.assertIn(f"{amount}", form.example, preset)
            plan = self._plan(form)
            self.assertEqual(plan.payee_node_key, "visit")
            self.assertTrue(plan.version_ids.component_ids.rule_ids.summary)
        again = self._plan(self._form("rebate"))
        self.assertTrue(again.key.endswith("_2"))

    def test_rights(self):
        """Only plan managers make plans."""
        wizards = self.env["scrm.settlement.plan.preset"]
        with self.refused("", AccessError):
            wizards.with_user(self.accountant).create({"name": "X"})
