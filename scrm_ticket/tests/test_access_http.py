"""The same over HTTP: records, messages, files and pages by API key and by session."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .test_access_table import CUSTOMERS, FOLLOWING, LINES, AccessCase
from .test_json2 import Json2Case


@tagged("post_install", "-at_install")
class TestAccessOverHttp(AccessCase, Json2Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_people_of_the_table()
        for user in (cls.paul, cls.egon, cls.branch, cls.other_branch):
            keys = cls.env["res.users.apikeys"].with_user(user).sudo()
            cls.keys[user] = keys._generate(
                None, "test", fields.Datetime.now() + timedelta(days=1)
            )

    def ask(self, user, model, method, **arguments):
        return self.url_open(
            f"/json/2/{model}/{method}",
            json=arguments,
            headers={
                "Authorization": f"Bearer {self.keys[user]}",
                "X-Odoo-Database": self.cr.dbname,
            },
        )

    def ways(self, record):
        """(method, arguments) of every way to get at a record whose id one guesses."""
        ids = record.ids or [1]
        guess = [("id", "in", ids)]
        yield "search_read", {"domain": guess, "fields": ["display_name"]}
        yield "search_count", {"domain": guess}
        grouped = {"groupby": [], "aggregates": ["__count"]}
        yield "formatted_read_group", {"domain": guess, **grouped}
        yield "name_search", {"name": "", "domain": guess}
        yield "read", {"ids": ids, "fields": ["display_name"]}
        yield "export_data", {"ids": ids, "fields_to_export": ["display_name"]}
        yield "copy", {"ids": ids}
        yield "write", {"ids": ids, "vals": {}}
        yield "create", {"vals_list": [{}]}
        yield "unlink", {"ids": ids}

    def gets_nothing(self, person, record):
        """Every way is refused, or finds nothing."""
        for method, arguments in self.ways(record):
            with self.subTest(model=record._name, method=method, person=person.login):
                answer = self.ask(person, record._name, method, **arguments)
                if answer.status_code == 200:
                    told = answer.json()
                    if method == "formatted_read_group":
                        told = told[0]["__count"]
                    self.assertFalse(told)
                    continue
                refused = {403}
                if method in ("write", "create", "copy", "unlink"):
                    refused.add(422)  # nobody at all may, and is told why
                if not record:
                    refused.add(404)
                self.assertIn(answer.status_code, refused, answer.text)

    def test_outsiders_over_json2(self):
        """A stranger gets at nothing of ours, whatever id he guesses; nor does one of
        the customer's own company, but what the table shares with customers."""
        for model in LINES:
            found = self.records_of_ticket(model)[:1] or self.env[model].sudo()
            self.gets_nothing(self.quentin, found)
            if model not in CUSTOMERS:
                self.gets_nothing(self.paul, found)

    def test_colleagues_over_json2(self):
        """An agent, and the manager of another branch, get at nothing of a ticket
        that is not theirs, its messages and files included."""
        for role in ("base.group_allow_export", "scrm_ticket.group_copy_customers"):
            self.env.ref(role).user_ids += self.egon + self.other_branch
        about = [("res_id", "=", self.ticket.id)]
        for person in (self.egon, self.other_branch):
            for model in sorted(FOLLOWING):
                if found := self.records_of_ticket(model)[:1]:
                    self.gets_nothing(person, found)
            for model, field, found in (
                ("mail.message", "model", self.notes),
                ("ir.attachment", "res_model", self.file),
            ):
                answer = self.ask(
                    person,
                    model,
                    "search_read",
                    domain=[(field, "=", "helpdesk.ticket"), *about],
                    fields=["id"],
                )
                self.assertEqual(answer.json(), [], model)
                for method, arguments in (
                    ("read", {"fields": ["display_name"]}),
                    ("write", {"vals": {}}),
                    ("unlink", {}),
                ):
                    answer = self.ask(person, model, method, ids=found.ids, **arguments)
                    self.assertEqual(answer.status_code, 403, (model, method))

    def test_ticket_over_json2(self):
        """Customers of the same company read a ticket, a stranger does not."""
        for person, expected in (
            (self.pia, 200),
            (self.paul, 200),
            (self.quentin, 403),
            (self.egon, 403),
            (self.branch, 200),
            (self.other_branch, 403),
        ):
            answer = self.ask(
                person,
                "helpdesk.ticket",
                "read",
                ids=self.ticket.ids,
                fields=["number"],
            )
            with self.subTest(person=person.login):
                self.assertEqual(answer.status_code, expected, answer.text)

    def test_pages_and_files(self):
        """Without a login, and as a stranger: neither page nor file.

        The customer's page has links to the ticket's files.
        """
        page = f"/my/ticket/{self.ticket.id}"
        file = f"/web/content/{self.file.id}"
        for login, expected in (
            (None, False),
            ("test_quentin", False),
            ("test_egon", False),
            ("test_table_other_branch", False),
            ("test_pia", True),
        ):
            self.authenticate(login, login)
            with self.subTest(login=login):
                shown = self.url_open(page).text
                self.assertEqual(self.ticket.number in shown, expected)
                self.assertNotIn("secret plan", self.url_open(file).text)
        token = self.file.generate_access_token()[0]
        answer = self.url_open(f"{file}?access_token={token}")
        self.assertEqual(answer.content, b"a secret plan")
