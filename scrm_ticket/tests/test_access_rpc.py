"""Every method that can be called from outside, by somebody who may not read the
record: found by reflection, so that a new one is tried though nobody thinks of it."""

import inspect

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.service.model import call_kw, get_public_method
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import TicketCase
from .test_access_table import AccessCase

#: Words that only the ticket holds.
SECRETS = ("word-of-the-name", "word-of-the-text", "word-of-the-token", "lena@")
#: What methods get for arguments that they must have.
ARGUMENTS = {
    "domain": [],
    "fields": ["name", "access_token"],
    "field_name": "name",
    "field_names": ["name", "description"],
    "fields_spec": {"name": {}, "description": {}},
    "fields_to_export": ["name", "access_token"],
    "specification": {"name": {}, "description": {}},
    "vals": {"name": "Mine"},
    "vals_list": [{"name": "Mine"}],
    "values": {"name": "Mine"},
    "msg": {},
    "msg_dict": {},
    "reason": "Why not",
    "message": "Hello",
    "full_name": "scrm_values.test_note",
    "decision": "approved",
    "start": "2030-01-01 10:00:00",
    "operation": "read",
}
#: What nonsense in arguments may raise.
NONSENSE = (
    *(TypeError, ValueError, LookupError, AttributeError, AssertionError),
    IntegrityError,
)


#: Methods of Odoo that are on their way out, and say so when they are called.
LEAVING = {
    *("check_access_rights", "check_access_rule", "check_field_access_rights"),
    *("read_group", "toggle_active"),
}


@tagged("post_install", "-at_install")
class TestAccessOverRpc(AccessCase, TicketCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_people_of_the_table()
        cls.ticket.write(
            {
                "name": "word-of-the-name",
                "description": "word-of-the-text",
                "access_token": "word-of-the-token",
                "partner_email": "lena@example.com",
            }
        )

    def methods(self):
        """(name, arguments) of what can be called on a ticket from outside."""
        model = self.env["helpdesk.ticket"]
        for name in dir(type(model)):
            if name.startswith("_") or name in LEAVING:
                continue
            if not inspect.isfunction(inspect.getattr_static(type(model), name)):
                continue
            try:
                method = get_public_method(model, name)
            except UserError:  # AccessError: it is private
                continue
            arguments = {
                one.name: ARGUMENTS.get(one.name, 1)
                for one in list(inspect.signature(method).parameters.values())[1:]
                if one.default is one.empty
                and one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)
            }
            yield name, getattr(method, "_api_model", False), arguments

    def state(self):
        """All that could be changed about the ticket."""
        self.env.flush_all()
        about = Domain("model", "=", "helpdesk.ticket")
        about &= Domain("res_id", "=", self.ticket.id)
        query = "SELECT to_jsonb(t) FROM helpdesk_ticket t WHERE id = %s"
        return (
            self.env.execute_query(SQL(query, self.ticket.id)),
            self.env["mail.message"].search_count(about),
            self.ticket.message_partner_ids.ids,
            self.ticket.scrm_step_ids.mapped("state"),
        )

    @mute_logger("odoo.sql_db", "odoo.models.unlink")
    def test_no_method_tells_or_changes(self):
        """A customer of another company, and an agent of another team, get nothing
        out of a ticket and change nothing of it, whatever method they call.

        Covers in part: R01
        """
        before = self.state()
        tried = 0
        for person in (self.quentin, self.other_lead):
            env = self.env(user=person)
            for name, is_model, arguments in self.methods():
                self.env.invalidate_all()
                ids = [] if is_model else [self.ticket.ids]
                with self.subTest(person=person.login, method=name):
                    with self.env.cr.savepoint(flush=True) as point:
                        told = self.outcome(env, name, ids, arguments)
                        for secret in SECRETS:
                            self.assertNotIn(secret, told)
                        self.assertEqual(self.state(), before)
                        point.rollback()
                    self.env.invalidate_all()
                tried += 1
        self.assertGreater(tried, 200)

    def outcome(self, env, name, ids, arguments):
        """What somebody hears who calls a method."""
        try:
            with self.env.cr.savepoint():
                return repr(call_kw(env["helpdesk.ticket"], name, ids, arguments))
        except (UserError, *NONSENSE) as error:
            return str(error)

    def test_links_of_a_ticket(self):
        """The link that opens a ticket without a login is made for mails and pages
        only; nobody gets it by calling for it, of one's own tickets either."""
        self.assertIn("word-of-the-token", self.ticket.get_portal_url())
        for person in (self.quentin, self.other_lead, self.pia):
            with self.assertRaises(UserError):
                env = self.env(user=person)
                call_kw(env["helpdesk.ticket"], "get_portal_url", [self.ticket.ids], {})

    def test_what_is_for_colleagues(self):
        """A customer reads the own ticket, and nothing of what is kept on it for
        colleagues: neither its values, nor by searching or sorting by them."""
        tickets = self.env["helpdesk.ticket"].with_user(self.pia)
        self.assertEqual(tickets.search([]), self.ticket)
        self.assertEqual(self.ticket.with_user(self.pia).name, "word-of-the-name")
        told = tickets.fields_get()
        for name, value in (
            ("scrm_submit_key", "x"),
            ("scrm_chat_sender", "x"),
            ("scrm_pre_review", "x"),
            ("scrm_call_key", "x"),
            *((name, False) for name in ("scrm_deadline_at", "scrm_node_name")),
            ("scrm_incident_reason", False),
            ("scrm_lot_supplier_contact", False),
        ):
            with self.subTest(field=name):
                self.assertNotIn(name, told)
                with self.assertRaises(AccessError):
                    tickets.browse(self.ticket.id).read([name])
                if value:
                    with self.assertRaises(AccessError):
                        tickets.search([(name, "=like", value)])
                    with self.assertRaises(AccessError):
                        tickets.search([], order=name)
