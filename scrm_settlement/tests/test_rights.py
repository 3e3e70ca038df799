import json

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests.common import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from .common import SettlementCommon


class RpcMixin:
    """Calls as a browser session makes them."""

    def rpc(self, user, model, method, *args, **kwargs):
        """Result of a call, or the name of the exception it was refused with."""
        self.authenticate(user.login, user.login)
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps(
                {
                    "params": {
                        "model": model,
                        "method": method,
                        "args": args,
                        "kwargs": kwargs,
                    }
                }
            ),
            headers={"Content-Type": "application/json"},
        ).json()
        if "error" in answer:
            return answer["error"]["data"]["name"].rpartition(".")[2]
        return answer["result"]


#: Rules of every shape, so that each model of their parts has a row.
OTHER_RULES = {
    "tiers": {
        "formula": "slab",
        "dimension": "price_total",
        "unit": "percent",
        "tier_ids": [Command.create({"above": 0, "up_to": 0, "value": 1})],
    },
    "terms": {
        "formula": "coefficient",
        "term_ids": [Command.create({"dimension": "price_total", "coefficient": 1})],
    },
    "cells": {
        "formula": "matrix",
        "unit": "amount",
        "row_dimension": "price_total",
        "column_dimension": "region",
        "cell_ids": [Command.create({"row": "0, 9", "column": "", "value": 7})],
    },
}
#: Models that the test of companies must have met with a row in each.
WITH_COMPANY = {
    *("plan", "plan.version", "component", "rule", "condition", "tier", "term"),
    *("cell", "share", "fact", "record", "statement", "run", "run.chunk"),
    *("board", "ranking", "tie.out"),
}


@tagged("post_install", "-at_install")
class TestRights(SettlementCommon, RpcMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = new_test_user(
            cls.env, "settle_reader", groups="scrm_settlement.group_user"
        )
        cls.stranger = new_test_user(cls.env, "stranger", groups="base.group_user")

    def _posted_statement(self):
        self.finish(self.new_ticket(50))
        self.finish(self.new_ticket(50), self.engineer_2)
        statements = self.approved_statement()
        return statements.filtered(
            lambda statement: statement.payee_id == self.engineer.partner_id
        )

    def _payee_sees_own(self, user, partner):
        model = "scrm.settlement.statement"
        rows = self.rpc(user, model, "search_read", [], ["payee_id", "amount_total"])
        self.assertEqual([row["payee_id"][0] for row in rows], partner.ids)
        self.assertEqual(rows[0]["amount_total"], 80)
        rows = self.rpc(
            user, "scrm.settlement.record", "search_read", [], ["explanation"]
        )
        self.assertEqual(len(rows), 1)
        self.assertIn("Standard Fee", rows[0]["explanation"])
        foreign = self.env[model].search([("payee_id", "!=", partner.id)])
        self.assertTrue(foreign)
        self.assertEqual(
            self.rpc(user, model, "read", foreign.ids, ["amount_total"]), "AccessError"
        )
        for method in ("action_confirm", "action_approve", "action_post", "unlink"):
            own = self.env[model].search([("payee_id", "=", partner.id)])
            self.assertEqual(self.rpc(user, model, method, own.ids), "AccessError")
        for refused in ("plan", "rule", "fact"):
            self.assertEqual(
                self.rpc(user, f"scrm.settlement.{refused}", "search_read", [], ["id"]),
                "AccessError",
            )

    @mute_logger("odoo.http")
    def test_engineer(self):
        """An internal payee sees his own statements over RPC, nobody else's."""
        self._posted_statement()
        self._payee_sees_own(self.engineer, self.engineer.partner_id)

    @mute_logger("odoo.http")
    def test_portal_payee(self):
        """A payee with portal access sees his own statements over RPC, no others."""
        record = self.finish(self.new_ticket(50))
        # the same amount for a portal installer, as if he had made the visit
        outsider = new_test_user(self.env, "outsider", groups="base.group_portal")
        fact = record.fact_id
        self.env.cr.execute(
            "UPDATE scrm_settlement_fact SET people = %s WHERE id = %s",
            [json.dumps({"visit": outsider.partner_id.id}), fact.id],
        )
        self._create_plan("portal", self.company.currency_id).settle()
        self.approved_statement()
        self.approved_statement(
            plan=self.env["scrm.settlement.plan"].search([("key", "=", "portal")])
        )
        self._payee_sees_own(outsider, outsider.partner_id)

    @mute_logger("odoo.http")
    def test_draft_hidden(self):
        """A payee does not see a draft that may still change."""
        self.finish(self.new_ticket(50))
        statements = self.env["scrm.settlement.statement"].with_user(self.accountant)
        statements.prepare("installers", "2026-03")
        rows = self.rpc(
            self.engineer, "scrm.settlement.statement", "search_read", [], ["id"]
        )
        self.assertEqual(rows, [])

    @mute_logger("odoo.http")
    def test_others_see_nothing(self):
        """Colleagues and customers who are paid nothing see nothing."""
        self._posted_statement()
        for user in (self.stranger, self.customer, self.supervisor):
            for model in ("scrm.settlement.statement", "scrm.settlement.record"):
                self.assertEqual(self.rpc(user, model, "search_count", []), 0)

    @mute_logger("odoo.http")
    def test_reader(self):
        """A settlement user reads everything and changes nothing."""
        statement = self._posted_statement()
        self.assertEqual(
            self.rpc(self.reader, "scrm.settlement.statement", "search_count", []), 2
        )
        for model, ids in (
            ("scrm.settlement.plan", self.plan.ids),
            ("scrm.settlement.rule", self.rule.ids),
            ("scrm.settlement.statement", statement.ids),
        ):
            self.assertTrue(self.rpc(self.reader, model, "read", ids, ["display_name"]))
            self.assertEqual(
                self.rpc(self.reader, model, "write", ids, {"name": "x"}), "AccessError"
            )
        self.assertEqual(
            self.rpc(self.reader, "scrm.settlement.plan", "settle", self.plan.ids),
            "AccessError",
        )

    @mute_logger("odoo.http")
    def test_accountant_over_rpc(self):
        """The accountant goes from prepare to bill, but does not edit the rules."""
        self.finish(self.new_ticket(50))
        model = "scrm.settlement.statement"
        ids = self.rpc(self.accountant, model, "prepare", "installers", "2026-03")
        self.assertEqual(len(ids), 1)
        self.assertTrue(self.rpc(self.accountant, model, "action_confirm", ids))
        refused = self.rpc(self.accountant, model, "action_approve", ids)
        self.assertEqual(refused, "AccessError")
        self.assertTrue(self.rpc(self.accountant_2, model, "action_approve", ids))
        (move_id,) = self.rpc(self.accountant, model, "action_post", ids)
        self.assertEqual(
            self.rpc(self.accountant, model, "action_post", ids), "UserError"
        )
        (bill,) = self.rpc(
            self.accountant,
            "account.move",
            "read",
            [move_id],
            ["state", "amount_total"],
        )
        self.assertEqual((bill["state"], bill["amount_total"]), ("posted", 80))
        for name, ids in (("plan", self.plan.ids), ("rule", self.rule.ids)):
            refused = self.rpc(
                self.accountant, f"scrm.settlement.{name}", "write", ids, {"name": "x"}
            )
            self.assertEqual(refused, "AccessError")

    @mute_logger("odoo.http")
    def test_manager_over_rpc(self):
        """The plan manager edits rules, but neither prepares nor approves nor posts."""
        self.assertTrue(
            self.rpc(
                self.manager,
                "scrm.settlement.rule",
                "write",
                self.rule.ids,
                {"rate": 21},
            )
        )
        self.finish(self.new_ticket(50))
        model = "scrm.settlement.statement"
        self.assertEqual(
            self.rpc(self.manager, model, "prepare", "installers", "2026-03"),
            "AccessError",
        )
        statement = self.approved_statement()
        for method in ("action_draft", "action_post"):
            self.assertEqual(
                self.rpc(self.manager, model, method, statement.ids), "AccessError"
            )

    @mute_logger("odoo.http")
    def test_private_methods(self):
        """What the engine uses inside cannot be called from outside."""
        admin = self.env.ref("base.user_admin")
        record = self.finish(self.new_ticket(50))
        for model, method, args in (
            ("scrm.settlement.record", "_insert", [[], "id"]),
            ("scrm.settlement.record", "_claim", [record.ids]),
            ("scrm.settlement.record", "_release", [record.ids]),
            ("scrm.settlement.fact", "_insert", [[], "id"]),
            ("scrm.settlement.statement", "_step", [[], {"state": "posted"}]),
        ):
            admin.password = admin.login
            self.assertIn(
                self.rpc(admin, model, method, *args), ("AccessError", "AttributeError")
            )

    def test_other_company(self):
        """Plans with all their parts, runs, records, statements of another stay unseen.

        Every model of settlement that has anything here is asked.
        """
        centres = self.env["account.analytic.plan"].create({"name": "Projects"})
        centre = self.env["account.analytic.account"].create(
            {"name": "P1", "plan_id": centres.id}
        )
        self.component.share_ids = [
            Command.create({"receiver": "analytic", "analytic_account_id": centre.id})
        ]
        self.rule.condition_ids = [
            Command.create({"dimension": "price_total", "operator": ">", "value": "1"})
        ]
        self.component.rule_ids = [
            Command.create({"key": f"never_{kind}", "name": kind, "rank": 99} | values)
            for kind, values in OTHER_RULES.items()
        ]
        self.finish(self.new_ticket(50))
        self.approved_statement().action_post()
        run = self.env["scrm.settlement.run"].with_user(self.accountant)
        run = run.create({"plan_ids": [Command.set(self.plan.ids)]})
        with trap_jobs():
            run.action_start()
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.accountant.write(
            {
                "company_ids": [Command.set(company.ids)],
                "company_id": company.id,
            }
        )
        self.env.flush_all()
        asked = set()
        for name in self.env.registry:
            model = self.env[name]
            is_ours = model._original_module == "scrm_settlement"
            if not is_ours or model._abstract or model._transient:
                continue
            if name.startswith("scrm.settlement.") and model.search([], limit=1):
                asked.add(name.removeprefix("scrm.settlement."))
                with self.subTest(model=name):
                    self.assertFalse(model.with_user(self.accountant).search([]))
        self.assertLessEqual(WITH_COMPANY, asked)
        with self.assertRaises(AccessError):
            self.plan.with_user(self.accountant).read(["name"])
