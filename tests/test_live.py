"""What several people look at, each in a browser window, changes for all of them
without a reload, also after the server was away."""

import re

import pytest
from browser import DESKTOP, PHONE
from conftest import Running
from playwright.sync_api import expect
from portal import Portal, submission, submit_by_program

from scripts import server

ADMIN = {"login": "admin", "password": "admin"}
#: Milliseconds until a customer's page looks again.
LOOKS = 20_000
#: What a browser says while there is no server.
AWAY = re.compile("ERR_CONNECTION|ERR_EMPTY_RESPONSE|WebSocket|ConnectionLostError")


@pytest.fixture(scope="module")
def served(copied):
    """A server that a test may stop and start."""
    with server.Server(copied.database, env={"SCRM_TEST_CLOCK": "1"}) as served:
        yield served


@pytest.fixture(scope="module")
def running(copied, served):
    return Running(copied.database, copied.pack, copied.keys, served.url, served.log)


def complete(running, ticket):
    """Let who has the ticket take the first way on."""
    user = running.handler(ticket)["key"]
    arguments = {"ids": [ticket], "fields": ["scrm_flow_actions"]}
    (row,) = running.call(user, "helpdesk.ticket", "read", **arguments)
    way = row["scrm_flow_actions"][0]["transitions"][0]["key"]
    arguments = {"ids": [ticket], "transition_key": way}
    running.call(user, "helpdesk.ticket", "scrm_step_complete", **arguments)


class Screens:
    """Four people, each with another screen of the same ticket."""

    def __init__(self, running, person):
        self.running = running
        self.user, _template, _values = submission(running.pack, "en_US")
        self.ticket = submit_by_program(running)
        self.customer = Portal(running.url, self.user["login"], self.user["password"])
        self.write("It drips.")

        def window(login, path, viewport=DESKTOP):
            someone = person(viewport)
            someone.log_in(login)
            if login is self.user:
                someone.page.clock.install()  # it looks by itself now and then
            someone.page.goto(path)
            someone.page.evaluate("window.isSamePage = true")
            return someone

        self.board = window(ADMIN, "/odoo/scrm-stores-now")
        self.inbox = window(running.user("chen"), "/odoo/scrm-inbox")
        form = f"/odoo/action-helpdesk_mgmt.helpdesk_ticket_action/{self.ticket}"
        self.supply = window(ADMIN, form)
        self.supply.page.locator(".o_notebook .nav-link", has_text="Supply").click()
        self.portal = window(self.user, f"/my/ticket/{self.ticket}", PHONE)
        self.all = (self.board, self.inbox, self.supply, self.portal)
        self.open = int(self.count().inner_text())

    def write(self, text):
        """The customer writes on the ticket's page."""
        post = {
            "body": text,
            "message_type": "comment",
            "subtype_xmlid": "mail.mt_comment",
        }
        answer = self.customer.session.post(
            f"{self.running.url}/mail/message/post",
            json={
                "params": {
                    "thread_model": "helpdesk.ticket",
                    "thread_id": self.ticket,
                    "post_data": post,
                }
            },
            timeout=60,
        )
        assert "error" not in answer.json(), answer.text

    def track(self, number):
        self.running.call(
            "base.user_admin",
            "helpdesk.ticket",
            "write",
            ids=[self.ticket],
            vals={"scrm_track_number": number},
        )

    def count(self):
        """How many tickets the board says are in progress."""
        row = self.board.page.locator("tr.o_data_row").first
        return row.locator("td[name=open_count]")

    def follow(self, said, tracked, more):
        """Everything that others do now is seen in each window.

        :param said: the customer's next words
        :param tracked: number of the parcel that somebody notes
        :param more: how many tickets more than at first the store has then
        """
        submit_by_program(self.running)
        self.write(said)
        self.track(tracked)
        expect(self.count()).to_have_text(str(self.open + more))
        row = self.inbox.page.locator(f".o_scrm_inbox_row[data-id='{self.ticket}']")
        expect(row).to_contain_text(said)
        expect(self.supply.page.locator(".o_scrm_supply")).to_contain_text(tracked)
        now = self.portal.page.locator("[data-scrm-live=progress] [aria-current]")
        before = now.inner_text()
        complete(self.running, self.ticket)
        self.portal.page.clock.fast_forward(LOOKS)
        expect(now).not_to_have_text(re.compile(re.escape(before)))
        stage = self.running.sql(
            "SELECT stage.name ->> 'en_US' FROM helpdesk_ticket ticket"
            " JOIN helpdesk_ticket_stage stage ON stage.id = stage_id"
            f" WHERE ticket.id = {self.ticket}"
        )
        expect(self.portal.page.locator("[data-scrm-live=stage]")).to_have_text(stage)
        for one in self.all:
            assert one.page.evaluate("window.isSamePage"), "nothing was loaded anew"


def test_screens_follow_and_come_back(running, served, person):
    """Head office's board of the stores, the inbox, the supply page and the customer's
    own page show what others do; and so they do again after the server was away.

    Covers in part: V07, V08, E26
    """
    screens = Screens(running, person)
    screens.follow("Still dripping.", "SF-1001", 1)
    for one in screens.all:
        assert not one.faults
    served.stop()
    served.start()
    screens.follow("Now it is a puddle.", "SF-1002", 2)
    for name in ("board", "inbox", "supply", "portal"):
        someone = getattr(screens, name)
        someone.shoot(f"live_{name}")
        assert someone.fits()
        faults = [fault for fault in someone.faults if not AWAY.search(fault)]
        someone.faults.clear()
        assert not faults
