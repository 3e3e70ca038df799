from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command, Datetime
from odoo.tests.common import TransactionCase, new_test_user


class SettlementCommon(TransactionCase):
    """An installation business, as small as it can be.

    Flow::

        start -> visit (engineer) -> check (supervisor) -> end

    The area decides the price: up to 60 m² 399, up to 100 m² 699, above 999. The
    engineer who completes the visit gets 20 % of the price, at least 80, at most 150.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        # not counted in tests, see the fixture of scrm_ticket
        cls.env["scrm.guard.limit"].search([]).active = False
        cls.company = cls.env.company
        cls._set_up_books()
        cls._set_up_people()
        cls._set_up_template()
        cls._set_up_prices()
        cls.plan = cls._create_plan("installers", cls.company.currency_id)
        cls.version = cls.plan.version_ids
        cls.component = cls.version.component_ids
        cls.rule = cls.component.rule_ids

    @classmethod
    def _set_up_books(cls):
        if not cls.company.chart_template:
            cls.env["account.chart.template"].try_loading(
                "generic_coa", company=cls.company, install_demo=False
            )
        cls.fee_product = cls.env["product.product"].create(
            {"name": "Installer fee", "type": "service", "purchase_ok": True}
        )
        cls.service = cls.env["product.product"].create(
            {"name": "Installation", "type": "service", "list_price": 1.0}
        )

    @classmethod
    def _set_up_people(cls):
        handler = "scrm_ticket.group_user"
        accountant = "scrm_settlement.group_accountant"
        cls.engineer = new_test_user(cls.env, "engineer", groups=handler)
        cls.engineer_2 = new_test_user(cls.env, "engineer_2", groups=handler)
        cls.supervisor = new_test_user(cls.env, "supervisor", groups=handler)
        cls.accountant = new_test_user(cls.env, "accountant", groups=accountant)
        cls.accountant_2 = new_test_user(cls.env, "accountant_2", groups=accountant)
        cls.manager = new_test_user(
            cls.env, "planner", groups="scrm_settlement.group_manager"
        )
        cls.customer = new_test_user(cls.env, "customer", groups="base.group_portal")

    @classmethod
    def _set_up_template(cls):
        flow = cls.env["scrm.flow"].create(
            {
                "key": "settlement_test",
                "name": "Installation",
                "model_id": cls.env["ir.model"]._get_id("helpdesk.ticket"),
            }
        )
        version = cls.env["scrm.flow.version"].create({"flow_id": flow.id})
        engineers = (cls.engineer | cls.engineer_2).ids
        nodes = {}
        for rank, (key, node_type, users) in enumerate(
            [
                ("start", "start", []),
                ("visit", "user_task", engineers),
                ("check", "user_task", cls.supervisor.ids),
                ("done", "end", []),
            ]
        ):
            nodes[key] = cls.env["scrm.flow.node"].create(
                {
                    "version_id": version.id,
                    "key": key,
                    "name": key.capitalize(),
                    "type": node_type,
                    "rank": rank,
                    "handler_rule": "people" if users else False,
                    "handler_user_ids": [Command.set(users)],
                }
            )
        for source, target in (
            ("start", "visit"),
            ("visit", "check"),
            ("check", "done"),
        ):
            cls.env["scrm.flow.transition"].create(
                {
                    "version_id": version.id,
                    "key": f"{source}_{target}",
                    "name": target.capitalize(),
                    "source_id": nodes[source].id,
                    "target_id": nodes[target].id,
                }
            )
        version.action_publish()
        cls.area = cls.env["scrm.form.field"].create(
            {"key": "settle_area", "name": "Floor Area", "type": "number"}
        )
        cls.template = cls.env["scrm.ticket.template"].create(
            {
                "key": "settle_installation",
                "name": "Installation",
                "flow_id": flow.id,
                "line_ids": [Command.create({"field_id": cls.area.id})],
            }
        )

    @classmethod
    def _set_up_prices(cls):
        cls.pricelists = cls.env["product.pricelist"]
        bands = [("60", "399"), ("100", "699"), (None, "999")]
        rules, low = [], "0"
        for high, price in bands:
            pricelist = cls.env["product.pricelist"].create(
                {
                    "name": f"Band {price}",
                    "currency_id": cls.company.currency_id.id,
                    "item_ids": [
                        Command.create(
                            {
                                "applied_on": "0_product_variant",
                                "product_id": cls.service.id,
                                "compute_price": "fixed",
                                "fixed_price": float(price),
                            }
                        )
                    ],
                }
            )
            cls.pricelists |= pricelist
            rules.append(
                Command.create(
                    {
                        "name": f"Up to {high}" if high else "Larger",
                        "rank": len(rules),
                        "result_model": "product.pricelist",
                        "result_id": pricelist.id,
                    }
                )
            )
        cls.price_table = cls.env["scrm.decision.table"].create(
            {
                "key": "settle_bands",
                "name": "Bands by Area",
                "model_id": cls.env["ir.model"]._get_id("helpdesk.ticket"),
                "rule_ids": rules,
            }
        )
        for rule, (high, _price) in zip(cls.price_table.rule_ids, bands, strict=True):
            cls.env["scrm.decision.condition"].create(
                {
                    "rule_id": rule.id,
                    "dimension": "field.settle_area",
                    "operator": "between" if high else ">",
                    "value": f"{low}, {high}" if high else low,
                }
            )
            low = high
        cls.template.write(
            {
                "price_enabled": True,
                "price_table_id": cls.price_table.id,
                "price_product_id": cls.service.id,
            }
        )

    @classmethod
    def _set_up_payroll(cls):
        """A payroll journal and wages payable; the values of a plan of each kind."""
        cls.payroll = cls.env["account.journal"].create(
            {"name": "Payroll", "code": "WAGE", "type": "general"}
        )
        cls.wages = cls.env["account.account"].create(
            {
                "code": "230001",
                "name": "Wages Payable",
                "account_type": "liability_current",
                "reconcile": True,
            }
        )
        cls.kinds = {
            "vendor_bill": {"posting": "vendor_bill"},
            "journal_entry": {
                "posting": "journal_entry",
                "journal_id": cls.payroll.id,
                "wages_account_id": cls.wages.id,
            },
            "customer_invoice": {"posting": "customer_invoice"},
        }

    @classmethod
    def _create_plan(cls, key, currency, **values):
        formula = {
            "formula": "range",
            "inner": "percent",
            "rate": 20,
            "dimension": "price_total",
            "minimum": 80,
            "maximum": 150,
            **values.pop("formula", {}),
        }
        rule = {"key": "standard", "name": "Standard Fee", **formula}
        component = {
            "key": "fee",
            "name": "Installation Fee",
            "product_id": cls.fee_product.id,
            "rule_ids": [Command.create(rule)],
        }
        version = {
            "valid_from": "2020-01-01",
            "component_ids": [Command.create(component)],
        }
        return cls.env["scrm.settlement.plan"].create(
            {
                "key": key,
                "name": key.capitalize(),
                "currency_id": currency.id,
                "template_ids": [Command.set(cls.template.ids)],
                "payee_node_key": "visit",
                "version_ids": [Command.create(version)],
                **values,
            }
        )

    @contextmanager
    def at(self, moment):
        """Inside, the product's clock shows ``moment`` (UTC)."""
        now = Datetime.to_datetime(moment)
        clock = self.env.registry["scrm.clock"]
        with patch.object(clock, "now", lambda clock: now):
            yield

    @contextmanager
    def refused(self, words="", exception=UserError):
        """Inside, something is refused with these words and nothing of it stays."""
        with self.assertRaisesRegex(exception, words), self.env.cr.savepoint():
            yield

    def new_ticket(self, area=None, **values):
        return self.env["helpdesk.ticket"].create(
            {
                "name": "Install at home",
                "description": "Please",
                "template_id": self.template.id,
                "partner_id": self.customer.partner_id.id,
                "scrm_values": {} if area is None else {"settle_area": area},
                **values,
            }
        )

    def use_part(self, ticket, product, quantity):
        """Put so many on the shelf that the ticket takes from, and use them."""
        line = self.env["scrm.part.line"].create(
            {"ticket_id": ticket.id, "product_id": product.id, "quantity": quantity}
        )
        self.env["stock.quant"]._update_available_quantity(
            product, line.location_id, quantity
        )
        line._scrm_consume()
        return line

    def finish(self, ticket, engineer=None, moment="2026-03-10 04:00:00"):
        """Walk the ticket through its flow; returns its settlement records."""
        with self.at(moment):
            ticket.with_user(engineer or self.engineer).scrm_step_complete()
            ticket.with_user(self.supervisor).scrm_step_complete()
        return self.env["scrm.settlement.record"].search(
            [("source_key", "=", f"helpdesk.ticket:{ticket.id}")]
        )

    def approved_statement(self, period="2026-03", plan=None):
        """Prepare, confirm and approve a period; returns the statements."""
        statements = (
            self.env["scrm.settlement.statement"]
            .with_user(self.accountant)
            .prepare((plan or self.plan).key, period)
        )
        statements.action_confirm()
        statements.with_user(self.accountant_2).action_approve()
        return statements
