"""Parts inside running flows: each step is done by the people who do it."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .straight_flow import straight_flow
from .test_part_paths import PathCase


class PartFlowCase(PathCase):
    """Flows of service tasks between a step of Dora, who dispatches, and Egon's visit.

    The depot has 5 brackets, West 4, the van of Egon 2.
    """

    @classmethod
    def make_part_flow(cls, key, before, after=("parts_consume",), **visit):
        """start -> plan (Dora) -> before -> visit (Egon) -> after -> end.

        :param before: service kinds, or (kind, config)
        """
        people = {
            "plan": {
                "handler_rule": "people",
                "handler_user_ids": [Command.set(cls.dora.ids)],
            },
            "visit": visit
            or {
                "handler_rule": "people",
                "handler_user_ids": [Command.set(cls.egon.ids)],
            },
        }

        def services(kinds):
            for kind in kinds:
                name, config = kind if isinstance(kind, tuple) else (kind, {})
                yield {
                    "key": name,
                    "type": "service_task",
                    "service_kind": name,
                    "service_config": config,
                }

        rows = [
            {"key": "start", "type": "start"},
            {"key": "plan", **people["plan"]},
            *services(before),
            {"key": "visit", **people["visit"]},
            *services(after),
            {"key": "end", "type": "end"},
        ]
        return straight_flow(cls.env, key, rows)

    def run_with(self, *before, after=("parts_consume",), quantity=1, **visit):
        """A ticket of Pia whose flow has these services, and Dora's step done."""
        key = f"test_parts_{self.env['scrm.flow'].search_count([])}"
        self.template.flow_id = self.make_part_flow(key, before, after, **visit)
        self.template.part_ids.quantity = quantity
        ticket = self.submit()
        ticket.with_user(self.dora).scrm_step_complete()
        return ticket

    def done(self, ticket):
        ticket.with_user(self.egon).scrm_step_complete()
        self.assertEqual(ticket.scrm_run_state, "done", ticket.scrm_incident_reason)


@tagged("post_install", "-at_install")
class TestPartFlow(PartFlowCase):
    def test_short_part_holds_the_visit(self):
        """Without more said, dispatch is held, and told where the part is; fetched
        and arrived, the flow goes on and the engineer has all seven.

        Covers: P03
        """
        ticket = self.run_with("parts_reserve", quantity=7)
        self.assertEqual(ticket.scrm_run_state, "incident")
        self.assertIn("7 needed, 5 available", ticket.scrm_incident_reason)
        self.assertIn("To be fetched from: West 4, Van", ticket.scrm_incident_reason)
        self.assertFalse(ticket.scrm_step_ids.filtered(lambda s: s.node_key == "visit"))
        self.assertEqual(self.three(), ((5, 0), (4, 0), (2, 0)), "nothing half held")
        seen = ticket.with_user(self.dora)
        self.assertIn("Test Bracket: 2 missing", seen.scrm_parts_words, "the warning")
        seen.action_scrm_parts_fetch()
        transfer = self.env["stock.picking"].search(
            [("scrm_ticket_id", "=", ticket.id)]
        )
        self.assertEqual(transfer.state, "assigned", "the transfer that is proposed")
        seen.action_scrm_parts_receive()
        ticket.scrm_run_id.with_user(self.manager).action_retry()
        self.assertEqual(ticket.scrm_node_key, "visit")
        self.assertEqual(ticket.part_line_ids.quantity_reserved, 7)
        self.done(ticket)
        self.assertEqual(self.three(), ((0, 0), (2, 0), (2, 0)))

    def test_fetched_by_the_flow(self):
        """Reserve, fetching what is short; receive at a later node; consume."""
        ticket = self.run_with(
            ("parts_reserve", {"short": "fetch"}),
            after=("parts_receive", "parts_consume"),
            quantity=7,
        )
        self.assertEqual(ticket.scrm_parts_state, "expected")
        self.assertEqual(self.three(), ((5, 5), (4, 2), (2, 0)))
        self.done(ticket)
        self.assertEqual(self.three(), ((0, 0), (2, 0), (2, 0)))

    def test_waiting_then_fetched(self):
        """The same in two nodes: wait first, then fetch."""
        ticket = self.run_with(
            ("parts_reserve", {"short": "wait"}),
            "parts_fetch",
            after=("parts_receive", "parts_consume"),
            quantity=7,
        )
        self.assertEqual(self.three(), ((5, 5), (4, 2), (2, 0)))
        self.done(ticket)
        self.assertEqual(self.three(), ((0, 0), (2, 0), (2, 0)))

    def test_issued_to_the_van(self):
        """Issued at the node before the visit, used from the van."""
        ticket = self.run_with(
            "parts_reserve", after=("parts_issue", "parts_consume"), quantity=3
        )
        self.assertEqual(self.three(), ((5, 3), (4, 0), (2, 0)))
        ticket.user_id = self.egon
        ticket.with_user(self.egon).scrm_step_complete()
        self.assertEqual(ticket.scrm_run_state, "done", ticket.scrm_incident_reason)
        self.assertEqual(self.three(), ((2, 0), (4, 0), (2, 0)))

    def test_ordered_by_the_flow(self):
        """What nobody has is ordered; until it comes, consuming stops the flow."""
        ticket = self.run_with("parts_order", quantity=20)
        self.assertEqual(ticket.part_line_ids.quantity_ordered, 15)
        ticket.with_user(self.egon).scrm_step_complete()
        self.assertEqual(ticket.scrm_run_state, "done")
        self.assertEqual(ticket.part_line_ids.state, "released", "never came")
        self.assertEqual(self.three(), ((5, 0), (4, 0), (2, 0)))

    def test_what_is_not_used_is_free_at_the_end(self):
        """A flow that ends without consuming gives back what it held, and says so."""
        ticket = self.run_with("parts_reserve", after=(), quantity=3)
        self.assertEqual(self.at(self.shelf), (5, 3))
        self.done(ticket)
        self.assertEqual(self.at(self.shelf), (5, 0))
        self.assertEqual(ticket.part_line_ids.state, "released")
        log = ticket.scrm_run_id.log_ids.filtered(lambda e: e.event == "parts_back")
        self.assertEqual(log.description, "3 Test Bracket")
        self.assertEqual(log.user_id, self.egon)
        self.assertFalse(self.env["scrm.flow.log"].verify(ticket.scrm_run_id))

    def test_the_same_item_is_held(self):
        """A ticket of one channel is tagged, comes first, and the very item of the
        form is held; one of another channel is not.

        Covers: F26
        """
        item = self.env["scrm.form.field"].create(
            {
                "key": "test_item",
                "name": "Item",
                "type": "stock",
                "record_public": True,
            }
        )
        shoe = self.make_part("Test Shoe 38", 1)
        live = self.env["helpdesk.ticket.channel"].create({"name": "Live stream"})
        self.template.write(
            {
                "line_ids": [Command.create({"field_id": item.id})],
                "part_ids": [Command.clear()],
            }
        )
        flow = self.make_part_flow(
            "test_live",
            [
                ("mark", {"priority": "3", "tags": ["Live stream first"]}),
                ("parts_reserve", {"item": "test_item"}),
            ],
            after=(),
        )
        version = flow.published_version_id._copy_as_draft()
        nodes = {node.key: node for node in version.node_ids}
        gate = self.env["scrm.flow.node"].create(
            {
                "version_id": version.id,
                "key": "channel",
                "name": "Channel",
                "type": "exclusive_gateway",
                "rank": 2,
            }
        )
        ways = version.transition_ids
        ways.filtered(lambda way: way.source_id == nodes["plan"]).target_id = gate
        self.env["scrm.flow.transition"].create(
            [
                {
                    "version_id": version.id,
                    "key": "live",
                    "source_id": gate.id,
                    "target_id": nodes["mark"].id,
                    "condition": f"[('channel_id', '=', {live.id})]",
                },
                {
                    "version_id": version.id,
                    "key": "other",
                    "source_id": gate.id,
                    "target_id": nodes["visit"].id,
                    "is_default": True,
                },
            ]
        )
        version.action_publish()
        self.template.flow_id = flow
        values = {**self.good_values, "test_item": shoe.id}
        first = self.submit(values=values)
        first.channel_id = live
        other = self.submit(values=values)
        for ticket in (other, first):
            ticket.with_user(self.dora).scrm_step_complete()
        self.assertEqual(first.tag_ids.mapped("name"), ["Live stream first"])
        self.assertEqual(first.priority, "3")
        self.assertEqual(first.part_line_ids.product_id, shoe)
        self.assertEqual(first.part_line_ids.state, "reserved")
        self.assertEqual(self.on_shelf(shoe), (1, 1))
        self.assertFalse(other.tag_ids)
        self.assertEqual(other.priority, "2")
        self.assertFalse(other.part_line_ids)

    def test_faults_of_the_settings(self):
        """A field that the form has not is named when the flow is published."""
        with self.assertRaisesRegex(UserError, "no such field for a product: nothing"):
            self.make_part_flow("test_bad", [("parts_reserve", {"item": "nothing"})])
        self.env["scrm.form.field"].create(
            {"key": "test_item", "name": "Item", "type": "stock"}
        )
        with self.assertRaisesRegex(UserError, "no such number: test_note"):
            self.make_part_flow(
                "test_bad2",
                [("parts_reserve", {"item": "test_item", "quantity": "test_note"})],
            )

    def test_able_to_do_the_service(self):
        """The service of the template brings its parts and hours; who has its role
        gets the visit, whoever else is in the team."""
        service = self.env["product.product"].create(
            {
                "name": "Test Hanging",
                "type": "service",
                "scrm_hours": 1.5,
                "scrm_role_ids": [Command.set(self.engineers.ids)],
                "scrm_service_part_ids": [
                    Command.create({"product_id": self.bracket.id, "quantity": 2})
                ],
            }
        )
        self.template.part_ids.unlink()
        self.template.service_ids = service
        self.engineers.user_ids = self.egon
        ticket = self.run_with("parts_reserve", handler_rule="able")
        self.assertEqual(ticket.user_id, self.egon)
        step = ticket.scrm_step_ids.filtered(lambda step: step.node_key == "visit")
        self.assertIn("able to do the services: Test Engineers", step.assign_reason)
        self.assertEqual(ticket.scrm_planned_hours, 1.5)
        self.assertEqual(self.at(self.shelf), (5, 2))
        other = self.env["res.groups"].create({"name": "Electricians"})
        service.scrm_role_ids = other
        ticket = self.submit()
        ticket.with_user(self.dora).scrm_step_complete()
        self.assertEqual(ticket.scrm_run_state, "incident", "nobody is able to")


@tagged("post_install", "-at_install")
class TestRouting(PartFlowCase):
    """Sheet metal and electrics are repaired by different people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fault = cls.env["scrm.form.field"].create(
            {
                "key": "test_car_fault",
                "name": "Fault",
                "type": "choice",
                "option_ids": [
                    Command.create({"key": "body", "name": "Sheet metal"}),
                    Command.create({"key": "circuit", "name": "Electrics"}),
                ],
            }
        )
        serial = cls.env["scrm.form.field"].create(
            {"key": "test_car", "name": "Car", "type": "serial"}
        )
        cls.template.write(
            {
                "line_ids": [
                    Command.clear(),
                    Command.create({"field_id": fault.id}),
                    Command.create({"field_id": serial.id}),
                ],
                "part_ids": [Command.clear()],
            }
        )
        cls.car = cls.env["product.product"].create(
            {"name": "Test Car", "is_storable": True, "scrm_is_device": True}
        )
        cls.env["stock.lot"].create({"name": "VIN-1", "product_id": cls.car.id})
        cls.env["scrm.repair.plan"].create(
            {
                "key": "test_circuit",
                "name": "Circuit",
                "fault_id": fault.option_ids[1].id,
                "product_tmpl_ids": [Command.set(cls.car.product_tmpl_id.ids)],
                "part_ids": [
                    Command.create({"product_id": cls.bracket.id, "quantity": 7})
                ],
            }
        )
        roles = cls.env["res.groups"].create(
            [
                {"name": name, "user_ids": [Command.set(user.ids)]}
                for name, user in (
                    ("Body", cls.egon),
                    ("Electrics", cls.ella),
                    ("Parts desk", cls.manager),
                )
            ]
        )
        cls.body, cls.electrics, cls.parts_desk = roles
        cls.table = cls.env["scrm.decision.table"].create(
            {
                "key": "test_car_routing",
                "name": "Who repairs",
                "model_id": cls.env["ir.model"]._get_id("helpdesk.ticket"),
                "rule_ids": [
                    Command.create(
                        {
                            "rank": rank,
                            "name": role.name,
                            "result_model": "res.groups",
                            "result_id": role.id,
                            "condition_ids": [
                                Command.create(
                                    {"dimension": key, "operator": op, "value": value}
                                )
                                for key, op, value in conditions
                            ],
                        }
                    )
                    for rank, (role, conditions) in enumerate(
                        [
                            (cls.parts_desk, [("parts", "=", "short")]),
                            (
                                cls.electrics,
                                [
                                    ("device_model", "=", "Test Car"),
                                    ("field.test_car_fault", "=", "circuit"),
                                ],
                            ),
                            (cls.body, [("field.test_car_fault", "=", "body")]),
                        ]
                    )
                ],
            }
        )

    def routed(self, fault):
        self.good_values = {"test_car_fault": fault, "test_car": "VIN-1"}
        ticket = self.submit(values=self.good_values)
        ticket.with_user(self.dora).scrm_step_complete()
        return ticket

    def test_model_fault_and_parts(self):
        """Model, fault and parts decide who gets it; a transfer is asked for when the
        parts are elsewhere, and the keeper there is told.

        Covers: F05
        """
        self.template.flow_id = self.make_part_flow(
            "test_routing",
            [("parts_reserve", {"short": "wait"}), "parts_fetch"],
            after=(),
            handler_rule="decision_table",
            handler_table_id=self.table.id,
        )
        ticket = self.routed("body")
        self.assertEqual(ticket.user_id, self.egon)
        ticket = self.routed("circuit")  # 7 of which 5 are here, 2 come from West
        self.assertEqual(ticket.user_id, self.ella)
        step = ticket.scrm_step_ids.filtered(lambda step: step.node_key == "visit")
        self.assertIn("field.test_car_fault = circuit", step.assign_reason)
        self.assertIn("device_model = Test Car", step.assign_reason)
        transfer = self.env["stock.picking"].search(
            [("scrm_ticket_id", "=", ticket.id)]
        )
        self.assertEqual(transfer.location_id, self.west.lot_stock_id)
        told = ticket.message_ids.filtered(lambda m: transfer.name in (m.body or ""))
        self.assertEqual(told.notified_partner_ids, self.ella.partner_id, "the keeper")

    def test_nobody_has_the_parts(self):
        """Short everywhere, the parts desk gets it instead of the electricians."""
        self.template.flow_id = self.make_part_flow(
            "test_routing_short",
            [],
            after=(),
            handler_rule="decision_table",
            handler_table_id=self.table.id,
        )
        self.put(self.bracket, self.west.lot_stock_id, -4)
        self.put(self.bracket, self.van, -2)
        ticket = self.routed("circuit")
        self.assertEqual(ticket.user_id, self.manager)


@tagged("post_install", "-at_install")
class TestKeeper(PartFlowCase):
    def test_told_what_is_needed(self):
        """At two in the night a customer submits; the keeper of the warehouse has the
        list of parts at once.

        Covers: P07
        """
        self.warehouse.scrm_keeper_ids = self.clerk
        self.bracket.default_code = "BR-1"
        self.env["scrm.notice.rule"].create(
            {
                "name": "Parts for a new ticket",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "event": "started",
                "field_path": "scrm_keeper_ids",
                "is_urgent": True,
                "channel_ids": [
                    Command.set(self.env.ref("scrm_flow.notice_channel_email").ids)
                ],
                "subject": "Parts for {{ number }}",
                "body": "Please put aside: {{ scrm_parts_list }}",
            }
        )
        self.clerk.email = "keeper@example.com"
        with freeze_time("2026-03-02 02:00:00"):
            self.template.part_ids.quantity = 3
            ticket = self.submit()
            with (
                self.enter_registry_test_mode(),
                self.registry.cursor() as cr,
            ):
                self.env(cr=cr)["scrm.notice.delivery"]._run_all()
        self.env.invalidate_all()
        told = self.env["scrm.notice.delivery"].search(
            [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)]
        )
        self.assertEqual(told.partner_id, self.clerk.partner_id)
        self.assertIn(
            "Please put aside: 3 × [BR-1] Test Bracket (Test Depot)", told.body
        )
        self.assertEqual(told.state, "queued")
