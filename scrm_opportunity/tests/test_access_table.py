"""Who may do what with every model of scrm_opportunity, and what stays secret.

`TABLE` has a line for each model: a new one without a line fails. Customers and
visitors get at none of them.
"""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import OpportunityCase

OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
#: Model -> what (any colleague, somebody of the helpdesk, a salesperson who uses
#: matches, a manager) may do: read, write, create, unlink.
TABLE = """
scrm.campaign.report      -   -   r   r
scrm.card                 -   -   -   rwcu
scrm.card.block           -   -   -   rwcu
scrm.customer.report      -   -   -   r
scrm.lead.key             -   -   -   -
scrm.match                -   -   rc  rwcu
scrm.match.quality        -   -   -   r
scrm.match.weight         -   -   -   r
scrm.need                 rw  rw  rwc rwcu
scrm.need.kind            r   r   r   rwcu
scrm.offer                -   r   r   rwcu
scrm.opportunity.report   -   -   r   r
scrm.profile.entry        -   r   rc  rwcu
scrm.shop                 -   -   r   rwcu
scrm.shop.entry           -   -   -   rw
scrm.success.case         -   r   r   rwcu
scrm.ticket.offer         -   r   r   r
"""
LINES = {line.split()[0]: line.split()[1:] for line in TABLE.split("\n") if line}
#: What nobody without the right to the opportunity may find anywhere.
SECRET, REVENUE = "Zebra project", 918273.0
#: Models outside ours that point at opportunities.
NEIGHBOURS = ("helpdesk.ticket", "crm.lead", "res.partner")


class SecretCase:
    """An opportunity of Wang's that Lin may not read, with all that hangs on it."""

    @classmethod
    def make_secret(cls):
        cls.stranger = new_test_user(cls.env, "scrm_stranger", "base.group_user")
        cls.portal = new_test_user(cls.env, "scrm_outside", "base.group_portal")
        cls.secret = cls.lead(SECRET, cls.zhao, cls.wang, expected_revenue=REVENUE)
        cls.open = cls.lead("Offer of Lin", cls.qian, cls.lin, expected_revenue=10.0)
        offers = cls.env["scrm.offer"].create({"name": "Care", "keywords": "leaks"})
        cls.secret.scrm_offer_id = offers
        cls.case = cls.ticket(cls.zhao)
        cls.case.offer_ids.with_user(cls.desk).action_accept()  # takes the secret one
        kind = cls.env["scrm.need.kind"].create(
            {"name": "Care", "user_ids": [(6, 0, cls.lin.ids)]}
        )
        said = cls.secret.message_post(body="Needs care", message_type="comment")
        needs = cls.env["scrm.need"].with_user(cls.wang)
        action = needs.action_mark(said.id)
        cls.need = needs.with_context(**action["context"]).create({"kind_id": kind.id})
        cls.env["scrm.success.case"].create(
            {"name": "Told", "lead_id": cls.secret.id, "keywords": "leaks"}
        )
        cls.env["scrm.profile.entry"].create(
            {"partner_id": cls.zhao.id, "kind": "wish", "name": "Eco"}
        )
        cls.secret.action_set_won()
        cls.env.flush_all()
        cls.env.invalidate_all()

    def assertSilent(self, said, where):
        for secret in (SECRET, str(REVENUE), str(int(REVENUE))):
            self.assertNotIn(secret, str(said), where)


@tagged("post_install", "-at_install")
class TestAccessTable(SecretCase, OpportunityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_secret()

    def test_every_model_has_a_line(self):
        """A model of ours that nobody thought of fails here."""
        ours = {
            name
            for name, model in self.env.registry.models.items()
            if model._original_module == "scrm_opportunity" and not model._abstract
        }
        self.assertEqual(ours ^ LINES.keys(), set())

    def test_rights_to_models(self):
        """What each may do at most, as the table says; outsiders nothing."""
        people = (self.stranger, self.desk, self.lin, self.chief)
        outside = (self.portal, self.env.ref("base.public_user"))
        for model, letters in LINES.items():
            for person, expected in (
                *zip(people, letters, strict=True),
                *((person, "-") for person in outside),
            ):
                records = self.env[model].with_user(person)
                may = {
                    letter
                    for letter, operation in OPERATIONS.items()
                    if records.has_access(operation)
                }
                with self.subTest(model=model, person=person.login):
                    self.assertEqual(may, set(expected) - {"-"})

    def read_all(self, model, person):
        """Every value of ours, of every record, that somebody can read."""
        records = self.env[model].with_user(person)
        try:
            found = records.with_context(active_test=False).search([])
        except AccessError:
            return []
        names = [
            name
            for name, field in records._fields.items()
            if (model in LINES or "scrm_opportunity" in field._modules)
            and records._has_field_access(field, "read")
        ]
        return found.read(names)

    def test_the_secret_is_there(self):
        """What the other tests do not find is found by whoever may."""
        for model in ("scrm.match", "scrm.ticket.offer", "scrm.need"):
            with self.subTest(model=model):
                self.assertIn(SECRET, str(self.read_all(model, self.chief)))
        made = self.case.offer_ids
        self.assertEqual(made.lead_id, self.secret)
        self.assertEqual(made.with_user(self.wang).opportunity_id, self.secret)
        self.assertEqual(made.won_amount, REVENUE)
        self.assertEqual(self.need.opportunity_id, self.secret)

    def test_no_value_tells_of_it(self):
        """Neither a name nor an amount, in any field of any model."""
        for model in (*LINES, *NEIGHBOURS):
            for person in (self.lin, self.desk, self.stranger):
                with self.subTest(model=model, person=person.login):
                    self.assertSilent(self.read_all(model, person), model)

    def test_no_group_tells_of_it(self):
        """Grouped by every field that can be, with every sum that can be."""
        for model in (*LINES, "helpdesk.ticket", "crm.lead"):
            records = self.env[model].with_user(self.lin)
            if not records.has_access("read"):
                continue
            may = {
                name: field
                for name, field in records._fields.items()
                if field.store and records._has_field_access(field, "read")
            }
            sums = [
                f"{name}:sum"
                for name, field in may.items()
                if field.type in ("float", "monetary") and field.aggregator
            ]
            for name, field in may.items():
                if field.type not in ("many2one", "char", "selection", "monetary"):
                    continue
                with self.subTest(model=model, field=name):
                    rows = records.formatted_read_group([], [name], ["__count", *sums])
                    self.assertSilent(rows, model)

    def test_no_search_tells_of_it(self):
        """Asking for it by its id, its name or its amount finds nothing."""
        for model, path in (
            ("scrm.match", "lead_id"),
            ("scrm.opportunity.report", "lead_id"),
            ("scrm.ticket.offer", "lead_id"),
            ("scrm.need", "lead_id"),
            ("scrm.success.case", "lead_id"),
            ("helpdesk.ticket", "lead_ids"),
            ("helpdesk.ticket", "match_ids.lead_id"),
        ):
            records = self.env[model].with_user(self.lin)
            for domain in (
                [(path, "=", self.secret.id)],
                [(path, "ilike", SECRET)],
                [(f"{path}.expected_revenue", "=", REVENUE)],
            ):
                with self.subTest(model=model, domain=domain):
                    try:
                        self.assertFalse(records.search_count(domain))
                    except AccessError:
                        continue  # the field itself is closed to them

    def test_keys_are_closed(self):
        """They hold phone numbers and addresses; not even managers read them."""
        self.assertTrue(self.secret.scrm_key_ids)
        with self.assertRaises(AccessError):
            self.secret.with_user(self.chief).read(["scrm_key_ids"])


@tagged("post_install", "-at_install")
class TestAccessOverHttp(SecretCase, OpportunityCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_secret()
        cls.keys = {
            user: cls.env["res.users.apikeys"]
            .with_user(user)
            .sudo()
            ._generate(None, "test", fields.Datetime.now() + timedelta(days=1))
            for user in (cls.lin, cls.portal)
        }

    def ask(self, user, model, method, **arguments):
        return self.url_open(
            f"/json/2/{model}/{method}",
            json=arguments,
            headers={
                "Authorization": f"Bearer {self.keys[user]}",
                "X-Odoo-Database": self.cr.dbname,
            },
        )

    def test_json2(self):
        """The same over HTTP: no answer names it, a stranger is refused."""
        for model in LINES:
            arguments = {"domain": [], "limit": 50}
            with self.subTest(model=model):
                said = self.ask(self.lin, model, "search_read", **arguments)
                self.assertIn(said.status_code, (200, 403))
                self.assertSilent(said.text, model)
                refused = self.ask(self.portal, model, "search_read", **arguments)
                self.assertEqual(refused.status_code, 403, refused.text)
        hidden = self.env["scrm.match"].search([("lead_id", "=", self.secret.id)])
        said = self.ask(
            self.lin, "scrm.match", "read", ids=hidden.ids, fields=["score"]
        )
        self.assertEqual(said.status_code, 403)
        self.assertSilent(said.text, "scrm.match")
