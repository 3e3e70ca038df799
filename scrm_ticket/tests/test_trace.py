"""All that happened on a ticket, by time."""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from markupsafe import Markup

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.sql_db import Cursor
from odoo.tests import new_test_user
from odoo.tools import SQL, mute_logger

from .common import TicketCase


class TestTrace(TicketCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        cls.ticket = cls.submit().with_env(cls.env)
        cls.flush_tracking(cls)
        cls.lead = new_test_user(
            cls.env,
            login="test_lead",
            groups="scrm_ticket.group_user,helpdesk_mgmt.group_helpdesk_user_team",
        )
        cls.team.user_ids += cls.lead

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    @contextmanager
    def statements(self, beginning):
        """The SQL statements inside that begin so."""
        found = []
        execute = Cursor.execute

        def spy(cursor, query, *args, **kwargs):
            text = (query.code if isinstance(query, SQL) else str(query)).strip()
            if text.startswith(beginning):
                found.append(text)
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", spy):
            yield found

    def rows(self, user=None, *domain):
        self.flush_tracking()
        self.env.invalidate_all()
        return (
            self.env["scrm.ticket.trace"]
            .with_user(user or self.lead)
            .search([("ticket_id", "=", self.ticket.id), *domain])
        )

    def texts(self, user=None, *domain):
        return self.rows(user, *domain).mapped("text")

    def test_everything_by_time(self):
        """Messages, steps of the flow and changed values, found by when and who.

        Covers in part: R15
        """
        self.ticket.with_user(self.lead).message_post(
            body="He called twice", subtype_xmlid="mail.mt_comment"
        )
        self.ticket.with_user(self.lead).write({"priority": "3"})
        self.ticket.with_user(self.dora).scrm_values = {"test_area": 75}
        self.ticket.with_user(self.lead).description = "<p>Quite another thing</p>"
        self.ticket.with_user(self.dora).scrm_step_complete()
        kinds = dict.fromkeys(self.rows().mapped("kind"))
        self.assertLessEqual(
            {"message", "tracking", "value", "text", "flow"}, kinds.keys()
        )
        message = self.rows(None, ("kind", "=", "message"))[0]
        self.assertEqual(message.text, "He called twice")
        self.assertEqual(message.partner_id, self.lead.partner_id)
        tracked = self.rows(None, ("kind", "=", "tracking"))
        self.assertIn("Priority: High → Very High", " ".join(tracked.mapped("text")))
        (value,) = self.rows(None, ("kind", "=", "value"))
        self.assertEqual(value.text, "Floor area: 60 → 75")
        self.assertEqual(value.partner_id, self.dora.partner_id)
        self.assertEqual(value.key, "test_area")
        flow = self.texts(None, ("kind", "=", "flow"))
        self.assertTrue(any("Step completed" in text for text in flow), flow)
        # by time: nothing of tomorrow, all of today, in order
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        self.assertFalse(self.rows(None, ("at", ">", tomorrow)))
        rows = self.rows(None, ("at", "<=", tomorrow))
        self.assertEqual(rows, self.rows())
        self.assertEqual(rows.mapped("at"), sorted(rows.mapped("at"), reverse=True))
        groups = self.env["scrm.ticket.trace"].with_user(self.lead)
        groups = groups.formatted_read_group(
            [("ticket_id", "=", self.ticket.id)], ["at:day", "kind"], ["__count"]
        )
        self.assertEqual(sum(group["__count"] for group in groups), len(rows))

    def test_what_was_said_is_kept(self):
        """An edited message keeps its earlier text; none is deleted, nor the rows.

        Covers in part: R15
        """
        ticket = self.ticket.with_user(self.lead)
        ticket.message_post(
            body=Markup('<a href="/my/ticket/1?access_token=a1b2">Follow it</a>'),
            subtype_xmlid="mail.mt_comment",
        )
        told = " ".join(self.texts(None))
        self.assertIn("Follow it", told)
        self.assertNotIn("a1b2", told, "what opens a ticket without a login")
        said = ticket.message_post(
            body="First word",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        ticket._message_update_content(said, body="Second word")
        self.assertEqual(self.texts(None, ("kind", "=", "edit")), ["First word"])
        self.assertIn("Second word", " ".join(self.texts(None)))
        with self.assertRaisesRegex(UserError, "are kept"):
            said.unlink()
        change = self.env["scrm.ticket.change"].search(
            [("ticket_id", "=", self.ticket.id)]
        )
        for act in (lambda: change.write({"after": 1}), change.unlink):
            with self.assertRaisesRegex(UserError, "as it was recorded"):
                act()
        with self.assertRaises(AccessError):
            change.with_user(self.manager).read(["before"])

    def test_who_reads_the_ticket(self):
        """Who does not read the ticket reads nothing of it."""
        rows = self.rows()
        self.assertTrue(rows)
        self.assertFalse(self.rows(self.egon))
        with self.assertRaises(AccessError):
            rows.with_user(self.egon).read(["text"])
        for user in (self.clerk, self.pia):
            with self.assertRaises(AccessError):
                rows.with_user(user).read(["text"])

    @mute_logger("odoo.models.unlink")
    def test_hidden_values_stay_hidden(self):
        """A value that is hidden at some node is in the timeline of who may see it."""
        version = self.flow.published_version_id
        draft = version.browse(version.design_new_draft())
        check = draft.node_ids.filtered(lambda node: node.key == "check")
        check.form_right_ids = [
            Command.create(
                {
                    "field_id": self.note.id,
                    "audience": "everybody",
                    "level": "hidden",
                }
            ),
            Command.create(
                {"field_id": self.note.id, "audience": "handlers", "level": "edit"}
            ),
        ]
        draft.action_publish()
        self.ticket = self.submit().with_env(self.env)
        self.ticket.with_user(self.dora).scrm_values = {"test_note": "A secret"}
        self.ticket.with_user(self.dora).scrm_values = {"test_area": 61}
        row = self.env["scrm.ticket.trace"].search(
            [("ticket_id", "=", self.ticket.id), ("key", "=", "test_note")]
        )
        self.assertEqual(row.text, "Note: – → A secret")
        self.assertNotIn("secret", " ".join(self.texts(self.lead)))
        keys = self.rows(self.lead, ("key", "!=", False)).mapped("key")
        self.assertEqual(keys, ["test_area"])
        with self.assertRaises(AccessError):
            row.with_user(self.lead).read(["text"])

    def test_own_fields(self):
        """Title, customer, category, team and priority: one row each, no message.

        Covers in part: R15
        """
        ticket = self.ticket.with_user(self.lead)
        partner = self.env["res.partner"].create({"name": "Another customer"})
        category = self.env["helpdesk.ticket.category"].create({"name": "Heating"})
        before, title = ticket.partner_id.display_name, ticket.name
        messages = ticket.message_ids
        ticket.write(
            {
                "name": "A new title",
                "partner_id": partner.id,
                "category_id": category.id,
                "priority": "3",
                "team_id": self.team.id,  # as it is
            }
        )
        ticket.priority = "3"  # as it is, too
        rows = self.rows(None, ("kind", "=", "tracking"))
        self.assertEqual(set(rows.mapped("source_model")), {"scrm.ticket.change"})
        self.assertEqual(
            set(rows.mapped("text")),
            {
                f"Title: {title} → A new title",
                f"Contact: {before} → Another customer",
                "Category: – → Heating",
                "Priority: High → Very High",
            },
        )
        self.assertEqual(len(rows), 4)
        self.assertEqual(rows.partner_id, self.lead.partner_id)
        self.assertEqual(ticket.message_ids, messages)
        category.unlink()
        self.assertIn("Category: – → deleted", self.texts())

    def test_team_that_follows_the_user(self):
        """A team that helpdesk_mgmt chose by the user is kept as well."""
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "No team", "description": "None", "user_id": False}
        )
        self.assertFalse(ticket.team_id)
        ticket.user_id = self.lead
        self.assertEqual(ticket.team_id, self.team)
        self.ticket = ticket
        self.assertIn(f"Team: – → {self.team.name}", self.texts())

    def test_field_of_others(self):
        """Who may not read a field of the ticket reads no change of it."""
        self.ticket.priority = "3"
        priority = self.env.registry["helpdesk.ticket"]._fields["priority"]
        self.patch(priority, "groups", "base.group_system")
        self.assertNotIn("High", " ".join(self.texts(self.lead)))

    def test_addresses_in_titles_are_masked(self):
        """A title's personal data is masked for who reads it masked on the ticket."""
        self.env["ir.config_parameter"].set_param("scrm_ticket.mask_personal_data", "1")
        self.ticket.name = "Call 13812345678"
        self.ticket.name = "Called"
        told = self.texts(self.lead, ("kind", "=", "tracking"))
        self.assertEqual(len(told), 2)
        self.assertNotIn("13812345678", " ".join(told))
        self.lead.group_ids += self.env.ref("scrm_ticket.group_personal_data")
        self.assertIn("13812345678", " ".join(self.texts(self.lead)))

    def test_closed_to_other_posts(self):
        """Changes are closed with the messages, as Odoo's tracking is."""
        role = self.env["res.groups"].create({"name": "Post"})
        self.ticket.priority = "3"
        kind = ("kind", "=", "tracking")
        self.assertTrue(self.rows(self.lead, kind))
        self.template.message_group_ids = role
        self.assertFalse(self.rows(self.lead, kind))
        self.lead.group_ids += role
        self.assertTrue(self.rows(self.lead, kind))

    def test_one_statement_a_save(self):
        """However many things a save changes, they are kept by one INSERT."""
        ticket = self.ticket.with_user(self.dora)
        self.flush_tracking()
        with self.statements("INSERT INTO") as inserted:
            ticket.write(
                {
                    "name": "A new title",
                    "priority": "3",
                    "scrm_values": {"test_area": 75, "test_note": "Twice"},
                }
            )
            self.flush_tracking()
        kept = [one for one in inserted if "bus_bus" not in one]
        self.assertEqual(len(kept), 1, kept)
        self.assertIn("scrm_ticket_change", kept[0])

    def test_by_index(self):
        """The timeline of one ticket, and its rows by id, are reached by indexes of
        every source, however many rows these have.

        Covers in part: R15
        """
        rows = self.rows()
        self.assertGreater(len(set(rows.mapped("source_model"))), 1)
        trace = rows.browse()
        # there are too few rows here to be worth an index
        for setting in ("seqscan", "hashjoin", "mergejoin"):
            self.cr.execute(SQL("SET LOCAL enable_%s = off", SQL(setting)))
        for domain in ([("ticket_id", "=", self.ticket.id)], [("id", "in", rows.ids)]):
            query = trace._search(domain, order=trace._order, limit=80).select()
            found = self.env.execute_query(SQL("EXPLAIN %s", query))
            plan = "\n".join(line for (line,) in found)
            for table in ("scrm_flow_log", "mail_message", "scrm_ticket_change"):
                self.assertRegex(plan, rf"Scan (using \w+ )?on {table} ")
                self.assertNotIn(f"Seq Scan on {table} ", plan)

    def test_by_index_of_time(self):
        """What happened in a month is reached by time, whatever happened before.

        Covers in part: R15
        """
        trace = self.env["scrm.ticket.trace"].with_user(self.lead)
        for setting in ("seqscan", "bitmapscan", "hashjoin", "mergejoin"):
            self.cr.execute(SQL("SET LOCAL enable_%s = off", SQL(setting)))
        month = [("at", ">=", "2026-03-01"), ("at", "<", "2026-04-01")]
        found = self.env.execute_query(SQL("EXPLAIN %s", trace._search(month).select()))
        plan = "\n".join(line for (line,) in found)
        for index in (
            "scrm_flow_log_at_idx",
            "mail_message_scrm_at_idx",
            "scrm_ticket_change_at_idx",
        ):
            self.assertIn(index, plan)

    def test_queries(self):
        """Many rows cost no more queries than few of the same kinds."""
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(12)]
        )
        spec = {"at": {}, "kind": {}, "text": {}}

        def cost(numbers):
            for number in numbers:
                ticket = self.ticket.with_user(self.lead)
                ticket.write({"name": f"{number}", "partner_id": partners[number].id})
                ticket.sudo().scrm_values = {"test_area": 70 + number}
                ticket.sudo().scrm_values = {"test_note": f"{number}"}
                ticket.message_post(body=f"Said {number}")
            self.rows()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            told = self.env["scrm.ticket.trace"].with_user(self.lead)
            domain = [("ticket_id", "=", self.ticket.id)]
            rows = told.web_search_read(domain, spec, limit=80)["records"]
            return self.cr.sql_log_count - start, len(rows)

        cost(range(2))
        few, count = cost(range(2, 4))
        many, more = cost(range(4, 12))
        self.assertGreater(more, count + 20)
        self.assertEqual(many, few)

    def test_no_role_in_flows(self):
        """Who has no role in flows reads the timeline without the flow's steps."""
        clerk = new_test_user(
            self.env,
            login="test_no_flows",
            groups="helpdesk_mgmt.group_helpdesk_user",
        )
        self.assertFalse(self.env["scrm.flow.log"].with_user(clerk).has_access("read"))
        self.ticket.priority = "3"
        kinds = self.rows(clerk).mapped("kind")
        self.assertIn("tracking", kinds)
        self.assertNotIn("flow", kinds)
        self.assertTrue(all(self.texts(clerk)))
        flow = self.rows(self.lead, ("kind", "=", "flow"))
        with self.assertRaises(AccessError):
            flow.with_user(clerk).read(["text"])
