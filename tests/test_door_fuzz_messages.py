"""The other addresses that take JSON under fire: what call centres, SMS gateways and
carriers send, what forms ask while somebody types, what an engineer's phone says.

Whatever comes is answered in words; nothing of it is a fault of the program.
"""

import json
import sys
import time
from pathlib import Path

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from portal import Portal, submission

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scrm_ticket/doors"))
import signature  # noqa: E402

#: The same examples in every run.
FIRE = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["2026-03-31 08:00:00", "+32 2 290 34 90", "a\x00", "x" * 6000])
)
JSON = st.recursive(
    PLAIN,
    lambda part: (
        st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=9), part)
    ),
    max_leaves=6,
)
EVENTS = st.sampled_from(["ring", "answer", "end", "recording"])
#: Address below the webhook -> what a message there may say, and what fits.
MESSAGES = {
    "call": {
        "call": st.text(max_size=9),
        "event": EVENTS,
        "phone": st.sampled_from(["+32 2 290 34 90", "1"]),
        "agent": st.sampled_from(["admin", "nobody"]),
        "seconds": st.integers(-5, 10**12),
        "recording": st.sampled_from(["https://calls.example/1.mp3", "javascript:x"]),
    },
    "reply": {"from": st.sampled_from(["+32 2 290 34 90", "", "1"]), "text": PLAIN},
    "track": {
        "number": st.sampled_from(["TRACK-1", "none", ""]),
        "at": st.sampled_from(["2026-03-31 08:00:00", "2026-03-31T08:00:00Z", "x"]),
        "text": st.text(max_size=20),
        "place": st.text(max_size=20),
        "state": st.sampled_from(["on_the_way", "delivered", "lost", "x"]),
        "expected_at": st.sampled_from(["2026-03-31 08:00:00", "9999-99-99"]),
    },
}


@pytest.fixture(scope="module")
def world(running):
    """The server with a webhook of each kind, and one ticket on its way."""
    _user, template, values = submission(running.pack)
    admin = "base.user_admin"
    found = running.call(
        admin,
        "scrm.ticket.template",
        "search",
        domain=[("key", "=", template)],
    )
    running.call(
        admin,
        "scrm.ticket.template",
        "write",
        ids=found,
        vals={"public_published": True},
    )
    hook = {"name": "Fire", "key": "fire", "template_id": found[0]}
    running.call(admin, "scrm.door.webhook", "create", vals_list=[hook])
    running.ticket = running.call(
        admin, "helpdesk.ticket", "scrm_submit", template=template, values=values
    )["id"]
    running.call(
        admin,
        "helpdesk.ticket",
        "write",
        ids=[running.ticket],
        vals={"scrm_track_number": "TRACK-1"},
    )
    running.template = template
    running.secret = running.sql("SELECT value FROM scrm_door_webhook_secret")
    return running


@pytest.fixture(autouse=True)
def no_fault(world):
    """No test leaves a traceback in the server's log."""
    since = world.log.stat().st_size
    yield
    said = world.log.read_text(errors="replace")[since:]
    assert "Traceback" not in said, said[said.index("Traceback") - 500 :][:3000]
    assert " ERROR " not in said and " CRITICAL " not in said


def signed(world, address, message, number):
    body = json.dumps(message).encode()
    at = str(int(time.time()))
    return requests.post(
        f"{world.url}/scrm/hook/fire/{address}",
        data=body,
        headers={
            "webhook-id": number,
            "webhook-timestamp": at,
            "webhook-signature": signature.sign(world.secret, number, at, body),
        },
        timeout=60,
    )


@pytest.mark.parametrize("address", MESSAGES)
def test_messages(world, address):
    """Each message is taken, or refused in words."""
    known = MESSAGES[address]
    odd = st.dictionaries(st.sampled_from([*known, "colour"]), JSON)
    message = st.fixed_dictionaries({}, optional=known) | odd | JSON
    answers = []

    @FIRE
    @given(message)
    def fire(sent):
        answer = signed(world, address, sent, f"m{len(answers)}")
        assert answer.status_code in (200, 422), (sent, answer.text)
        assert answer.status_code == 200 or answer.json()["error"], sent
        answers.append(answer.status_code)

    fire()
    assert answers.count(422) > 10


@pytest.mark.parametrize("page", ["/scrm/new", "/my/scrm/new"])
def test_what_a_form_asks(world, page):
    """While somebody types, the form is told how it looks, whatever is typed; as a
    visitor and as a customer."""
    user = submission(world.pack)[0]
    is_public = page == "/scrm/new"
    person = (
        Portal(world.url)
        if is_public
        else Portal(world.url, user["login"], user["password"])
    )
    pack = next(t for t in world.pack["templates"] if t["key"] == world.template)
    keys = [line["field"] for line in pack["fields"]]
    states = []

    @FIRE
    @given(st.dictionaries(st.sampled_from([*keys, "colour"]), JSON) | JSON)
    def fire(values):
        answer = person.session.post(
            f"{world.url}{page}/{world.template}/state",
            json={"params": {"values": values}},
            timeout=60,
        )
        assert answer.status_code == 200, (values, answer.text)
        said = answer.json()
        if "result" in said:
            states.append(said["result"])
        else:
            assert not isinstance(values, dict), (values, said)

    fire()
    assert states and all("hidden" in state for state in states)


def test_what_a_phone_says(world):
    """Deeds on the road: done once, or refused; a stranger's ticket is none."""
    user = world.handler(world.ticket)
    phone = Portal(world.url, user["login"], user["password"])
    data = st.fixed_dictionaries(
        {},
        optional={
            name: JSON
            for name in ("text", "name", "data", "code", "quantity", "step", "way")
        },
    )
    deeds = st.sampled_from(["note", "photo", "part", "sign", "accept", "complete"])
    said = []

    @FIRE
    @given(
        st.text(min_size=8, max_size=64) | JSON,
        st.sampled_from([world.ticket, 1, -1]) | JSON,
        deeds | JSON,
        data | JSON,
    )
    def fire(key, ticket, deed, sent):
        params = {"key": key, "ticket": ticket, "deed": deed, "data": sent}
        answer = phone.session.post(
            f"{world.url}/scrm/work/do", json={"params": params}, timeout=60
        ).json()
        assert "result" in answer, (params, answer)
        assert answer["result"].keys() <= {"done", "refused"}
        said.append(answer["result"])

    fire()
    assert any("refused" in one for one in said)
