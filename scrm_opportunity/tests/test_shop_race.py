"""One order of a shop told twice at once, in real transactions that commit."""

import uuid

from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from odoo.addons.scrm_ticket.tests.race_common import Race

#: Who acts for the shop.
GROUPS = (
    "helpdesk_mgmt.group_helpdesk_user",
    "sales_team.group_sale_salesman_all_leads",
    "scrm_ticket.group_user",
)


@tagged("post_install", "-at_install")
class TestShopRace(BaseCase):
    """Works outside the usual test transaction, so it cleans up by itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.key = f"race_{uuid.uuid4().hex[:8]}"
        cls.addClassCleanup(cls.forget)
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            user = env["res.users"].create(
                {
                    "login": cls.key,
                    "name": "Desk",
                    "group_ids": [Command.link(env.ref(name).id) for name in GROUPS],
                }
            )
            product = env["product.product"].create(
                {
                    "name": "Visit",
                    "type": "service",
                    "default_code": cls.key,
                    "taxes_id": [Command.clear()],
                }
            )
            shop = env["scrm.shop"].create(
                {
                    "name": "Race",
                    "key": cls.key,
                    "platform": "shop",
                    "user_id": user.id,
                }
            )
            cls.user_id, cls.product_id, cls.shop_id = user.id, product.id, shop.id
            cls.visitor_id = env.ref("base.public_user").id

    @classmethod
    def forget(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            orders = env["sale.order"].search([("scrm_shop_id", "=", cls.shop_id)])
            orders._action_cancel()
            customers = orders.partner_id
            orders.unlink()
            env["scrm.shop"].browse(cls.shop_id).unlink()
            customers.unlink()
            env["product.product"].browse(cls.product_id).product_tmpl_id.unlink()
            user = env["res.users"].browse(cls.user_id)
            partner = user.partner_id
            user.unlink()
            partner.unlink()

    def take(self, message, state="waiting", modified="2026-03-02 08:00:00"):
        """Takes the order in, by a message of its own: id of the order."""
        said = {
            "id": "S1",
            "state": state,
            "modified": modified,
            "buyer": {"id": f"{self.key}-mei", "name": "Mei"},
            "lines": [{"code": self.key, "quantity": 2, "price": "10.00"}],
        }

        def act(env):
            # sudo: as the address does, where the signature has proved the sender
            shop = env["scrm.shop"].sudo().browse(self.shop_id)._acting()
            entries = shop.env["scrm.shop.entry"]
            entry = entries._take(shop, "order", message, said)
            return entry.id, entry.state, entry.order_id.id, entry.error

        return act

    def race(self, *functions):
        with mute_logger("odoo.sql_db", "odoo.service.model"):
            return Race(self.registry).run(self.visitor_id, functions)

    def test_one_order_once(self):
        """The same message delivered twice at once is one arrival; two messages about
        one order at once are two arrivals and one order, as the later one says."""
        first, again = self.race(self.take("m1"), self.take("m1"))
        self.assertEqual(first, again)
        self.assertEqual(first[1], "done")
        later = {"state": "paid", "modified": "2026-03-02 09:00:00"}
        told = self.race(self.take("m2"), self.take("m3", **later))
        self.assertEqual({one[1:] for one in told}, {first[1:]})
        self.assertEqual(len({first[0], *(one[0] for one in told)}), 3)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            order = env["sale.order"].search([("scrm_shop_id", "=", self.shop_id)])
            self.assertEqual(order.ids, [first[2]])
            self.assertEqual(order.state, "sale")
            self.assertEqual(order.amount_total, 20)
            self.assertEqual(order.create_uid.id, self.user_id)
