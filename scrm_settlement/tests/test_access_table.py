"""Who may do what with every model of settlement, and with what a payee is paid.

`TABLE` has a line for each model of scrm_settlement: a new model without one fails.
"""

import json

from odoo.exceptions import AccessError, UserError
from odoo.http import Request
from odoo.tests.common import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import SettlementCommon
from .test_rights import RpcMixin
from .test_sign import DRAWN

OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
#: Who the columns of the table are for.
COLUMNS = {
    "portal": "base.group_portal",
    "colleague": "base.group_user",
    "agent": "scrm_ticket.group_user",
    "reader": "scrm_settlement.group_user",
    "accountant": "scrm_settlement.group_accountant",
    "manager": "scrm_settlement.group_manager",
}
#: Model -> what each may do: read, write, create, unlink; "own": of these everybody
#: outside settlement reads only what he is paid himself.
TABLE = """
scrm.compensation.choose           -    rwcu rwcu rwcu rwcu rwcu
scrm.compensation.option           -    r    r    r    r    rwcu
scrm.market.price                  -    r    r    r    r    rwcu
scrm.price.adjustment              -    r    r    r    r    rwcu
scrm.price.cell                    -    r    r    r    r    rwcu
scrm.price.charge                  -    rwcu rwcu rwcu rwcu rwcu
scrm.price.condition               -    r    r    r    r    rwcu
scrm.price.line                    r    r    r    r    r    r
scrm.price.offer                   -    r    rwcu r    r    rwcu
scrm.price.offer.line              -    r    rwcu r    r    rwcu
scrm.price.whatif                  -    rwcu rwcu rwcu rwcu rwcu
scrm.price.whatif.line             -    rwcu rwcu rwcu rwcu rwcu
scrm.project.hours                 -    rwcu rwcu rwcu rwcu rwcu
scrm.settlement.accrual            -    -    -    r    rwcu r
scrm.settlement.advance            -    -    -    r    rwcu r
scrm.settlement.backtest           -    -    -    rwcu rwcu rwcu
scrm.settlement.backtest.line      -    -    -    rwcu rwcu rwcu
scrm.settlement.board              -    -    -    r    r    r
scrm.settlement.budget             -    -    -    r    r    r
scrm.settlement.cell               -    -    -    r    r    rwcu
scrm.settlement.comparison         -    -    -    r    r    r
scrm.settlement.component          -    -    -    r    r    rwcu
scrm.settlement.condition          -    -    -    r    r    rwcu
scrm.settlement.correct            -    -    -    -    rwcu -
scrm.settlement.correct.line       -    -    -    -    rwcu -
scrm.settlement.deduction          r    r    r    r    r    r    own
scrm.settlement.dispute            r    r    r    r    r    r    own
scrm.settlement.dispute.resolve    -    -    -    -    rwcu -
scrm.settlement.fact               -    -    -    r    r    r
scrm.settlement.payout             -    -    -    r    rwc  r
scrm.settlement.plan               -    -    -    r    r    rwcu
scrm.settlement.plan.preset        -    -    -    -    -    rwcu
scrm.settlement.plan.preset.line   -    -    -    -    -    rwcu
scrm.settlement.plan.version       -    -    -    r    r    rwcu
scrm.settlement.preview            -    -    -    -    rwcu rwcu
scrm.settlement.provider           -    -    -    r    r    r
scrm.settlement.quality            -    -    -    r    r    r
scrm.settlement.ranking            r    r    r    r    r    r    own
scrm.settlement.recommend          -    -    -    rwcu rwcu rwcu
scrm.settlement.recommend.line     -    -    -    rwcu rwcu rwcu
scrm.settlement.record             r    r    r    r    r    r    own
scrm.settlement.rule               -    -    -    r    r    rwcu
scrm.settlement.run                -    -    -    r    rwcu rwcu
scrm.settlement.run.chunk          -    -    -    r    r    r
scrm.settlement.share              -    -    -    r    r    rwcu
scrm.settlement.staff              -    -    -    r    r    r
scrm.settlement.statement          r    r    r    r    rwcu r    own
scrm.settlement.statement.prepare  -    -    -    -    rwcu -
scrm.settlement.statement.reverse  -    -    -    -    rwcu -
scrm.settlement.target             -    -    -    r    r    rwcu
scrm.settlement.term               -    -    -    r    r    rwcu
scrm.settlement.tie.out            -    -    -    r    r    r
scrm.settlement.tier               -    -    -    r    r    rwcu
scrm.settlement.today              -    -    -    r    r    r
"""
LINES = {line.split()[0]: line.split()[1:] for line in TABLE.split("\n") if line}
OWN = sorted(model for model, line in LINES.items() if "own" in line)
PRICES = ("scrm.price.", "scrm.market.", "scrm.compensation.", "scrm.project.")


class PayeesCase(SettlementCommon):
    """Two payees, one with a portal login, each with everything one can have.

    Confirmed statements with a dispute and a deduction each.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = {
            name: new_test_user(cls.env, f"test_table_{name}", groups=groups)
            for name, groups in COLUMNS.items()
        }
        cls.outsider = new_test_user(
            cls.env, "test_table_payee", groups="base.group_portal"
        )
        export = cls.env.ref("base.group_allow_export")
        export.user_ids += cls.engineer + cls.people["colleague"] + cls.people["agent"]
        prepayments = cls.env["account.account"].create(
            {"code": "199902", "name": "Advances", "account_type": "asset_prepayments"}
        )
        cls.payees = cls.engineer | cls.outsider
        for payee in cls.payees:
            cls.env["scrm.settlement.fact"]._freeze(
                {
                    "source_model": "helpdesk.ticket",
                    "source_id": 0,
                    "source_key": f"table:{payee.id}",
                    "source_name": f"Visit of {payee.login}",
                    "template_key": cls.template.key,
                    "event": "ticket_done",
                    "basis_date": "2026-03-10",
                    "occurred_at": "2026-03-10 04:00:00",
                    "inputs": {"price_total": 400},
                    "people": {"visit": payee.partner_id.id},
                    "company_id": cls.company.id,
                }
            )
            advance = cls.env["scrm.settlement.advance"].create(
                {
                    "plan_id": cls.plan.id,
                    "payee_id": payee.partner_id.id,
                    "amount": 10,
                    "account_id": prepayments.id,
                }
            )
            advance.action_post()
        cls.plan.settle()
        statements = cls.env["scrm.settlement.statement"].with_user(cls.accountant)
        statements = statements.prepare("installers", "2026-03")
        statements.action_confirm()
        cls.statements = {}
        for payee in cls.payees:
            own = statements.filtered(lambda one, p=payee: one.payee_id == p.partner_id)
            own.with_user(payee).dispute("It was more", own.record_ids.id)
            cls.statements[payee] = own.sudo()

    def records_of(self, model, payee):
        """What belongs to a payee."""
        return self.env[model].search([("payee_id", "=", payee.partner_id.id)])


@tagged("post_install", "-at_install")
class TestAccessTable(PayeesCase):
    def test_every_model_has_a_line(self):
        """A model of ours that nobody thought of fails here."""
        ours = {
            name
            for name, model in self.env.registry.models.items()
            if model._original_module == "scrm_settlement" and not model._abstract
        }
        self.assertEqual(ours ^ LINES.keys(), set())

    def test_rights_to_models(self):
        """What each may do at most is what the table says."""
        for model, line in LINES.items():
            for name, expected in zip(COLUMNS, line, strict=False):
                records = self.env[model].with_user(self.people[name])
                may = {
                    letter
                    for letter, operation in OPERATIONS.items()
                    if records.has_access(operation)
                }
                with self.subTest(model=model, person=name):
                    self.assertEqual(may, set(expected) - {"-"})

    def test_roles(self):
        """The table itself: what the roles are for, whatever is added to it.

        Nobody but the plan manager edits plans, nobody but the accountant takes a
        statement further, outsiders change nothing and read only what is theirs.
        """
        columns = list(COLUMNS)
        for model, line in LINES.items():
            may = dict(zip(columns, line, strict=False))
            if model.startswith(PRICES):
                continue  # sold to customers, nobody is paid by it
            with self.subTest(model=model):
                for outsider in ("portal", "colleague", "agent"):
                    self.assertEqual(may[outsider], "r" if model in OWN else "-")
        rules = ("plan", "plan.version", "component", "rule", "condition", "tier")
        for name in (*rules, "term", "cell", "share", "target"):
            line = LINES[f"scrm.settlement.{name}"]
            self.assertEqual(line[columns.index("accountant")], "r", name)
            self.assertEqual(line[columns.index("manager")], "rwcu", name)
        for name in ("statement", "payout", "accrual", "advance"):
            line = LINES[f"scrm.settlement.{name}"]
            self.assertEqual(line[columns.index("manager")], "r", name)

    def attempt(self, act):
        """Whether somebody is allowed to do it; nothing of it stays."""
        try:
            with self.env.cr.savepoint(flush=True) as point:
                act()
                self.env.flush_all()
                point.rollback()
        except (AccessError, UserError):
            return False
        finally:
            self.env.invalidate_all()
        return True

    @mute_logger("odoo.models.unlink")
    def test_payees_see_their_own(self):
        """Read, searched, grouped, exported; written, created, deleted by nobody."""
        others = [self.people[name] for name in ("portal", "colleague", "agent")]
        for model in OWN:
            for payee in self.payees:
                found = self.records_of(model, payee)
                self.assertTrue(found, model)
                for person in [*self.payees, *others]:
                    with self.subTest(model=model, of=payee.login, by=person.login):
                        self.check_reading(found.with_user(person), person == payee)
                        self.check_changing(found.with_user(person))

    def check_reading(self, records, expected):
        ids = records.ids
        self.env.invalidate_all()
        inside = [("id", "in", ids)]
        self.assertEqual(records.search(inside).ids, ids if expected else [])
        (count,) = records._read_group(inside, [], ["__count"])[0]
        self.assertEqual(count, len(ids) if expected else 0)
        ways = [lambda: records.read(["display_name"])]
        if records.env.user._is_internal():
            ways.append(lambda: records.export_data(["display_name"]))
        for way in ways:
            self.assertEqual(self.attempt(way), expected)

    def check_changing(self, records):
        if not records._auto:
            return  # a view: PostgreSQL itself writes nothing
        values = records[:1].sudo().read(["payee_id"], load=False)[0]
        for act in (
            lambda: records.write({"payee_id": values["payee_id"]}),
            records.unlink,
            lambda: records.create({"payee_id": values["payee_id"]}),
            records[:1].copy,
        ):
            self.assertFalse(self.attempt(act))


@tagged("post_install", "-at_install")
class TestAccessOverHttp(PayeesCase, RpcMixin, HttpCase):
    @mute_logger("odoo.http")
    def test_models_over_rpc(self):
        """An agent and a stranger with a portal login guess ids of every model."""
        for name in ("portal", "agent"):
            person = self.people[name]
            column = list(COLUMNS).index(name)
            self.authenticate(person.login, person.login)
            for model, line in LINES.items():
                if model.startswith(PRICES):
                    continue
                ids = self.env[model].sudo().search([], limit=1).ids or [1]
                for method, args in (
                    ("search_read", [[], ["id"]]),
                    ("read", [ids, ["id"]]),
                    ("formatted_read_group", [[], [], ["__count"]]),
                    ("export_data", [ids, ["display_name"]]),
                    ("write", [ids, {"display_name": "x"}]),
                    ("unlink", [ids]),
                ):
                    with self.subTest(person=name, model=model, method=method):
                        answer = self.call(model, method, args)
                        readable = line[column] == "r" and method in (
                            "search_read",
                            "formatted_read_group",
                        )
                        if readable:
                            rows = [one for one in answer if one.get("__count", 1)]
                            self.assertEqual(rows, [])
                        else:
                            # what nobody at all may is said before who may
                            sealed = method in ("write", "unlink", "export_data")
                            words = REFUSED + ("UserError",) * sealed
                            self.assertIn(answer, words)

    def call(self, model, method, args):
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps(
                {
                    "params": {
                        "model": model,
                        "method": method,
                        "args": args,
                        "kwargs": {},
                    }
                }
            ),
            headers={"Content-Type": "application/json"},
        ).json()
        if "error" in answer:
            return answer["error"]["data"]["name"].rpartition(".")[2]
        return answer["result"]

    @mute_logger("odoo.http")
    def test_pages_by_guessing(self):
        """No page, no PDF, no step for anybody but the payee, whatever the token."""
        foreign = self.statements[self.engineer]
        dispute = foreign.dispute_ids
        own = self.statements[self.outsider]
        for person in (self.outsider, self.people["portal"], self.people["agent"]):
            self.authenticate(person.login, person.login)
            url = f"/my/settlements/{foreign.id}"
            for path in (
                url,
                f"{url}/pdf",
                f"{url}?access_token=abc",
                f"{url}/pdf?lang=zh_CN",
            ):
                with self.subTest(person=person.login, path=path):
                    answer = self.url_open(path)
                    self.assertEqual(answer.status_code, 404)
                    self.assertNotIn(foreign.name, answer.text)
            for action, data in (
                ("dispute", {"reason": "mine", "record": foreign.record_ids.id}),
                ("reply", {"dispute": dispute.id, "message": "mine"}),
                ("payout", {"payout": "instant"}),
            ):
                token = Request.csrf_token(self)
                answer = self.url_open(
                    f"{url}/{action}", data={"csrf_token": token, **data}
                )
                with self.subTest(person=person.login, action=action):
                    self.assertEqual(answer.status_code, 404)
            answer = self.url_open(
                f"{url}/sign",
                json={"params": {"name": "Mine", "signature": DRAWN}},
            )
            self.assertNotIn("result", answer.json())
        self.authenticate(self.outsider.login, self.outsider.login)
        # by the own page at a line and a dispute of somebody else
        for action, data in (
            ("dispute", {"reason": "mine", "record": foreign.record_ids.id}),
            ("reply", {"dispute": dispute.id, "message": "mine"}),
        ):
            token = Request.csrf_token(self)
            answer = self.url_open(
                f"/my/settlements/{own.id}/{action}", data={"csrf_token": token, **data}
            )
            self.assertEqual(answer.status_code, 422)
        self.assertEqual(self.url_open(f"/my/settlements/{own.id}").status_code, 200)
        self.authenticate(None, None)
        for path in (url, f"{url}/pdf", f"{url}?access_token=abc"):
            self.assertIn("/web/login", self.url_open(path).url)
        self.env.invalidate_all()
        self.assertFalse(foreign.signed_at)
        self.assertEqual(len(foreign.dispute_ids), 1)
        self.assertNotIn("mine", "".join(dispute.message_ids.mapped("body")))
        self.assertEqual(foreign.payout, "monthly")


REFUSED = ("AccessError", "AttributeError", "MissingError")
