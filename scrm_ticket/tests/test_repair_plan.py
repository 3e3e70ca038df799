from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import TicketCase


@tagged("post_install", "-at_install")
class TestRepairPlan(TicketCase):
    """Device model and fault bring parts and hours::

    fault (category): power / fuse (below power), noise
    plans:            power on any device        -> 1 cable, 1.0 h
                      fuse on the washer         -> 2 fuses, 0.5 h
                      maintenance of the washer  -> 1 filter, 2.0 h
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.washer = cls.env["product.product"].create(
            {"name": "Test Washer", "is_storable": True, "scrm_is_device": True}
        )
        cls.device = cls.env["stock.lot"].create(
            {"name": "TW-1", "product_id": cls.washer.id}
        )
        cls.cable = cls.make_part("Test Cable", 4)
        cls.fuse = cls.make_part("Test Fuse", 4)
        cls.filter = cls.make_part("Test Filter", 4)
        field = cls.env["scrm.form.field"].create(
            {
                "key": "test_fault_kind",
                "name": "Fault",
                "type": "category",
                "option_ids": [
                    Command.create({"key": "power", "name": "Power"}),
                    Command.create({"key": "fuse", "name": "Fuse"}),
                    Command.create({"key": "noise", "name": "Noise"}),
                ],
            }
        )
        cls.power, cls.blown, cls.noise = field.option_ids
        cls.blown.parent_id = cls.power
        serial = cls.env["scrm.form.field"].create(
            {"key": "test_plan_serial", "name": "Serial", "type": "serial"}
        )
        cls.template.write(
            {
                "part_ids": [Command.clear()],
                "line_ids": [
                    Command.clear(),
                    Command.create({"field_id": field.id}),
                    Command.create({"field_id": serial.id}),
                ],
            }
        )
        cls.any_power = cls.plan("any_power", cls.power, cls.cable, 1, 1.0)
        cls.washer_fuse = cls.plan("washer_fuse", cls.blown, cls.fuse, 2, 0.5)
        cls.washer_fuse.product_tmpl_ids = cls.washer.product_tmpl_id
        cls.care = cls.plan("care", cls.blown, cls.filter, 1, 2.0)
        cls.care.write(
            {
                "product_tmpl_ids": [Command.set(cls.washer.product_tmpl_id.ids)],
                "fault_id": False,
            }
        )

    @classmethod
    def plan(cls, key, fault, part, quantity, hours):
        return cls.env["scrm.repair.plan"].create(
            {
                "key": f"test_{key}",
                "name": key,
                "fault_id": fault.id,
                "hours": hours,
                "note": f"How to {key}",
                "part_ids": [
                    Command.create({"product_id": part.id, "quantity": quantity})
                ],
            }
        )

    def needs(self, ticket):
        return sorted(
            (line.product_id.name, line.quantity) for line in ticket.part_line_ids
        )

    def raise_ticket(self, fault, serial="TW-1"):
        values = {"test_fault_kind": fault} if fault else {}
        if serial:
            values["test_plan_serial"] = serial
        return self.submit(values=values)

    def test_plan_of_model_and_fault(self):
        """A customer's ticket has parts, hours and instructions at once, with what
        is in stock of each part.

        Covers: P02
        Covers in part: P05
        """
        self.washer_fuse.part_ids = [
            Command.create({"product_id": self.cable.id, "quantity": 9})
        ]
        ticket = self.raise_ticket("fuse")
        lines = {
            line.product_id.name: (line.quantity, line.availability)
            for line in ticket.with_user(self.dora).part_line_ids
        }
        self.assertEqual(lines, {"Test Fuse": (2, "here"), "Test Cable": (9, "short")})
        fuse = ticket.part_line_ids.filtered(lambda line: line.quantity == 2)
        self.assertEqual(fuse.availability_words, "Test Depot: 4")
        ticket.part_line_ids.filtered(lambda line: line.quantity == 9).unlink()
        self.assertEqual(ticket.scrm_repair_plan_ids, self.washer_fuse)
        self.assertEqual(self.needs(ticket), [("Test Fuse", 2)])
        self.assertEqual(ticket.scrm_planned_hours, 0.5)
        self.assertEqual(ticket.scrm_plan_notes, "How to washer_fuse")

    def test_category_above_and_any_device(self):
        """Without a plan of its own a fault takes that of the category above it."""
        self.washer_fuse.active = False
        self.assertEqual(self.needs(self.raise_ticket("fuse")), [("Test Cable", 1)])
        ticket = self.raise_ticket("power", serial=None)
        self.assertEqual(self.needs(ticket), [("Test Cable", 1)])

    def test_no_fault_is_maintenance(self):
        """Without a fitting fault the maintenance of the model counts."""
        self.assertEqual(self.needs(self.raise_ticket(None)), [("Test Filter", 1)])
        self.assertEqual(self.needs(self.raise_ticket("noise")), [("Test Filter", 1)])
        self.assertFalse(self.raise_ticket("noise", serial=None).part_line_ids)

    def test_other_company(self):
        """Plans of other companies do not count."""
        self.washer_fuse.company_id = self.env["res.company"].create({"name": "T2"})
        ticket = self.raise_ticket("fuse")
        self.assertEqual(self.needs(ticket), [("Test Cable", 1)])

    def test_another_diagnosis(self):
        """A changed fault changes what is only wanted; what is reserved stays."""
        ticket = self.raise_ticket("fuse")
        own = ticket.part_line_ids.create(
            {"ticket_id": ticket.id, "product_id": self.bracket.id}
        )
        ticket.with_user(self.dora).write({"scrm_values": {"test_fault_kind": "power"}})
        self.assertEqual(self.needs(ticket), [("Test Bracket", 1), ("Test Cable", 1)])
        self.assertEqual(ticket.scrm_planned_hours, 1.0)
        ticket.part_line_ids._scrm_reserve()
        ticket.write({"scrm_values": {"test_fault_kind": "fuse"}})
        self.assertEqual(
            self.needs(ticket),
            [("Test Bracket", 1), ("Test Cable", 1), ("Test Fuse", 2)],
        )
        self.assertEqual(own.state, "reserved")
        ticket.write({"name": "Nothing about the fault"})
        self.assertEqual(len(ticket.part_line_ids), 3)

    def test_hand_made_changes_stay(self):
        """A quantity that somebody corrected is not put back."""
        ticket = self.raise_ticket("fuse")
        ticket.part_line_ids.quantity = 1
        ticket.scrm_planned_hours = 3
        ticket.write({"scrm_values": {"test_plan_serial": "TW-1"}})
        self.assertEqual(self.needs(ticket), [("Test Fuse", 1)])
        self.assertEqual(ticket.scrm_planned_hours, 3)

    def test_services_of_the_template(self):
        """Tickets take the service of their template, with its parts and hours.

        Covers in part: P10
        """
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
        self.template.service_ids = service
        ticket = self.raise_ticket("fuse")
        self.assertEqual(ticket.scrm_service_ids, service)
        self.assertEqual(self.needs(ticket), [("Test Bracket", 2), ("Test Fuse", 2)])
        self.assertEqual(ticket.scrm_planned_hours, 2.0)
        ticket.scrm_service_ids = False
        self.assertEqual(self.needs(ticket), [("Test Fuse", 2)])
        self.assertEqual(ticket.scrm_planned_hours, 0.5)

    def test_what_is_refused(self):
        """A plan that would fit everything, a wrong key, a stranger's hands."""
        plans = self.env["scrm.repair.plan"]
        with self.assertRaisesRegex(ValidationError, "would fit everything"):
            plans.create({"key": "test_all", "name": "All"})
        with self.assertRaisesRegex(ValidationError, "Wrong Key"):
            plans.create({"key": "Wrong Key", "name": "x", "fault_id": self.noise.id})
        with self.assertRaises(AccessError):
            self.care.with_user(self.egon).hours = 9
        self.care.with_user(self.manager).hours = 9

    def test_hidden_fault(self):
        """Who may not read the fault sees neither its plan nor what brought a part."""
        node = self.flow.published_version_id._copy_as_draft().node_ids.filtered(
            lambda node: node.key == "check"
        )
        for audience, level in (("everybody", "hidden"), ("handlers", "edit")):
            self.env["scrm.form.right"].create(
                {
                    "node_id": node.id,
                    "field_id": self.power.field_id.id,
                    "audience": audience,
                    "level": level,
                }
            )
        node.version_id.action_publish()
        ticket = self.raise_ticket("fuse")
        ticket.user_id = self.dora
        self.team.user_ids |= self.egon | self.ella
        self.egon.group_ids |= self.env.ref("helpdesk_mgmt.group_helpdesk_user")
        hidden, seen = ticket.with_user(self.egon), ticket.with_user(self.dora)
        names = ["scrm_repair_plan_ids", "scrm_plan_notes"]
        self.assertEqual(
            seen.read(names)[0]["scrm_repair_plan_ids"], self.washer_fuse.ids
        )
        row = hidden.read(names)[0]
        self.assertFalse(row["scrm_repair_plan_ids"])
        self.assertFalse(row["scrm_plan_notes"])
        tickets = self.env["helpdesk.ticket"].with_user(self.egon)
        for domain in (
            [("scrm_repair_plan_ids", "in", self.washer_fuse.ids)],
            [("scrm_repair_plan_ids.name", "ilike", "fuse")],
        ):
            self.assertNotIn(ticket, tickets.search(domain))
        with self.assertRaises(AccessError):
            tickets._read_group([], ["scrm_repair_plan_ids"])
        with self.assertRaises(AccessError):
            hidden.part_line_ids.read(["proposed_by"])
        self.assertEqual(hidden.part_line_ids.product_id, self.fuse, "to be fetched")

    def test_copy(self):
        """A copy has a key of its own and the parts."""
        copy = self.washer_fuse.copy()
        self.assertEqual(copy.key, "test_washer_fuse_2")
        self.assertEqual(copy.part_ids.product_id, self.fuse)

    def test_a_changed_plan_counts_at_once(self):
        """Though what fits is looked up once for all tickets alike."""

        def found():
            ticket = self.raise_ticket("power", serial=None)
            return ticket.scrm_repair_plan_ids

        self.assertEqual(found(), self.any_power)
        self.any_power.active = False
        self.assertFalse(found())
        other = self.plan("other_power", self.power, self.cable, 1, 1.0)
        self.assertEqual(found(), other)
        other.fault_id = self.noise
        self.assertFalse(found())
        other.write({"fault_id": self.power.id})
        self.assertEqual(found(), other)
        other.unlink()
        self.assertFalse(found())
