"""kill -9 of workers in the middle of what shops, chats and programs send: whoever got
no answer sends it again, as the platforms do, and everything is there exactly once."""

import base64
import hashlib
import hmac
import importlib.util
import json
import os
import re
import signal
import threading
import time
from datetime import datetime, timedelta, timezone

import pytest
import requests
from conftest import ROOT, Running
from portal import submission

from scripts import server

#: Messages of each kind, from as many senders as half of them.
MESSAGES = 24
KILLS = 6
WORKERS = 3
#: How many connections have written something that is not committed.
BUSY = """
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND backend_xid IS NOT NULL
       AND application_name LIKE 'odoo-%'
"""
SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


@pytest.fixture(scope="module")
def served(copied):
    options = (f"--workers={WORKERS}", f"--gevent-port={server.free_port()}")
    with server.Server(copied.database, options=options) as served:
        yield served


@pytest.fixture(scope="module")
def running(copied, served):
    return Running(copied.database, copied.pack, copied.keys, served.url, served.log)


class Doors:
    """What comes in from outside; `again` is how often something was sent anew."""

    def __init__(self, running):
        self.running = running
        self.again = 0
        self.access = json.loads(running.keys.read_text())["users"]
        self.user, self.template, self.values = submission(running.pack, "en_US")
        admin = int(running.sql("SELECT id FROM res_users WHERE login = 'admin'"))
        self.make("scrm.door.chat", receiver="wx1", aes_key=AES_KEY, token="t1")
        self.make(
            "scrm.shop",
            platform="shop",
            app_key="app1",
            secret=SECRET,
            user_id=admin,
        )
        path = ROOT / "scrm_ticket" / "tests" / "chat_platform.py"
        spec = importlib.util.spec_from_file_location("chat_platform", path)
        self.platform = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.platform)  # the package would import Odoo

    def make(self, model, **vals):
        vals = {"name": "Killed", "key": "killed", "user_id": 2, **vals}
        self.running.call("base.user_admin", model, "create", vals_list=[vals])

    def until_taken(self, send):
        """Send until somebody says that it was taken."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                answer = send()
            except requests.ConnectionError:
                answer = None
            if answer is not None and answer.status_code == 200:
                return
            # 503: its twin is just being taken in; anything else is a fault
            assert answer is None or answer.status_code in (502, 503), answer.text
            self.again += 1
            time.sleep(0.2)
        raise AssertionError("nobody took it")

    def chat(self, number):
        address = f"{self.running.url}/scrm/chat/killed"
        platform = self.platform.ChatPlatform(requests, address, "t1", AES_KEY, "wx1")
        sender = f"guest-{number % (MESSAGES // 2)}"
        self.until_taken(
            lambda: platform.say(sender, f"Word {number}.", str(9000 + number))
        )

    def order(self, number):
        east = timezone(timedelta(hours=8))
        told = {
            "id": f"K{number}",
            "state": "paid",
            "modified": datetime.now(east).strftime("%Y-%m-%d %H:%M:%S"),
            "buyer": {"id": f"u-{number % (MESSAGES // 2)}", "name": "Mei"},
            "lines": [{"code": "WB-1", "name": "B", "quantity": 1, "price": "9.00"}],
        }
        body = json.dumps({"order": told})
        key = base64.b64decode(SECRET.removeprefix("whsec_"))

        def send():
            at = str(int(time.time()))
            text = f"k{number}.{at}.{body}".encode()
            digest = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest())
            return requests.post(
                f"{self.running.url}/scrm/shop/killed",
                data=body,
                headers={
                    "Content-Type": "application/json",
                    "webhook-id": f"k{number}",
                    "webhook-timestamp": at,
                    "webhook-signature": f"v1,{digest.decode()}",
                },
                timeout=60,
            )

        self.until_taken(send)

    def program(self, number):
        self.until_taken(
            lambda: requests.post(
                f"{self.running.url}/json/2/helpdesk.ticket/scrm_submit",
                json={
                    "template": self.template,
                    "values": self.values,
                    "idempotency_key": f"killed-{number}",
                },
                headers={
                    "Authorization": f"Bearer {self.access[self.user['key']]['key']}",
                    "X-Odoo-Database": self.running.database,
                },
                timeout=60,
            )
        )


class Killer:
    """Kills workers in turn, while something is written and not committed yet."""

    def __init__(self, running):
        self.running = running
        self.killed = []

    def workers(self):
        """The workers for requests that live, as the log names them."""
        log = self.running.log.read_text()
        named = [int(pid) for pid in re.findall(r"WorkerHTTP \((\d+)\) alive", log)]
        return [pid for pid in named if pid not in self.killed]

    def kill(self):
        """Kill the one that lives longest, if all write just now."""
        workers = self.workers()
        busy = int(self.running.sql(BUSY))
        if len(workers) < WORKERS or busy < WORKERS - 1:
            time.sleep(0.01)
            return
        os.kill(workers[0], signal.SIGKILL)
        self.killed.append(workers[0])


def test_workers_die_and_nothing_is_lost(running):
    """Chats, orders of a shop and calls of a program, while one worker after the other
    is killed with something half written: each message is said once, each order and
    each call is one.

    Covers in part: E08, E12
    """
    doors = Doors(running)
    faults = []

    def work(kind, first):
        try:
            for number in range(first, MESSAGES, 2):
                kind(number)
        except Exception as error:
            faults.append(error)

    clients = [
        threading.Thread(target=work, args=(kind, first))
        for kind in (doors.chat, doors.order, doors.program)
        for first in (0, 1)
    ]
    for client in clients:
        client.start()
    killer = Killer(running)
    while len(killer.killed) < KILLS and any(client.is_alive() for client in clients):
        killer.kill()
    for client in clients:
        client.join(timeout=300)
    assert not faults
    assert len(killer.killed) >= KILLS // 2, "they were done before"
    assert doors.again, "nobody was interrupted"

    calls = running.sql(
        "SELECT count(*), count(DISTINCT scrm_submit_key) FROM helpdesk_ticket"
        " WHERE scrm_submit_key LIKE '%killed-%'"
    )
    assert calls == f"{MESSAGES}|{MESSAGES}"
    orders = running.sql(
        "SELECT count(*), count(DISTINCT client_order_ref) FROM sale_order"
        " WHERE client_order_ref LIKE 'K%' AND scrm_shop_id IS NOT NULL"
    )
    assert orders == f"{MESSAGES}|{MESSAGES}"
    talks = running.sql(
        "SELECT count(*), count(DISTINCT scrm_chat_sender) FROM helpdesk_ticket"
        " WHERE scrm_chat_sender LIKE 'killed:%'"
    )
    assert talks == f"{MESSAGES // 2}|{MESSAGES // 2}", "a guest is one conversation"
    # a conversation begins with the description of its ticket
    first = ("helpdesk.ticket", "scrm_chat_sender", "killed:%", "description")
    others = ("mail.message", "message_id", "<killed:%@scrm.chat>", "body")
    said = "".join(
        row[field] or ""
        for model, by, like, field in (first, others)
        for row in running.call(
            "base.user_admin",
            model,
            "search_read",
            domain=[(by, "=like", like)],
            fields=[field],
        )
    )
    for number in range(MESSAGES):
        assert said.count(f"Word {number}.") == 1, (number, said)
    people = running.sql(
        "SELECT count(*), count(DISTINCT partner_id), count(DISTINCT identity)"
        " FROM scrm_customer_channel WHERE identity ~ '^(guest|u)-'"
    )
    assert people == "|".join([str(MESSAGES)] * 3), "nobody is known twice"
    log = running.log.read_text()
    assert "Traceback" not in log
