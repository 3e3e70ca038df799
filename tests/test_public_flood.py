"""A flood at the form on the website: as many come in as are allowed, none is lost."""

import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from lxml import html
from portal import FORM, Portal, submission

CLIENTS = 8
LIMIT = 25
SENT = 480


@pytest.fixture(scope="module")
def form(running):
    """(path of a form on the website, good inputs); `LIMIT` entries an hour."""
    _user, template, values = submission(running.pack)
    admin = "base.user_admin"
    found = running.call(
        admin, "scrm.ticket.template", "search", domain=[("key", "=", template)]
    )
    public = {"public_published": True}
    running.call(admin, "scrm.ticket.template", "write", ids=found, vals=public)
    running.call(
        admin,
        "ir.config_parameter",
        "set_param",
        key="scrm_ticket.public_limit_address",
        value=str(LIMIT),
    )
    inputs = {f"field.{key}": str(value) for key, value in values.items()}
    contact = {"contact.name": "Vera", "contact.email": "vera@example.com"}
    return f"/scrm/new/{template}", inputs | contact


def test_a_flood_from_eight_clients(running, form):
    """Exactly as many tickets as are allowed, each with the number that its sender
    read; who came too late is told so, and when to come again."""
    path, inputs = form
    before = running.counts("helpdesk_ticket")["helpdesk_ticket"]

    def send(client):
        person = Portal(running.url)
        page = html.fromstring(person.get(path).content)
        data = dict(page.xpath(FORM)[0].form_values()) | inputs
        time.sleep(2.2)  # nobody fills in a form in less: the page would say so
        answers = []
        for _number in range(SENT // CLIENTS):
            data["submission_key"] = str(uuid.uuid4())
            answers.append(person.post(path, data))
        return answers

    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = [one for some in clients.map(send, range(CLIENTS)) for one in some]
    seen = Counter(answer.status_code for answer in answers)
    assert seen == {200: LIMIT, 429: SENT - LIMIT}
    taken = [answer for answer in answers if answer.status_code == 200]
    numbers = {
        html.fromstring(one.content).xpath("string(//h1/strong)") for one in taken
    }
    assert len(numbers) == LIMIT
    late = [answer for answer in answers if answer.status_code == 429]
    assert all(0 < int(one.headers["Retry-After"]) <= 3600 for one in late)
    after = running.counts("helpdesk_ticket")["helpdesk_ticket"]
    assert after == before + LIMIT
    kept = running.sql(
        "SELECT number FROM helpdesk_ticket WHERE scrm_door = 'public_form'"
    )
    assert set(kept.splitlines()) == numbers
