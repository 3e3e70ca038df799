from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestSample(TransactionCase):
    """One flow that uses all this addon adds, from a plain user's start to its end.

    ::

        start -> number -> long? --days > 30--> approve (Boss) -> return (lender)
                             |                                       |
                             +--default------------------------------+-> thank -> end
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lea = new_test_user(cls.env, "sample_lea", name="Lea")
        cls.boss = new_test_user(cls.env, "sample_boss", name="Boss")
        cls.designer = new_test_user(
            cls.env, "sample_designer", groups="scrm_flow.group_manager"
        )
        cls.version = cls.make_flow()

    @classmethod
    def make_flow(cls):
        env = cls.env(user=cls.designer)
        model_id = env["ir.model"]._get_id("scrm.sample.loan")
        table = env["scrm.decision.table"].create(
            {
                "name": "How long",
                "key": "sample_how_long",
                "model_id": model_id,
                "result_kind": "key",
                "rule_ids": [
                    Command.create(
                        {
                            "name": "Longer than a month",
                            "result_key": "to_boss",
                            "condition_ids": [
                                Command.create(
                                    {
                                        "dimension": "days",
                                        "operator": ">",
                                        "value": "30",
                                    }
                                )
                            ],
                        }
                    )
                ],
            }
        )
        flow = env["scrm.flow"].create(
            {"name": "Loan", "key": "sample_loan", "model_id": model_id}
        )
        version = env["scrm.flow.version"].create({"flow_id": flow.id})
        nodes = {}
        for rank, (key, values) in enumerate(
            {
                "start": {"type": "start"},
                "number": {"type": "number"},
                "long": {"type": "exclusive_gateway", "gateway_table_id": table.id},
                "approve": {
                    "handler_rule": "people",
                    "handler_user_ids": [Command.set(cls.boss.ids)],
                },
                "return": {"handler_rule": "lender"},
                "thank": {
                    "type": "service_task",
                    "service_kind": "thank",
                    "service_config": {"text": "Thank you"},
                },
                "end": {"type": "end"},
            }.items()
        ):
            values = {"version_id": version.id, "key": key, "rank": rank, **values}
            nodes[key] = env["scrm.flow.node"].create({"name": key, **values}).id
        for key, source, target, default in (
            ("begin", "start", "number", False),
            ("numbered", "number", "long", False),
            ("to_boss", "long", "approve", False),
            ("to_lender", "long", "return", True),
            ("approved", "approve", "return", False),
            ("returned", "return", "thank", False),
            ("thanked", "thank", "end", False),
        ):
            env["scrm.flow.transition"].create(
                {
                    "version_id": version.id,
                    "key": key,
                    "source_id": nodes[source],
                    "target_id": nodes[target],
                    "is_default": default,
                }
            )
        version.action_publish()
        return version

    def lend(self, **values):
        loans = self.env["scrm.sample.loan"].with_user(self.lea)
        loan = loans.create({"name": "Projector", **values})
        loan.action_start()
        return loan

    def test_from_start_to_end_as_a_plain_user(self):
        loan = self.lend()
        self.assertEqual(loan.number, f"L-{loan.id:05}")
        self.assertEqual((loan.scrm_node_key, loan.state), ("return", "lent"))
        self.assertEqual(loan.scrm_handler_ids, self.lea)
        self.assertIn("Lea", loan.scrm_step_ids.sudo().mapped("assign_reason")[-1])
        with self.assertRaises(AccessError):
            loan.with_user(self.boss).scrm_step_complete()
        answer = loan.scrm_step_complete()
        self.assertEqual(answer, {"node": False, "state": "done"})
        self.assertEqual(loan.state, "back")
        self.assertIn("Thank you", "".join(loan.message_ids.mapped("body")))

    def test_the_dimension_decides(self):
        loan = self.lend(days=31)
        self.assertEqual((loan.scrm_node_key, loan.state), ("approve", "asked"))
        loan.with_user(self.boss).scrm_step_complete()
        self.assertEqual(loan.scrm_handler_ids, self.lea)

    def test_what_goes_wrong_is_an_incident(self):
        loan = self.env["scrm.sample.loan"].with_user(self.lea).create({"name": "Van"})
        loan.sudo().number = "L-1"
        loan.action_start()
        self.assertEqual(loan.scrm_run_id.sudo().state, "incident")
        self.assertIn("L-1", loan.scrm_run_id.sudo().incident_reason)
        loan.sudo().number = False
        loan.scrm_run_id.with_user(self.designer).action_retry()
        self.assertEqual(loan.scrm_node_key, "return")

    def test_settings_are_checked(self):
        draft = self.version._copy_as_draft()
        thank = draft.node_ids.filtered(lambda node: node.key == "thank")
        thank.service_config = {"text": ""}
        with self.assertRaisesRegex(UserError, r"thank.*\$\.text"):
            draft.action_publish()
