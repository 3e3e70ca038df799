from odoo.tests import tagged

from .common import FlowCase


@tagged("post_install", "-at_install")
class TestFlowProgress(FlowCase):
    def shape(self, order, **kwargs):
        return [
            (item["name"], item["state"]) for item in order._scrm_progress(**kwargs)
        ]

    def test_done_now_next(self):
        order = self.Order.create({"name": "x", "area": 100})
        self.assertFalse(order.scrm_progress)
        order.scrm_flow_start(self.flow)
        self.assertEqual(
            self.shape(order),
            [
                ("Triage", "now"),
                ("Survey", "next"),
                ("Visit", "next"),
                ("End", "next"),
            ],
        )
        order.with_user(self.ann).scrm_step_complete("accept")
        order.with_user(self.bob).scrm_step_complete()
        self.assertEqual(
            self.shape(order),
            [("Triage", "done"), ("Survey", "done"), ("Visit", "now"), ("End", "next")],
        )
        item = order.scrm_progress[1]
        self.assertEqual(item["handlers"], ["Bob"])
        self.assertTrue(item["since"] and item["until"])
        order.with_user(order.scrm_handler_ids).scrm_step_complete()
        self.assertEqual(
            self.shape(order),
            [
                ("Triage", "done"),
                ("Survey", "done"),
                ("Visit", "done"),
                ("End", "done"),
            ],
        )

    def test_the_path_follows_the_record(self):
        order = self.start(area=10)
        self.assertNotIn(("Survey", "next"), self.shape(order))
        order.area = 100
        self.assertIn(("Survey", "next"), self.shape(order))

    def test_customers_do_not_see_private_nodes(self):
        order = self.start(area=100)
        order.with_user(self.ann).scrm_step_complete("accept")
        self.assertEqual(
            self.shape(order, for_customer=True),
            [
                ("Triage", "done"),
                ("In our hands", "now"),
                ("Our visit", "next"),
                ("End", "next"),
            ],
        )
        text = str(order._scrm_progress(for_customer=True))
        self.assertNotIn("survey", text.lower())
        self.assertNotIn("Bob", text)
        self.assertIn("Survey", str(order._scrm_progress()))

    def test_names_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        draft = self.version._copy_as_draft()
        node = draft.node_ids.filtered(lambda n: n.key == "triage")
        node.with_context(lang="zh_CN").name = "分诊"
        draft.action_publish()
        order = self.start()
        self.assertEqual(self.shape(order)[0][0], "Triage")
        chinese = order.with_context(lang="zh_CN")
        self.assertEqual(self.shape(chinese)[0][0], "分诊")
