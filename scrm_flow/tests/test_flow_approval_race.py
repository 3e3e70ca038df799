"""Two approvers, two transactions, one approval: real cursors, real commits."""

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from .approval_common import ApprovalCase
from .race_common import FlowRaceCase


@tagged("post_install", "-at_install")
class TestFlowApprovalRace(FlowRaceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            data = type("ApprovalData", (ApprovalCase,), {"env": env})
            data.model = env["ir.model"]._get("scrm.test.order")
            for login in ("ann", "bob", "cid", "eve", "designer"):
                setattr(data, login, env["res.users"].search([("login", "=", login)]))
            flow = data.make_approval(key="race_approval")
            cls.made.insert(0, ("scrm.flow", flow.ids))
            cls.flow_id = flow.id
            cls.users = {
                user.login: user.id for user in (data.bob | data.cid | data.designer)
            }

    def at_last_votes(self):
        """The id of an order that waits for Cid's and the designer's votes."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            order = env["scrm.test.order"].create({"name": "Race"})
            order.scrm_flow_start(env["scrm.flow"].browse(self.flow_id))
            order.with_user(self.ann_id).scrm_step_complete()
            order.with_user(self.users["bob"]).scrm_step_vote("approved")
            return order.id

    def by(self, login, order_id, act):
        """A request of one person."""

        def request(results, ready):
            race = type(self)(self._testMethodName)
            race.ann_id = self.users[login]
            race.request(results, ready, order_id, act)

        return request

    def vote(self, login, order_id, decision="approved", reason=None):
        return self.by(
            login, order_id, lambda order: order.scrm_step_vote(decision, reason)
        )

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_the_last_two_votes_at_once(self):
        """Both count, and the record moves exactly once."""
        order_id = self.at_last_votes()
        results = self.at_once(
            self.vote("cid", order_id), self.vote("designer", order_id)
        )
        self.assertEqual(
            sorted(result["node"] for result in results), ["pay", "review"]
        )
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            run = env["scrm.test.order"].browse(order_id).scrm_run_id
            self.assertEqual(
                run.log_ids.sorted("sequence").mapped("event")[4:],
                ["vote", "vote", "vote", "complete", "open"],
            )
            self.assertEqual(run.step_ids.mapped("state"), ["done", "done", "open"])
            self.assertIsNone(env["scrm.flow.log"].verify(run))

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_the_same_vote_twice_at_once(self):
        order_id = self.at_last_votes()
        results = self.at_once(
            self.vote("cid", order_id), self.vote("cid", order_id, "rejected", "No")
        )
        self.assertEqual(sorted(type(r).__name__ for r in results), ["dict", "str"])

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_vote_against_cancel(self):
        """Whoever is second reads why not; no vote moves a cancelled run."""
        order_id = self.at_last_votes()
        results = self.at_once(
            self.vote("cid", order_id, "rejected", "No"),
            self.by(
                "designer",
                order_id,
                lambda order: order.sudo().scrm_flow_cancel("Mistake"),
            ),
        )
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            run = env["scrm.test.order"].browse(order_id).scrm_run_id
            events = run.log_ids.sorted("sequence").mapped("event")
            self.assertEqual(run.state, "cancelled")
            self.assertEqual(events[-1], "cancel")
            voted = events.count("vote") == 2
            self.assertEqual(sum(isinstance(r, str) for r in results), not voted)
            self.assertIsNone(env["scrm.flow.log"].verify(run))
