from unittest.mock import patch

from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.scrm_ticket.wizards.scrm_start import ScrmStart

PRESET = {
    "format": "scrm-pack/1",
    "key": "test_coolers",
    "name": {"en_US": "Coolers", "zh_CN": "空调"},
    "requires": ["scrm_ticket", "scrm_settlement"],
    "roles": [
        {
            "key": "test_fitter",
            "name": {"en_US": "Fitter", "zh_CN": "安装师傅"},
            "implies": ["scrm_ticket.group_user"],
        }
    ],
    "products": [
        {"key": "test_fitting", "name": "Fitting", "type": "service"},
        {"key": "test_fee", "name": "Fitter's fee", "type": "service"},
    ],
    "fields": [{"key": "test_room", "name": "Room (m²)", "type": "number"}],
    "flows": [
        {
            "key": "test_fit",
            "name": "Fitting",
            "model": "helpdesk.ticket",
            "nodes": [
                {"key": "start", "name": "Booked", "type": "start"},
                {
                    "key": "fit",
                    "name": "Fit",
                    "type": "user_task",
                    "handler": {"role": "test_fitter"},
                },
                {"key": "end", "name": "Done", "type": "end"},
            ],
            "transitions": [
                {"key": "booked", "source": "start", "target": "fit"},
                {"key": "fitted", "source": "fit", "target": "end"},
            ],
        }
    ],
    "templates": [
        {
            "key": "test_fitting",
            "name": {"en_US": "Fitting", "zh_CN": "安装"},
            "flow": "test_fit",
            "fields": [{"field": "test_room", "required": True}],
        }
    ],
    "pricelists": [
        {
            "key": f"test_{key}",
            "name": key.capitalize(),
            "prices": [{"product": "test_fitting", "price": price}],
        }
        for key, price in (("small", "399.00"), ("large", "699.00"))
    ],
    "decision_tables": [
        {
            "key": "test_fitting_price",
            "name": "Price of a fitting",
            "model": "helpdesk.ticket",
            "rules": [
                {
                    "name": "Large rooms",
                    "when": [
                        {
                            "dimension": "field.test_room",
                            "operator": ">",
                            "value": "60",
                        }
                    ],
                    "result": {"kind": "pricelist", "key": "test_large"},
                },
                {
                    "name": "All others",
                    "when": [],
                    "result": {"kind": "pricelist", "key": "test_small"},
                },
            ],
        }
    ],
    "prices": [
        {
            "template": "test_fitting",
            "table": "test_fitting_price",
            "product": "test_fitting",
        }
    ],
    "settlement": [
        {
            "key": "test_fitters",
            "name": "Fitters' fees",
            "templates": ["test_fitting"],
            "payee_node": "fit",
            "versions": [
                {
                    "valid_from": "2020-01-01",
                    "components": [
                        {
                            "key": "fee",
                            "name": "Fee",
                            "product": "test_fee",
                            "rules": [
                                {
                                    "key": "share",
                                    "name": "A fifth",
                                    "formula": {
                                        "kind": "percent",
                                        "rate": "20",
                                        "dimension": "price_total",
                                    },
                                }
                            ],
                        }
                    ],
                }
            ],
        }
    ],
}


@tagged("post_install", "-at_install")
class TestStart(TransactionCase):
    def test_the_whole_set_with_one_click(self):
        """Template, nodes, roles, prices and settlement; a ticket runs through all.

        Covers: C05
        """
        presets = patch.object(
            ScrmStart, "_scrm_presets", lambda self: {"test_coolers": dict(PRESET)}
        )
        presets.start()
        self.addCleanup(presets.stop)
        ann = new_test_user(self.env, login="test_ann", groups="base.group_user")
        start = self.env["scrm.start"].create(
            {"preset": "test_coolers", "user_ids": ann.ids}
        )
        start.action_start()

        template = start.template_ids
        self.assertEqual(template.name, "Fitting")
        self.assertEqual(
            template.flow_id.published_version_id.node_ids.mapped("key"),
            ["start", "fit", "end"],
        )
        role = self.env["res.groups"].search([("scrm_key", "=", "test_fitter")])
        self.assertIn(ann, role.user_ids)
        answer = self.env["helpdesk.ticket"].scrm_submit(
            "test_fitting", {"test_room": 75}
        )
        ticket = self.env["helpdesk.ticket"].browse(answer["id"])
        self.assertEqual(ticket.scrm_handler_ids, ann)
        self.assertEqual(sum(ticket.scrm_price_line_ids.mapped("amount")), 699)
        ticket.with_user(ann).scrm_step_complete()
        plan = self.env["scrm.settlement.plan"].search([("key", "=", "test_fitters")])
        plan.settle()
        record = self.env["scrm.settlement.record"].search([("plan_id", "=", plan.id)])
        self.assertEqual(record.payee_id, ann.partner_id)
        self.assertAlmostEqual(record.amount, 139.8)
