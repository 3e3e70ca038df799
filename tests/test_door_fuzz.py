"""The JSON doors under fire: schemathesis reads what they document and tries it.

A document of both doors is made from the schema that the server itself gives out
(``scrm_submit_schema``); only what no schema can know, such as which records there
are, is added here.
"""

import base64
import copy
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.core import NotSet

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scrm_ticket/doors"))
import signature  # noqa: E402

TEMPLATE = "fuzz_types"
API = "/json/2/helpdesk.ticket/scrm_submit"
HOOK = "/scrm/hook/fuzz"
SERIAL = "FUZZ-1"
TYPES = (
    "text long_text number money date datetime time yes_no choice tags category record "
    "stock serial file"
).split()
#: The same examples in every run.
FIRE = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@dataclass
class Doors:
    """The two doors of a server, and the tickets behind them.

    `schema` is what the server documents, `document` the same for the fuzzer.
    """

    running: object
    secret: str
    schema: dict
    document: dict
    sent: int = 0

    def send(self, path, body, content_type="application/json"):
        """Answer of a door to a body, with all that proves who sends it."""
        if path == API:
            access = json.loads(self.running.keys.read_text())
            key = access["users"]["base.user_admin"]["key"]
            headers = {
                "Authorization": f"Bearer {key}",
                "X-Odoo-Database": self.running.database,
            }
        else:
            self.sent += 1
            number, at = f"m{self.sent}", str(int(time.time()))
            headers = {
                "webhook-id": number,
                "webhook-timestamp": at,
                "webhook-signature": signature.sign(self.secret, number, at, body),
            }
        headers["Content-Type"] = content_type
        return requests.post(
            self.running.url + path, data=body, headers=headers, timeout=60
        )

    def stored(self):
        """What there would be more of when something is kept."""
        return self.running.sql(
            "SELECT (SELECT count(*) FROM helpdesk_ticket),"
            " (SELECT count(*) FROM scrm_flow_run),"
            " (SELECT count(*) FROM mail_message),"
            " (SELECT count(*) FROM res_partner),"
            " (SELECT count(*) FROM ir_attachment WHERE res_model = 'helpdesk.ticket')"
        )

    def values_of(self, ticket_id):
        """The stored values of a ticket by key, files apart."""
        text = self.running.sql(
            f"SELECT scrm_values FROM helpdesk_ticket WHERE id = {int(ticket_id)}"
        )
        values = json.loads(text or "{}")
        values.pop("fuzz_file", None)
        return {key: value for key, value in values.items() if value is not False}


@pytest.fixture(scope="module")
def doors(running):
    def make(model, **vals):
        return running.call("base.user_admin", model, "create", vals_list=[vals])[0]

    product = make("product.product", name="Fuzz", is_storable=True)
    make("stock.lot", name=SERIAL, product_id=product)
    store = make("scrm.store", key="fuzz_store", name="Fuzz")
    options = [[0, 0, {"key": key, "name": key}] for key in ("one", "two")]
    more = {
        **dict.fromkeys(("choice", "tags", "category"), {"option_ids": options}),
        "record": {"record_model": "scrm.store", "record_public": True},
        "stock": {"record_public": True},
    }
    fields = [
        make(
            "scrm.form.field",
            key=f"fuzz_{kind}",
            name=f"The {kind}",
            type=kind,
            **more.get(kind, {}),
        )
        for kind in TYPES
    ]
    make(
        "scrm.ticket.template",
        key=TEMPLATE,
        name="Fuzz",
        portal_published=True,
        line_ids=[[0, 0, {"field_id": field}] for field in fields],
    )
    hook = make("scrm.door.webhook", name="Fuzz", key="fuzz")
    secret = running.sql(
        f"SELECT value FROM scrm_door_webhook_secret WHERE webhook_id = {hook}"
    )
    schema = running.call(
        "base.user_admin", "helpdesk.ticket", "scrm_submit_schema", template=TEMPLATE
    )
    known = {"record": [store], "stock": [product], "serial": [SERIAL]}
    return Doors(running, secret, schema, document(schema, known))


def document(schema, known):
    """The two doors as OpenAPI, with the records that there are.

    :param known: type of field -> values that exist
    """
    told = copy.deepcopy(schema)
    told.pop("$schema")
    for kind, values in known.items():
        told["properties"]["values"]["properties"][f"fuzz_{kind}"] = {"enum": values}
    told["properties"]["store"] = {"enum": [None, "fuzz_store"]}
    told["properties"]["partner"] = {"enum": [None, 1]}
    told["properties"].pop("idempotency_key")  # of the API only; `test_json2` has it

    def path():
        content = {"application/json": {"schema": copy.deepcopy(told)}}
        return {
            "post": {
                "requestBody": {"required": True, "content": content},
                "responses": {"200": {"description": "a ticket"}},
            }
        }

    return {
        "openapi": "3.1.0",
        "info": {"title": "Doors", "version": "1"},
        "paths": {API: path(), HOOK: path()},
    }


def cases(doors, path, mode):
    operation = schemathesis.openapi.from_dict(doors.document)[path]["POST"]
    return operation.as_strategy(generation_mode=mode)


def as_json(body):
    # the fuzzer also invents files, where a text is due
    return json.dumps(body, default=lambda raw: raw.decode("latin-1")).encode()


def no_traceback(doors, since):
    said = doors.running.log.read_text(errors="replace")[since:]
    assert "Traceback" not in said, said[said.index("Traceback") - 500 :][:3000]
    assert " ERROR " not in said and " CRITICAL " not in said


@pytest.mark.parametrize("path", [API, HOOK])
def test_what_is_documented_is_taken(doors, path):
    """Whatever fits the schema becomes one ticket with these values.

    Covers in part: E12
    """
    since = doors.running.log.stat().st_size
    seen = []

    @FIRE
    @given(cases(doors, path, GenerationMode.POSITIVE))
    def fire(case):
        answer = doors.send(path, json.dumps(case.body).encode())
        assert answer.status_code == 200, (case.body, answer.text)
        kept = doors.values_of(answer.json()["id"])
        jsonschema.validate(kept, doors.schema["properties"]["values"])
        seen.append(answer.json()["number"])

    fire()
    assert len(set(seen)) == len(seen) > 15
    no_traceback(doors, since)


@pytest.mark.parametrize("path", [API, HOOK])
def test_what_is_not_documented_harms_nothing(doors, path):
    """Whatever breaks the schema is refused in words and leaves nothing, or was only
    written in another way and is stored as the schema says."""
    since = doors.running.log.stat().st_size
    seen = []

    @FIRE
    @given(cases(doors, path, GenerationMode.NEGATIVE))
    def fire(case):
        body = case.body
        raw = b"" if isinstance(body, NotSet) else as_json(body)
        before = doors.stored()
        answer = doors.send(path, raw)
        assert answer.status_code < 500, (body, answer.text)
        seen.append(answer.status_code)
        if answer.status_code == 200:
            kept = doors.values_of(answer.json()["id"])
            jsonschema.validate(kept, doors.schema["properties"]["values"])
        else:
            said = answer.json()
            assert said.get("message") or said.get("error"), answer.text
            assert doors.stored() == before

    fire()
    assert seen.count(422) > 5
    no_traceback(doors, since)


@pytest.mark.parametrize("path", [API, HOOK])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        b"NaN",
        b'"text"',
        b'{"template": "fuzz_types", "values": {"fuzz_number": 1e999}}',
        b'{"template": "fuzz_types", "values": {"fuzz_number": NaN}}',
        b'{"template": "fuzz_types", "values": {"fuzz_number": ' + b"9" * 5000 + b"}}",
        b'{"template": "fuzz_types", "values": {"fuzz_text": "\\ud800"}}',
        b'{"template": "fuzz_types", "values": {"\\u0000": 1}}',
        b'{"template": "fuzz_types", "subject": "\\u0000"}',
        b'{"template": {"$ne": 1}}',
        b'{"template": "fuzz_types", "ids": "x"}',
        b"template=fuzz_types",
    ],
    ids=range(14),
)
def test_no_document_at_all(doors, path, body):
    """What is no JSON, or no JSON that a database can keep, is refused in words."""
    since = doors.running.log.stat().st_size
    before = doors.stored()
    for content_type in ("application/json", "text/xml", "multipart/form-data"):
        answer = doors.send(path, body, content_type)
        assert 400 <= answer.status_code < 500, answer.text
    assert doors.stored() == before
    no_traceback(doors, since)


def test_nested_without_end(doors):
    """At the webhook; JSON-2 itself is Odoo's and reads the body before we do."""
    since = doors.running.log.stat().st_size
    answer = doors.send(HOOK, b"[" * 100_000)
    assert answer.status_code == 422 and "no JSON" in answer.text
    no_traceback(doors, since)


@pytest.mark.parametrize("path", [API, HOOK])
def test_uploads_that_browsers_would_run(doors, path):
    """Pages are kept as plain text, programs not at all."""
    before = doors.stored()
    for name in ("a.exe", "b.BAT ", "c.hta", "d.svg.js"):
        file = {"name": name, "data": base64.b64encode(b"MZ").decode()}
        body = {"template": TEMPLATE, "values": {"fuzz_file": [file]}}
        answer = doors.send(path, json.dumps(body).encode())
        assert answer.status_code == 422 and "The file" in answer.text, name
    assert doors.stored() == before
    page = base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>")
    files = [{"name": name, "data": page.decode()} for name in ("a.svg", "b.html")]
    body = {"template": TEMPLATE, "values": {"fuzz_file": files}}
    answer = doors.send(path, json.dumps(body).encode())
    assert answer.status_code == 200, answer.text
    kinds = doors.running.sql(
        "SELECT DISTINCT mimetype FROM ir_attachment WHERE res_model ="
        f" 'helpdesk.ticket' AND res_id = {answer.json()['id']}"
    )
    assert kinds == "text/plain"
