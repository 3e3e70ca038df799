import json

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .common import TicketFixture

NOTE = "test_note"
SERIAL = "test_serial"
WORDS = ("a secret note", "SN-77-SECRET", "Secret Machine", "2031-07-09")


@tagged("post_install", "-at_install")
class TestRightsEverywhere(TicketFixture, HttpCase):
    """What is hidden at a node is hidden at every way to ask over HTTP.

    Note and serial number are hidden at "check" from everybody but its handler, Dora.
    The serial number names a device, whose model and warranty say as much.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_world()
        cls.serial = cls.env["scrm.form.field"].create(
            {"key": SERIAL, "name": "Serial number", "type": "serial"}
        )
        cls.template.line_ids = [Command.create({"field_id": cls.serial.id})]
        cls.machine = cls.env["product.product"].create(
            {"name": WORDS[2], "is_storable": True, "tracking": "serial"}
        )
        cls.lot = cls.env["stock.lot"].create(
            {
                "name": WORDS[1],
                "product_id": cls.machine.id,
                "scrm_warranty_end": WORDS[3],
            }
        )
        draft = cls.flow.published_version_id._copy_as_draft()
        check = draft.node_ids.filtered(lambda node: node.key == "check")
        for field in (cls.note, cls.serial):
            for audience, level in (("everybody", "hidden"), ("handlers", "edit")):
                cls.env["scrm.form.right"].create(
                    {
                        "node_id": check.id,
                        "field_id": field.id,
                        "audience": audience,
                        "level": level,
                    }
                )
        draft.action_publish()
        cls.ticket = cls.submit(
            values={**cls.good_values, NOTE: WORDS[0], SERIAL: WORDS[1]}
        )
        cls.leader = new_test_user(
            cls.env,
            login="test_leader",
            groups="helpdesk_mgmt.group_helpdesk_user_team,stock.group_stock_user,"
            "base.group_allow_export,scrm_ticket.group_copy_customers",
        )
        cls.team.user_ids += cls.leader
        cls.desk.group_ids += cls.env.ref("scrm_ticket.group_copy_customers")
        cls.desk.group_ids += cls.env.ref("base.group_allow_export")
        cls.desk.group_ids += cls.env.ref("stock.group_stock_user")
        cls.env["stock.quant"]._update_available_quantity(
            cls.machine, cls.shelf, 1, lot_id=cls.lot
        )

    def rpc(self, model, method, *args, **kwargs):
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            json={
                "params": {
                    "model": model,
                    "method": method,
                    "args": args,
                    "kwargs": kwargs,
                }
            },
        )
        return json.dumps(answer.json(), ensure_ascii=False)

    def asks(self):
        """Every way to ask for the ticket that Odoo's clients know, and some more."""
        ids = self.ticket.ids
        here = [("id", "in", ids)]
        device = {
            "scrm_lot_id": {"fields": {"display_name": {}, "product_id": {}}},
            "scrm_lot_product_id": {"fields": {"display_name": {}}},
            "scrm_lot_warranty_end": {},
            "scrm_lot_purchase_date": {},
        }
        spec = {"scrm_values": {}, "scrm_form_state": {}, **device}
        names = list(spec)
        paths = [f"scrm_values.{NOTE}", f"scrm_values.{SERIAL}"]
        oracles = [
            *[(path, "ilike", "secret") for path in paths],
            ("scrm_lot_id", "ilike", "secret"),
            ("scrm_lot_id", "=", self.lot.id),
            ("scrm_lot_id", "!=", False),
            ("scrm_lot_id.name", "=like", "SN-77%"),
            ("scrm_lot_product_id", "=", self.machine.id),
            ("scrm_lot_product_id.name", "ilike", "secret"),
            ("scrm_lot_warranty_end", ">", "2030-01-01"),
        ]
        ticket = "helpdesk.ticket"
        yield "read", (ticket, "read", ids, names), {}
        yield "read plain", (ticket, "read", ids, names), {"load": ""}
        yield "web_read", (ticket, "web_read", ids, spec), {}
        yield "web_search_read", (ticket, "web_search_read", here, spec), {}
        yield "search_read", (ticket, "search_read", here, names), {}
        yield "web_save", (ticket, "web_save", ids, {}, spec), {}
        exported = [*names, *paths, "scrm_lot_id/name", "scrm_lot_id/product_id/name"]
        yield "export", (ticket, "export_data", ids, exported), {}
        yield "copy_data", (ticket, "copy_data", ids), {}
        yield "onchange", (ticket, "onchange", ids, {}, ["name"], spec), {}
        yield (
            "onchange of the template",
            (ticket, "onchange", ids, {}, ["template_id"], {**spec, "template_id": {}}),
            {},
        )
        yield (
            "default_get",
            (ticket, "default_get", names),
            {"context": {"default_template_id": self.template.id}},
        )
        yield "search_fetch", (ticket, "search_fetch", here, names), {}
        for name in ("filtered_domain", "mapped", "sorted", "_read_format"):
            yield name, (ticket, name, ids, names), {}
        for path in paths:
            yield (
                "web_read of one",
                (ticket, "web_read", ids, {path: {}}),
                {},
            )
            yield "read of one", (ticket, "read", ids, [path]), {}
            yield "definition", (ticket, "get_property_definition", path), {}
        for name in [*paths, "scrm_values", *device]:
            yield (
                f"group by {name}",
                (ticket, "formatted_read_group", here, [name], ["__count"]),
                {},
            )
            yield (
                f"web group by {name}",
                (ticket, "web_read_group", here, [name]),
                {},
            )
            yield (
                f"sets of {name}",
                (ticket, "formatted_read_grouping_sets", here, [[name]]),
                {},
            )
            yield (
                f"aggregate of {name}",
                (ticket, "formatted_read_group", here, [], [f"{name}:array_agg"]),
                {},
            )
            yield (
                f"greatest of {name}",
                (ticket, "formatted_read_group", here, [], [f"{name}:max"]),
                {},
            )
            yield (
                f"panel of {name}",
                (ticket, "search_panel_select_range", name),
                {"search_domain": here},
            )
            yield (
                f"panel of many {name}",
                (ticket, "search_panel_select_multi_range", name),
                {"search_domain": here},
            )
        lines = {"ticket_id": {"fields": spec}, "product_id": {}}
        part = "scrm.part.line"
        of_ticket = [("ticket_id", "in", ids)]
        yield "relation", (part, "web_search_read", of_ticket, lines), {}
        parts = self.ticket.part_line_ids.ids
        yield (
            "export of a relation",
            (part, "export_data", parts, [f"ticket_id/{name}" for name in exported]),
            {},
        )
        for path in [*paths, "scrm_lot_id"]:
            yield (
                "group of a relation",
                (part, "formatted_read_group", of_ticket, [f"ticket_id.{path}"]),
                {},
            )
        of_record = [("res_id", "in", ids)]
        for model in ("scrm.flow.run", "scrm.flow.step", "scrm.flow.log"):
            yield model, (model, "search_read", of_record), {}
        messages = [("model", "=", ticket), *of_record]
        yield "messages", ("mail.message", "search_read", messages), {}
        tracked = [("mail_message_id.res_id", "in", ids)]
        yield "tracking", ("mail.tracking.value", "search_read", tracked), {}
        files = [("res_model", "=", ticket), *of_record]
        yield "files", ("ir.attachment", "search_read", files), {}
        yield (
            "history",
            (ticket, "web_read", ids, {"scrm_history_ids": {"fields": spec}}),
            {},
        )
        yield (
            "template",
            (
                "scrm.ticket.template",
                "web_read",
                self.template.ids,
                {"ticket_ids": {"fields": spec}, "values_definition": {}},
            ),
            {},
        )
        for oracle in oracles:
            yield f"search {oracle}", (ticket, "search", [*here, oracle]), {}
            yield f"count {oracle}", (ticket, "search_count", [*here, oracle]), {}
            yield (
                f"name search {oracle}",
                (ticket, "name_search"),
                {"domain": [*here, oracle]},
            )
            name, operator, value = oracle
            yield (
                f"relation {oracle}",
                (
                    part,
                    "search",
                    [*of_ticket, (f"ticket_id.{name}", operator, value)],
                ),
                {},
            )
            yield (
                f"bars {oracle}",
                (ticket, "read_progress_bar"),
                {
                    "domain": [*here, oracle],
                    "group_by": "team_id",
                    "progress_bar": {"field": "priority", "colors": {"2": "x"}},
                },
            )

    def inferred(self, text, name):
        """Whether an answer says that the ticket fits a condition on what is hidden."""
        answer = json.loads(text).get("result")
        if name.startswith(("search ", "count ", "name search ", "relation ", "bars ")):
            return bool(answer)
        return False

    def look(self):
        """The ways in which who is logged in learns of what is hidden."""
        found = []
        for name, call, kwargs in self.asks():
            text = self.rpc(*call, **kwargs)
            lot_id = f'"scrm_lot_id": {self.lot.id}'
            names = f'"scrm_lot_product_id": [{self.machine.id}'
            if any(word in text for word in (*WORDS, lot_id, names)):
                found.append(name)
            elif self.inferred(text, name):
                found.append(name)
        return found

    def test_nobody_learns_of_it(self):
        """Agents, team leads, customers and strangers learn nothing, by no way.

        Covers in part: R01
        """
        for user in ("desk", "leader", "pia", "paul", "quentin", "clerk", "egon"):
            with self.subTest(user=user):
                self.authenticate(f"test_{user}", f"test_{user}")
                self.assertEqual(self.look(), [])
        self.authenticate(None, None)
        self.assertEqual(self.look(), [], "who is not logged in")

    def test_its_handler_does(self):
        """Who may read it gets it by the same ways: the questions are good ones."""
        self.dora.group_ids += self.env.ref("stock.group_stock_user")
        self.dora.group_ids += self.env.ref("base.group_allow_export")
        self.dora.group_ids += self.env.ref("scrm_ticket.group_copy_customers")
        self.authenticate("test_dora", "test_dora")
        found = self.look()
        for name in ("read", "web_read", "export", "relation", "copy_data"):
            self.assertIn(name, found)
        self.assertNotIn(f"group by scrm_values.{NOTE}", found, "speaks of all tickets")
