"""What tests of shops share: a shop on each platform, and what those send."""

import time
from datetime import datetime

from odoo.tests import HttpCase, new_test_user
from odoo.tests.common import _super_send

from .shop_platforms import (
    APP_KEY,
    BEIJING,
    OWN_SECRET,
    SECRET,
    TOKEN,
    Platforms,
    Pushes,
)


def local(moment):
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


class ShopCase(HttpCase):
    """A shop on each platform, one who acts for them, and what they sell."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.platforms = Platforms()
        cls.addClassCleanup(cls.platforms.stop)
        cls.desk = new_test_user(
            cls.env,
            "test_shop_desk",
            "helpdesk_mgmt.group_helpdesk_user,sales_team.group_sale_salesman_all_leads,"
            "scrm_ticket.group_user",
            email="desk@example.com",
        )
        cls.manager = new_test_user(
            cls.env, "test_shop_boss", "scrm_opportunity.group_manager"
        )
        cls.seller = new_test_user(
            cls.env, "test_shop_seller", "sales_team.group_sale_salesman"
        )
        cls.env.company.country_id = cls.env.ref("base.cn")
        cls.cooler, cls.fan = cls.env["product.product"].create(
            [
                {"name": "Cooler", "default_code": "AC-1", "taxes_id": [(5,)]},
                {"name": "Fan", "barcode": "6900000000017", "taxes_id": [(5,)]},
            ]
        )
        cls.douyin = cls.make_shop("douyin", "/douyin")
        cls.tmall = cls.make_shop("tmall", "/top")
        cls.own = cls.make_shop("shop", "/own", secret=OWN_SECRET)
        cls.pos = cls.make_shop("pos", "/own", secret=OWN_SECRET)

    @classmethod
    def make_shop(cls, platform, path, **values):
        return cls.env["scrm.shop"].create(
            {
                "name": f"Our {platform}",
                "key": f"test_{platform}",
                "platform": platform,
                "user_id": cls.desk.id,
                "app_key": APP_KEY,
                "secret": SECRET,
                "token": TOKEN,
                "api_url": cls.platforms.url(path),
                "asks": True,
                **values,
            }
        )

    def setUp(self):
        super().setUp()
        self.platforms.forget()
        self.push = Pushes(self.opener, self.base_url())
        self.now = int(time.time())

    @classmethod
    def _request_handler(cls, session, request, /, **options):
        """Only this machine is called."""
        if "127.0.0.1" not in request.url:
            raise AssertionError(f"a call to {request.url}")
        return _super_send(session, request, **options)

    def douyin_order(self, order_id="D1", status=2, at=None, **values):
        at = at or self.now
        order = {
            "order_id": order_id,
            "order_status": status,
            "update_time": at,
            "doudian_open_id": "dy-mei",
            "mask_post_receiver": "梅*",
            "post_tel": "138****8000",
            "post_amount": 0,
            "sku_order_list": [
                {
                    "code": "AC-1",
                    "product_name": "Cooler",
                    "item_num": 2,
                    "pay_amount": 399800,
                }
            ],
            **values,
        }
        self.platforms.orders[order_id] = order
        return order

    def trade(self, tid="T1", status="WAIT_SELLER_SEND_GOODS", at=None, **values):
        at = at or datetime.now(BEIJING)
        return {
            "tid": tid,
            "status": status,
            "modified": local(at),
            "buyer_open_uid": "tb-mei",
            "receiver_name": "Mei",
            "receiver_mobile": "13800138000",
            "post_fee": "0.00",
            "orders": {
                "order": [
                    {
                        "outer_iid": "6900000000017",
                        "title": "Fan",
                        "num": 1,
                        "payment": "99.90",
                    }
                ]
            },
            **values,
        }

    def own_order(self, order_id="S1", state="paid", at=0, **values):
        modified = datetime.fromtimestamp(self.now + at).strftime("%Y-%m-%d %H:%M:%S")
        return {
            "id": order_id,
            "state": state,
            "modified": modified,
            "buyer": {"id": "u-mei", "name": "Mei", "phone": "+86 138 0013 8000"},
            "lines": [
                {"code": "AC-1", "name": "Cooler", "quantity": 1, "price": "1999.00"}
            ],
            **values,
        }

    def orders(self, shop):
        self.env.invalidate_all()
        return self.env["sale.order"].search(
            [("scrm_shop_id", "in", shop.ids)], order="id"
        )

    def taken(self, answer):
        self.assertEqual(answer.status_code, 200, answer.text)
        return answer.json()

    def run_crons(self, model="scrm.notice.delivery", method="_run_all"):
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            getattr(self.env(cr=cr)[model], method)()
        self.env.invalidate_all()
