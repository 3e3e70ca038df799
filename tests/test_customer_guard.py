"""Customer data that is taken in bulk, over HTTP in real transactions: it needs a
right, each copy is written down, and too much freezes who takes it at once."""

import json
import re
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from portal import Portal

ADMIN = "base.user_admin"
COPY_LIMIT = 10
READ_LIMIT = 60
CUSTOMERS = 61
TOKEN = re.compile(r"csrf_token: ['\"](\w+)")
LOGIN_FORM = "//form[.//input[@name='password']]"


class World:
    """Some customers, low limits, and people who take too much.

    Each test has its own taker: `zhang`, `wang`, ... have no right until it is given.
    """

    def __init__(self, running):
        self.running = running
        self.access = json.loads(running.keys.read_text())["users"]
        # what they are told is compared with the English texts
        users = [self.uid(key) for key in self.access]
        self.admin("res.users", "write", ids=users, vals={"lang": "en_US"})
        self.ids = self.admin(
            "res.partner",
            "create",
            vals_list=[
                {"name": f"Guarded {number}", "phone": f"1391234{number:04}"}
                for number in range(CUSTOMERS)
            ],
        )
        limits = self.admin("scrm.guard.limit", "search_read", fields=["kind"])
        for limit in limits:
            records = COPY_LIMIT if limit["kind"] == "copy" else READ_LIMIT
            self.admin(
                "scrm.guard.limit",
                "write",
                ids=[limit["id"]],
                vals={"records": records},
            )
        # the colleague of the administrator; and no limits for either of them
        self.give("chen", "scrm_ticket.group_risk_control")
        group = self.ref("base.group_system")
        for kind in ("copy", "read"):
            limit = {"kind": kind, "group_id": group, "records": 10**6, "minutes": 1}
            self.admin(
                "scrm.guard.limit", "create", vals_list=[{**limit, "sequence": 1}]
            )

    def admin(self, model, method, **arguments):
        return self.running.call(ADMIN, model, method, **arguments)

    def sql(self, statement):
        return self.running.sql(statement).splitlines()

    def ref(self, name):
        module, _dot, name = name.partition(".")
        return int(
            self.running.sql(
                "SELECT res_id FROM ir_model_data"
                f" WHERE module = '{module}' AND name = '{name}'"
            )
        )

    def uid(self, key):
        login = self.access[key]["login"]
        return int(
            self.running.sql(f"SELECT id FROM res_users WHERE login = '{login}'")
        )

    def give(self, key, *groups):
        commands = [[4, self.ref(group)] for group in groups]
        self.admin(
            "res.users", "write", ids=[self.uid(key)], vals={"group_ids": commands}
        )

    def give_copying(self, key):
        self.give(key, "base.group_allow_export", "scrm_ticket.group_copy_customers")

    def session(self, key):
        access = self.access[key]
        return Portal(self.running.url, access["login"], access["password"])

    def api(self, key, model, method, **arguments):
        return requests.post(
            f"{self.running.url}/json/2/{model}/{method}",
            json=arguments,
            headers={
                "Authorization": f"Bearer {self.access[key]['key']}",
                "X-Odoo-Database": self.running.database,
            },
            timeout=120,
        )

    def export(self, person, ids, format="xlsx", **more):
        """Export customers as the web client does."""
        asked = {
            "model": "res.partner",
            "fields": [{"name": name, "label": name} for name in ("name", "phone")],
            "ids": ids,
            "domain": [],
            "import_compat": False,
            **more,
        }
        return self.post(person, f"/web/export/{format}", asked)

    def post(self, person, path, asked):
        """Post what the web client asks of a controller."""
        token = TOKEN.search(person.get("/odoo").text)[1]
        return person.post(path, {"data": json.dumps(asked), "csrf_token": token})

    def rpc(self, person, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        answer = person.session.post(
            f"{person.url}/web/dataset/call_kw/{model}/{method}",
            json={"params": params},
            timeout=120,
        )
        return answer.json()

    def copies(self, key):
        """(way, records, outcome) of what the record says of somebody, in order."""
        return self.sql(
            "SELECT way, count, outcome FROM scrm_guard_copy"
            f" WHERE user_id = {self.uid(key)} ORDER BY id"
        )

    def cases(self, key):
        return self.sql(
            "SELECT state, records FROM scrm_guard_case"
            f" WHERE user_id = {self.uid(key)} ORDER BY id"
        )

    def is_out(self, key, person=None):
        """Nothing that somebody has lets him or her in."""
        access = self.access[key]
        if person:
            told = self.rpc(person, "res.users", "search_count", [])
            assert told["error"]["data"]["name"].endswith("SessionExpiredException")
        assert self.api(key, "res.users", "search_count", domain=[]).status_code == 401
        fresh = Portal(self.running.url)
        answer = fresh.send(
            "/web/login",
            {"login": access["login"], "password": access["password"]},
            form=LOGIN_FORM,
        )
        assert "/web/login" in answer.url
        assert "Your rights are frozen" in answer.text
        server = xmlrpc.client.ServerProxy(f"{self.running.url}/xmlrpc/2/object")
        with pytest.raises(
            xmlrpc.client.Fault, match="rights are frozen|Access Denied"
        ):
            server.execute_kw(
                self.running.database,
                self.uid(key),
                access["password"],
                "res.users",
                "search_count",
                [[]],
            )


@pytest.fixture(scope="module")
def world(running):
    return World(running)


def test_bulk_copies_need_a_right(world):
    """Exports in every format, prints of several, pivot tables and bulk reads by the
    API are refused without the right; with it they are given; all are written down
    with who, when, what, which fields and how many.

    Covers: R16
    """
    person = world.session("gu")
    world.give("gu", "base.group_allow_export")
    world.admin(
        "ir.config_parameter", "set_param", key="scrm_ticket.bulk_records", value="5"
    )
    view = {
        "type": "qweb",
        "key": "scrm_guard.cards",
        "name": "Cards",
        "arch": '<t t-name="scrm_guard.cards">'
        '<p t-foreach="docs" t-as="one" t-out="one.phone"/></t>',
    }
    world.admin("ir.ui.view", "create", vals_list=[view])
    report = {
        "name": "Cards",
        "model": "res.partner",
        "report_type": "qweb-html",
        "report_name": "scrm_guard.cards",
    }
    world.admin("ir.actions.report", "create", vals_list=[report])
    few = world.ids[:2]
    table = {
        "model": "res.partner",
        "title": "Contacts",
        "measure_count": 1,
        "col_group_headers": [],
        "measure_headers": [],
        "rows": [{"title": "China", "indent": 0, "values": [{"value": 2}]}],
    }

    def ways():
        numbers = ",".join(map(str, few))
        yield world.export(person, few)
        yield world.export(person, few, "csv")
        yield world.export(person, few, import_compat=True)  # a template with data
        yield world.export(person, False, domain=[["name", "=", "Guarded 1"]])
        yield person.get(f"/report/html/scrm_guard.cards/{numbers}")
        yield world.post(person, "/web/pivot/export_xlsx", table)
        yield world.api(
            "gu", "res.partner", "export_data", ids=few, fields_to_export=["phone"]
        )
        yield world.api(
            "gu", "res.partner", "read", ids=world.ids[:6], fields=["phone"]
        )

    for answer in ways():
        assert answer.status_code != 200, answer.text
        assert "Copies Customer Data" in answer.text
        assert "1391234" not in answer.text
    counts = (2, 2, 2, 1, 2, 1, 2, 6)
    made = ["export"] * 4 + ["print", "pivot", "export", "read"]
    told = list(zip(made, counts, strict=True))
    assert world.copies("gu") == [f"{way}|{count}|refused" for way, count in told]
    assert world.api(
        "gu", "res.partner", "read", ids=world.ids[:5], fields=["phone"]
    ).ok
    one = person.get(f"/report/html/scrm_guard.cards/{few[0]}")
    assert one.ok and "1391234" in one.text, "one is no bulk"
    assert len(world.copies("gu")) == len(told)

    world.give("gu", "scrm_ticket.group_copy_customers")
    world.admin(
        "scrm.guard.limit",
        "create",
        vals_list=[
            {
                "kind": "copy",
                "group_id": world.ref("stock.group_stock_user"),
                "records": 100,
                "minutes": 60,
                "sequence": 2,
            }
        ],
    )
    assert [answer.status_code for answer in ways()] == [200] * 8
    given = [f"{way}|{count}|done" for way, count in told]
    assert world.copies("gu")[len(told) :] == given
    row = world.sql(
        "SELECT model, field_names, domain, path, at IS NOT NULL, source IS NOT NULL"
        f" FROM scrm_guard_copy WHERE user_id = {world.uid('gu')} AND domain != ''"
        " ORDER BY id DESC LIMIT 1"
    )
    asked = 'res.partner|name, phone|[["name", "=", "Guarded 1"]]|/web/export/xlsx|t|t'
    assert row == [asked]
    # a record that leads to customers tells of them as well
    name = [{"name": "name", "label": "Name"}]
    companies = world.export(person, False, model="res.company", fields=name)
    assert companies.ok and len(world.copies("gu")) == 2 * len(told), (
        "no customers in it"
    )
    fields = [{"name": "partner_id/phone", "label": "Phone"}]
    world.export(person, False, model="res.company", fields=fields)
    assert world.copies("gu")[-1] == "export|1|done"
    world.admin(
        "ir.config_parameter", "set_param", key="scrm_ticket.bulk_records", value="500"
    )
    for change in ("write", "unlink"):
        arguments = {"vals": {"count": 0}} if change == "write" else {}
        answer = world.api("chen", "scrm.guard.copy", change, ids=[1], **arguments)
        assert answer.status_code in (403, 422), "the record is for good"


def test_export_over_the_limit(world):
    """As many as are allowed are given. One more is not: session, API key, password
    and XML-RPC end in the same moment, risk control is told, what was tried is written
    down; another one releases, and it begins anew.

    Covers: R11
    """
    world.give_copying("zhang")
    person = world.session("zhang")
    assert world.export(person, world.ids[: COPY_LIMIT - 1]).ok
    assert world.export(person, world.ids[:1], "csv").ok
    assert world.cases("zhang") == []
    before = int(world.running.sql("SELECT count(*) FROM mail_notification"))
    answer = world.export(person, world.ids[:1])
    assert not answer.ok and "Your rights are frozen" in answer.text
    world.is_out("zhang", person)
    assert world.cases("zhang") == [f"frozen|{COPY_LIMIT + 1}"]
    assert world.copies("zhang") == [
        "export|9|done",
        "export|1|done",
        "export|1|stopped",
    ]
    officers = world.sql(
        "SELECT login FROM mail_activity JOIN res_users u ON u.id = user_id"
        " WHERE res_model = 'scrm.guard.case' ORDER BY login"
    )
    assert officers == ["admin", world.access["chen"]["login"]]
    after = int(world.running.sql("SELECT count(*) FROM mail_notification"))
    assert after == before + 2, "each of risk control has a message"
    [case] = world.admin(
        "scrm.guard.case", "search", domain=[("user_id", "=", world.uid("zhang"))]
    )
    for key, vals in (("wang", {"remark": "x"}), ("chen", {"state": "released"})):
        answer = world.api(key, "scrm.guard.case", "write", ids=[case], vals=vals)
        assert answer.status_code == 403
    assert (
        world.api("wang", "scrm.guard.case", "action_release", ids=[case]).status_code
        == 403
    )
    unfreeze = {"scrm_frozen_at": False}
    assert (
        requests.post(
            f"{world.running.url}/json/2/res.users/write",
            json={"ids": [world.uid("zhang")], "vals": unfreeze},
            headers={
                "Authorization": f"Bearer {world.access[ADMIN]['key']}",
                "X-Odoo-Database": world.running.database,
            },
            timeout=60,
        ).status_code
        == 403
    ), "not by hand either"
    remark = {"remark": "It was the yearly mailing."}
    assert world.api("chen", "scrm.guard.case", "write", ids=[case], vals=remark).ok
    assert world.api("chen", "scrm.guard.case", "action_release", ids=[case]).ok
    again = world.api("chen", "scrm.guard.case", "action_release", ids=[case])
    assert again.status_code == 422 and "decided already" in again.text
    person = world.session("zhang")
    assert world.export(person, world.ids[:COPY_LIMIT]).ok, "it begins anew"


def test_two_exports_at_the_same_moment(world):
    """Four exports of six at once: one is given, whichever comes first.

    Covers: R11
    """
    world.give_copying("wang")
    person = world.session("wang")
    with ThreadPoolExecutor(4) as threads:
        answers = list(
            threads.map(lambda _n: world.export(person, world.ids[:6]), range(4))
        )
    assert sum(answer.ok for answer in answers) == 1
    assert world.cases("wang") == ["frozen|12"]
    world.is_out("wang", person)


def test_reading_record_by_record(world):
    """Small reads add up, whatever way they take: lists, forms, names, groups, API;
    at the limit all is given, the next read ends it.

    Covers: R11
    """
    uid = world.uid("he")
    person = world.session("he")
    parts = [world.ids[start : start + 10] for start in range(0, 50, 10)]
    ways = (
        lambda ids: world.rpc(person, "res.partner", "read", ids, ["phone"]),
        lambda ids: world.rpc(person, "res.partner", "web_read", ids, {"phone": {}}),
        lambda ids: world.rpc(
            person, "res.partner", "web_search_read",
            domain=[["id", "in", ids]], specification={"phone": {}},
        ),
        lambda ids: world.rpc(
            person, "res.partner", "name_search", domain=[["id", "in", ids]]
        ),
        lambda ids: world.rpc(
            person, "res.partner", "formatted_read_group",
            domain=[["id", "in", ids]], groupby=["phone"], aggregates=[],
        ),
    )  # fmt: skip
    answers = [way(part) for way, part in zip(ways, parts, strict=True)]
    assert not [answer["error"] for answer in answers if "error" in answer]
    for one in world.ids[50:59]:
        answer = world.api("he", "res.partner", "read", ids=[one], fields=["phone"])
        assert answer.ok
    domain = [("id", "=", world.ids[59])]
    found = world.api(
        "he", "res.partner", "search_read", domain=domain, fields=["phone"]
    )
    assert found.ok and world.cases("he") == []
    names = world.rpc(person, "res.partner", "read", world.ids, ["display_name"])
    assert len(names["result"]) == CUSTOMERS, "names of a list of others are no data"
    for _time in range(3):
        again = world.rpc(person, "res.partner", "read", world.ids[:40], ["phone"])
        assert len(again["result"]) == 40, "a list that is looked at again is no more"
    last = world.api("he", "res.partner", "read", ids=world.ids[60:], fields=["phone"])
    assert last.status_code == 403 and "139" not in last.text
    assert world.cases("he") == [f"frozen|{READ_LIMIT + 1}"]
    world.is_out("he", person)
    kept = world.running.sql(
        f"SELECT model, outcome FROM scrm_guard_copy WHERE user_id = {uid}"
    )
    assert kept == "res.partner|stopped"


def test_reading_by_the_chatter(world):
    """What the chatter gets counts as well, in its own calls: conversations, who may
    be mentioned, whose card is shown; nor does copying without saving go around it.

    Covers: R11
    """
    person = world.session("liu")
    talk = {"thread_model": "res.partner", "thread_id": world.ids[0]}
    for number in range(10):
        said = {"body": f"Guarded {number}"}
        world.admin("res.partner", "message_post", ids=world.ids[:1], **said)

    def ask(path, **params):
        answer = person.session.post(f"{person.url}{path}", json={"params": params})
        return answer.json()

    def counted():
        rows = world.sql(
            "SELECT slots FROM scrm_guard_use WHERE kind = 'read'"
            f" AND user_id = {world.uid('liu')}"
        )
        return sum(json.loads(rows[0]).values()) if rows else 0

    def mentioned(limit):
        method = "get_mention_suggestions"
        return world.rpc(person, "res.partner", method, "Guarded", limit=limit)

    cards = [["avatar_card", {"id": one, "model": "res.partner"}] for one in world.ids]
    for way in (
        lambda: ask("/mail/thread/messages", **talk, fetch_params={"limit": 100}),
        lambda: ask("/mail/data", fetch_params=cards[20:30]),
        lambda: mentioned(10),
        lambda: world.rpc(person, "res.partner", "copy_data", world.ids[40:50]),
    ):
        before = counted()
        assert "Guarded" in json.dumps(way())
        assert counted() > before, "some of ten are written down at once"
    # all of the customers at once, by the same way
    told = mentioned(1000)["error"]["data"]["message"]
    assert "Your rights are frozen" in told
    world.is_out("liu", person)


def test_administrators_are_not_all_locked_out(world):
    """Two administrators take too much at once: one is frozen, the last one is only
    refused and stays able to administer; neither decides the own case.

    Covers: R11
    """
    world.give("sun", "base.group_system")
    world.give_copying("sun")
    world.give("sun", "scrm_ticket.group_risk_control")
    world.sql("UPDATE scrm_guard_limit SET records = 4 WHERE records = 1000000")
    world.sql("INSERT INTO orm_signaling_registry DEFAULT VALUES")  # read it anew

    def take(key):
        ids = world.ids[:5]
        return world.api(
            key, "res.partner", "export_data", ids=ids, fields_to_export=["phone"]
        )

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(take, (ADMIN, "sun")))
    assert [answer.status_code for answer in answers] == [403, 403]
    states = {
        key: state.partition("|")[0]
        for key in (ADMIN, "sun")
        for state in world.cases(key)
    }
    assert sorted(states.values()) == ["frozen", "last"]
    able = next(key for key, state in states.items() if state == "last")
    frozen = next(key for key in states if key != able)
    assert world.api(able, "res.users", "search_count", domain=[]).ok
    refused = world.api(frozen, "res.users", "search_count", domain=[])
    assert refused.status_code == 401
    rows = {key: world.sql(
        f"SELECT id FROM scrm_guard_case WHERE user_id = {world.uid(key)}"
    ) for key in states}  # fmt: skip
    own = world.api(able, "scrm.guard.case", "action_release", ids=[int(rows[able][0])])
    assert own.status_code == 403 and "Nobody decides" in own.text
    others = world.api(
        able, "scrm.guard.case", "action_release", ids=[int(rows[frozen][0])]
    )
    assert others.ok
    assert world.api(frozen, "res.users", "search_count", domain=[]).ok
