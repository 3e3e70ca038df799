"""Two people, two transactions, one ticket: real cursors, real commits."""

import threading

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, new_test_user, tagged
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger

#: They may read each other's opportunities: else the second one must not hear of it.
ALL = "scrm_opportunity.group_manager,helpdesk_mgmt.group_helpdesk_user"


@tagged("post_install", "-at_install")
class TestNewOpportunityRace(BaseCase):
    """Works outside the usual test transaction, so it cleans up by itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.addClassCleanup(cls.forget)
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            users = [
                new_test_user(env, f"scrm_race_{number}", ALL) for number in (1, 2)
            ]
            cls.user_ids = [user.id for user in users]
            cls.ticket_id = (
                env["helpdesk.ticket"]
                .create({"name": "Wants a second one", "description": "<p>x</p>"})
                .id
            )

    @classmethod
    def forget(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            ticket = env["helpdesk.ticket"].browse(cls.ticket_id)
            env["crm.lead"].search([("scrm_origin_ticket_id", "=", ticket.id)]).unlink()
            ticket.unlink()
            users = env["res.users"].browse(cls.user_ids)
            partners = users.partner_id
            users.unlink()
            partners.unlink()

    def press(self, uid, both_look, answers):
        """The button, as a request of its own, retried as a server does."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, uid, {})
            ticket = env["helpdesk.ticket"].browse(self.ticket_id)
            first = True

            def act():
                nonlocal first
                if first:
                    # both have their snapshot before either of them has decided
                    self.assertFalse(ticket.match_ids)
                    both_look.wait(30)
                    first = False
                return ticket.action_new_opportunity()

            answers.append(retrying(act, env))

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_two_click_at_once(self):
        """One opportunity comes of it; the other one is shown that it is there."""
        both_look, answers = threading.Barrier(2), []
        threads = [
            threading.Thread(target=self.press, args=(uid, both_look, answers))
            for uid in self.user_ids
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(len(answers), 2)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            ticket = env["helpdesk.ticket"].browse(self.ticket_id)
            self.assertEqual(len(ticket.match_ids), 1)
            made = env["crm.lead"].search(
                [("scrm_origin_ticket_id", "=", self.ticket_id)]
            )
            self.assertEqual(len(made), 1)
