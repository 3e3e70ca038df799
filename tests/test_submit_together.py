"""Many clients at the API at once, over HTTP: the same key is one ticket."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import requests
from portal import submission


def call(running, arguments):
    access = json.loads(running.keys.read_text())
    return requests.post(
        f"{running.url}/json/2/helpdesk.ticket/scrm_submit",
        json=arguments,
        headers={
            "Authorization": f"Bearer {access['users']['base.user_admin']['key']}",
            "X-Odoo-Database": running.database,
        },
        timeout=300,
    )


def test_one_key_fifty_times_from_eight_clients(running):
    """All fifty calls learn the number of the one ticket.

    Covers: E12
    """
    _user, template, values = submission(running.pack)
    arguments = {
        "template": template,
        "values": values,
        "idempotency_key": "fifty-times",
    }
    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(lambda _number: call(running, arguments), range(50)))
    assert Counter(answer.status_code for answer in answers) == {200: 50}
    assert len({answer.json()["number"] for answer in answers}) == 1
    count = running.sql(
        "SELECT count(*) FROM helpdesk_ticket WHERE scrm_submit_key = 'fifty-times'"
    )
    assert count == "1"


def test_different_keys_at_once(running):
    """Forty keys from eight clients are forty tickets, each with its own number."""
    _user, template, values = submission(running.pack)

    def submit(number):
        arguments = {
            "template": template,
            "values": values,
            "idempotency_key": f"each-{number}",
        }
        return call(running, arguments)

    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(submit, range(40)))
    assert Counter(answer.status_code for answer in answers) == {200: 40}
    assert len({answer.json()["number"] for answer in answers}) == 40
