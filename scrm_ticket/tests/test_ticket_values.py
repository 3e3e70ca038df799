from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form

from .common import TicketCase


class TestTicketValues(TicketCase):
    """Values of a form in the backend."""

    def stored(self, ticket):
        """The raw JSON of a ticket's values."""
        ticket.flush_recordset()
        self.cr.execute(
            "SELECT scrm_values FROM helpdesk_ticket WHERE id = %s", [ticket.id]
        )
        return self.cr.fetchone()[0]

    def test_name_before_it_is_saved(self):
        """A ticket without number and name is not called "/ - False"."""
        ticket = self.env["helpdesk.ticket"].new({})
        self.assertEqual(ticket.display_name, "New Ticket")
        self.assertEqual(self.submit().display_name.split(" - ")[1], "Installation")

    def test_quick_create(self):
        """A helpdesk user raises a ticket from the small form with its template.

        Covers in part: E09, T02
        """
        view = "scrm_ticket.helpdesk_ticket_view_form_quick"
        with Form(self.env["helpdesk.ticket"].with_user(self.desk), view) as form:
            form.template_id = self.template
            self.assertEqual(form.name, "Installation")
            self.assertEqual(form.team_id, self.team)
            form.scrm_values = [
                {**item, "value": {"test_area": 75.5}.get(item["name"])}
                for item in form.scrm_values
            ]
        ticket = form.record
        self.assertEqual(ticket.scrm_door, "backend")
        self.assertEqual(ticket._scrm_value("test_area"), 75.5)
        self.assertIsNone(ticket._scrm_value("test_mounting"))
        self.assertEqual(ticket.priority, "2")
        self.assertEqual(ticket.store_id, self.store)
        self.assertEqual(ticket.part_line_ids.product_id, self.bracket)
        self.assertEqual(ticket.scrm_node_key, "check")

    def test_wrong_values_are_refused(self):
        """Unknown key, wrong type, foreign option: refused by label, nothing saved.

        Covers: T03
        Covers in part: T02
        """
        ticket = self.submit().with_user(self.desk)
        before = self.stored(ticket)
        for values, words in (
            ({"test_area": "abc"}, "“Floor area” must be a number, not “abc”"),
            ({"test_mounting": "floor"}, "“floor” is not an option of “Mounting”"),
            ({"test_note": 7}, "“Note” must be a text"),
            ({"colour": "red"}, "has no field “colour”"),
        ):
            with self.assertRaisesRegex(ValidationError, words):
                ticket.write({"scrm_values": values, "name": "Renamed"})
            as_list = [
                {"name": name, "type": "char", "value": value}
                for name, value in values.items()
            ]
            with self.assertRaisesRegex(ValidationError, words):
                ticket.write({"scrm_values": as_list})
            with self.assertRaisesRegex(ValidationError, words):
                self.env["helpdesk.ticket"].with_user(self.desk).create(
                    {"template_id": self.template.id, "scrm_values": values}
                )
        ticket.invalidate_recordset()
        self.assertEqual(self.stored(ticket), before)
        self.assertEqual(ticket.name, "Installation")

    def test_values_need_a_template(self):
        """A ticket without a template has no form to fill in."""
        with self.assertRaisesRegex(ValidationError, "Choose a template"):
            self.env["helpdesk.ticket"].create(
                {
                    "name": "Plain",
                    "description": "x",
                    "scrm_values": {"test_area": 1},
                }
            )

    def test_all_faults_are_named(self):
        """One answer names every field that is wrong."""
        with self.assertRaises(ValidationError) as caught:
            self.submit(values={"test_area": "abc"})
        self.assertIn("Floor area", str(caught.exception))
        self.assertIn("Mounting", str(caught.exception))

    def test_nothing_stored_is_lost(self):
        """Writes merge: values of fields that left the form come back with them.

        Covers in part: T13
        """
        ticket = self.submit(values={**self.good_values, "test_note": "first"})
        line = self.template.line_ids.filtered(lambda line: line.field_id == self.note)
        line.unlink()
        ticket.scrm_values = {"test_area": 61}
        shown = [row["label"] for row in ticket._scrm_values_for_display()]
        self.assertNotIn("Note", shown)
        self.assertEqual(self.stored(ticket)["test_note"], "first")
        self.template.line_ids = [Command.create({"field_id": self.note.id})]
        self.assertEqual(ticket._scrm_value("test_note"), "first")
        self.assertEqual(ticket._scrm_value("test_area"), 61.0)
        self.assertEqual(ticket.scrm_values["test_note"], "first")

    def test_open_form_survives_a_changed_template(self):
        """The client sends back a field that left the form meanwhile: no fault."""
        ticket = self.submit(values={**self.good_values, "test_note": "first"})
        sent = ticket.read(["scrm_values"])[0]["scrm_values"]
        self.template.line_ids.filtered(
            lambda line: line.field_id == self.note
        ).unlink()
        sent[0]["value"] = 99
        ticket.with_user(self.desk).write({"scrm_values": sent})
        self.assertEqual(ticket._scrm_value("test_area"), 99.0)
        self.assertEqual(self.stored(ticket)["test_note"], "first")
        sent[2]["value"] = "changed"
        with self.assertRaisesRegex(ValidationError, "test_note"):
            ticket.with_user(self.desk).write({"scrm_values": sent})

    def test_what_did_not_change_is_no_fault(self):
        """A rule that came later stops no edit of something else; a change it does."""
        ticket = self.submit(values={**self.good_values, "test_note": "four"})
        ticket = ticket.with_user(self.manager)
        opened = ticket.read(["scrm_values"])[0]["scrm_values"]
        self.note.max_length = 3
        sent = [dict(part) for part in opened]
        ticket.write({"scrm_values": sent, "priority": "1"})
        self.assertEqual(ticket.priority, "1")
        self.assertEqual(ticket._scrm_value("test_note"), "four")
        for part in sent:
            if part["name"] == "test_note":
                part["value"] = "five!"
        with self.assertRaisesRegex(ValidationError, "at most 3 characters"):
            ticket.write({"scrm_values": sent})

    def test_definition_cannot_be_changed_from_a_ticket(self):
        """What a client says about the definition is not listened to."""
        ticket = self.submit()
        sent = ticket.read(["scrm_values"])[0]["scrm_values"]
        before = self.template.values_definition
        sent[0].update(definition_changed=True, string="Hacked", type="char")
        ticket.with_user(self.manager).write({"scrm_values": sent})
        self.assertEqual(self.template.values_definition, before)

    def test_tickets_of_two_templates_in_one_write(self):
        """One write over tickets of different templates works."""
        other = self.template.copy({"key": "test_other"})
        tickets = self.submit() | self.env["helpdesk.ticket"].create(
            {"template_id": other.id}
        )
        tickets.write({"scrm_values": {"test_note": "both"}})
        self.assertEqual(
            [ticket._scrm_value("test_note") for ticket in tickets], ["both", "both"]
        )

    def test_incomplete_ticket_cannot_leave_its_first_node(self):
        """The backend may save an incomplete ticket, its flow does not go on with it.

        Covers: T03
        """
        ticket = self.env["helpdesk.ticket"].create(
            {"template_id": self.template.id, "scrm_values": {"test_area": 60}}
        )
        with self.assertRaisesRegex(ValidationError, "“Mounting” is required"):
            with self.cr.savepoint():
                ticket.with_user(self.dora).scrm_step_complete()
        ticket.invalidate_recordset()
        self.assertEqual(ticket.scrm_node_key, "check")
        self.assertEqual(self.on_shelf(), (5, 0), "nothing may be half done")
        ticket.with_user(self.dora).scrm_values = {"test_mounting": "ceiling"}
        ticket.with_user(self.dora).scrm_step_complete()
        self.assertEqual(ticket.scrm_node_key, "visit")
        with self.assertRaisesRegex(ValidationError, "“Mounting” is required"):
            ticket.with_user(self.desk).scrm_values = {"test_mounting": False}

    def test_words_for_people(self):
        """Values are shown with labels, option labels and numbers as people write."""
        ticket = self.submit(values={**self.good_values, "test_note": "<b>x</b>"})
        rows = [
            (row["label"], row["text"]) for row in ticket._scrm_values_for_display()
        ]
        self.assertEqual(
            rows,
            [("Floor area", "60"), ("Mounting", "On the wall"), ("Note", "<b>x</b>")],
        )

    def test_search_and_group(self):
        """Values can be searched and grouped like fields."""
        wall = self.submit()
        ceiling = self.submit(values={"test_area": 61, "test_mounting": "ceiling"})
        tickets = self.env["helpdesk.ticket"]
        both = [("id", "in", (wall | ceiling).ids)]
        self.assertEqual(
            tickets.search([*both, ("scrm_values.test_mounting", "=", "wall")]), wall
        )
        self.assertEqual(
            tickets.search([*both, ("scrm_values.test_area", ">", 60)]), ceiling
        )
        groups = tickets.formatted_read_group(
            both, ["scrm_values.test_mounting"], ["__count"]
        )
        self.assertEqual([group["__count"] for group in groups], [1, 1])

    def test_copy(self):
        """A copied ticket has the values and starts its own flow."""
        ticket = self.submit()
        copy = ticket.copy()
        self.assertEqual(copy._scrm_value("test_area"), 60.0)
        self.assertTrue(copy.scrm_run_id)
        self.assertNotEqual(copy.scrm_run_id, ticket.scrm_run_id)
        self.assertNotEqual(copy.number, ticket.number)

    def test_template_stays_while_the_flow_runs(self):
        """A running ticket keeps its template."""
        other = self.template.copy({"key": "test_other"})
        ticket = self.submit()
        with self.assertRaisesRegex(UserError, "Cancel the flow"):
            ticket.with_user(self.desk).template_id = other

    def test_template_chosen_later(self):
        """A plain ticket that gets a template starts its flow."""
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "Plain", "description": "x"}
        )
        self.assertFalse(ticket.scrm_run_id)
        ticket.with_user(self.desk).template_id = self.template
        self.assertEqual(ticket.scrm_node_key, "check")
