"""What the ticket tests share: people, stock, a form, a flow.

The installation template asks for a floor area (number, required), a mounting
(choice, required) and a note (text), and needs one bracket. Its flow, with stages
and handlers::

    start -> check (Dora, private, New) -> reserve -> visit (Egon and Ella in turn,
             In Progress) -> consume -> end (Done)

Customers: Pia and Paul of one company, Quentin of another one.
"""

from odoo import Command
from odoo.tests import TransactionCase, new_test_user


class TicketFixture:
    """Records for a test case class; call :meth:`make_world` in its setUpClass."""

    @classmethod
    def make_world(cls):
        # reads are counted in transactions of their own, which a test's cursor of a
        # read-only request cannot open: tests/test_customer_guard.py has real ones
        cls.env["scrm.guard.limit"].search([]).active = False
        cls.make_people()
        cls.make_stock()
        cls.make_form()
        cls.flow = cls.make_flow()
        cls.template = cls.env["scrm.ticket.template"].create(
            {
                "key": "test_installation",
                "name": "Installation",
                "flow_id": cls.flow.id,
                "team_id": cls.team.id,
                "priority": "2",
                "store_id": cls.store.id,
                "portal_published": True,
                "line_ids": [
                    Command.create(
                        {"field_id": cls.area.id, "required": True, "sequence": 1}
                    ),
                    Command.create(
                        {"field_id": cls.mounting.id, "required": True, "sequence": 2}
                    ),
                    Command.create({"field_id": cls.note.id, "sequence": 3}),
                ],
                "part_ids": [
                    Command.create({"product_id": cls.bracket.id, "quantity": 1})
                ],
            }
        )
        cls.good_values = {"test_area": 60, "test_mounting": "wall"}

    @classmethod
    def make_people(cls):
        def user(login, groups, **kwargs):
            return new_test_user(
                cls.env,
                login=f"test_{login}",
                name=login.capitalize(),
                groups=groups,
                lang="en_US",
                **kwargs,
            )

        partners = cls.env["res.partner"]
        cls.customer = partners.create({"name": "Customer Ltd", "is_company": True})
        cls.stranger = partners.create({"name": "Stranger Ltd", "is_company": True})
        cls.pia = user("pia", "base.group_portal")
        cls.paul = user("paul", "base.group_portal")
        cls.quentin = user("quentin", "base.group_portal")
        (cls.pia | cls.paul).partner_id.parent_id = cls.customer
        cls.quentin.partner_id.parent_id = cls.stranger
        cls.dora = user("dora", "scrm_ticket.group_user")
        cls.egon = user("egon", "scrm_ticket.group_user")
        cls.ella = user("ella", "scrm_ticket.group_user")
        cls.desk = user("desk", "helpdesk_mgmt.group_helpdesk_user")
        cls.clerk = user("clerk", "base.group_user")
        cls.manager = user("manager", "scrm_ticket.group_manager")
        cls.engineers = cls.env["res.groups"].create(
            {
                "name": "Test Engineers",
                "scrm_key": "test_ticket_engineer",
                "user_ids": [Command.set((cls.egon | cls.ella).ids)],
            }
        )
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {"name": "Test Installers", "user_ids": [Command.set(cls.dora.ids)]}
        )

    @classmethod
    def make_stock(cls):
        cls.warehouse = cls.env["stock.warehouse"].create(
            {"name": "Test Depot", "code": "TDEP"}
        )
        cls.shelf = cls.warehouse.lot_stock_id
        cls.bracket = cls.make_part("Test Bracket", 5)
        cls.store = cls.env["scrm.store"].create(
            {
                "key": "test_store",
                "name": "Test Store",
                "warehouse_id": cls.warehouse.id,
                "region": "East",
                "store_class": "A",
            }
        )

    @classmethod
    def make_part(cls, name, quantity):
        """A storable product with this quantity on the shelf."""
        product = cls.env["product.product"].create({"name": name, "is_storable": True})
        cls.env["stock.quant"]._update_available_quantity(product, cls.shelf, quantity)
        return product

    @classmethod
    def make_form(cls):
        fields = cls.env["scrm.form.field"]
        cls.area = fields.create(
            {"key": "test_area", "name": "Floor area", "type": "number"}
        )
        cls.mounting = fields.create(
            {
                "key": "test_mounting",
                "name": "Mounting",
                "type": "choice",
                "option_ids": [
                    Command.create({"key": "wall", "name": "On the wall"}),
                    Command.create({"key": "ceiling", "name": "Under the ceiling"}),
                ],
            }
        )
        cls.note = fields.create({"key": "test_note", "name": "Note", "type": "text"})

    @classmethod
    def make_flow(cls, key="test_ticket_flow"):
        flow = cls.env["scrm.flow"].create(
            {
                "key": key,
                "name": "Installation",
                "model_id": cls.env["ir.model"]._get_id("helpdesk.ticket"),
            }
        )
        version = cls.env["scrm.flow.version"].create({"flow_id": flow.id})
        stages = {
            name: cls.env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{name}").id
            for name in ("new", "in_progress", "done")
        }
        nodes = [
            {"key": "start", "type": "start"},
            {
                "key": "check",
                "name": "Check the request",
                "is_private": True,
                "handler_rule": "people",
                "handler_user_ids": [Command.set(cls.dora.ids)],
                "ticket_stage_id": stages["new"],
            },
            {
                "key": "reserve",
                "type": "service_task",
                "service_kind": "parts_reserve",
            },
            {
                "key": "visit",
                "name": "Visit",
                "customer_name": "Our visit",
                "handler_rule": "role",
                "handler_group_id": cls.engineers.id,
                "ticket_stage_id": stages["in_progress"],
            },
            {
                "key": "consume",
                "type": "service_task",
                "service_kind": "parts_consume",
            },
            {"key": "end", "type": "end", "ticket_stage_id": stages["done"]},
        ]
        made = cls.env["scrm.flow.node"].create(
            [
                {"version_id": version.id, "rank": rank, "name": node["key"], **node}
                for rank, node in enumerate(nodes)
            ]
        )
        cls.env["scrm.flow.transition"].create(
            [
                {
                    "version_id": version.id,
                    "key": f"to_{target.key}",
                    "source_id": source.id,
                    "target_id": target.id,
                }
                for source, target in zip(made, made[1:], strict=False)
            ]
        )
        version.action_publish()
        return flow

    @classmethod
    def submit(cls, user=None, values=None, **kwargs):
        """Submit a ticket of the template as the user (Pia), by the API's door."""
        answer = (
            cls.env["helpdesk.ticket"]
            .with_user(user or cls.pia)
            .scrm_submit(
                "test_installation",
                cls.good_values if values is None else values,
                **kwargs,
            )
        )
        return cls.env["helpdesk.ticket"].browse(answer["id"])

    @classmethod
    def on_shelf(cls, product=None):
        """(quantity, reserved quantity) of a part (the bracket) on the shelf."""
        quants = cls.env["stock.quant"].search(
            [
                ("product_id", "=", (product or cls.bracket).id),
                ("location_id", "=", cls.shelf.id),
            ]
        )
        quants.invalidate_recordset()
        return sum(quants.mapped("quantity")), sum(quants.mapped("reserved_quantity"))


class TicketCase(TicketFixture, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.make_world()
