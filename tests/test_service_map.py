"""The service map in a browser: what others do is seen on it without a reload."""

import re

import pytest
from browser import DESKTOP, PHONE
from playwright.sync_api import expect
from portal import submission, submit_by_program

ADMIN = {"login": "admin", "password": "admin"}


def submit(running):
    """A new ticket of the pack: (its id, the key of its node, its flow's name)."""
    ticket = submit_by_program(running)
    node, flow = running.sql(
        "SELECT ticket.scrm_node_key, flow.name ->> 'en_US'"
        " FROM helpdesk_ticket ticket"
        " JOIN scrm_flow_run run ON run.id = ticket.scrm_run_id"
        " JOIN scrm_flow flow ON flow.id = run.flow_id"
        f" WHERE ticket.id = {ticket}"
    ).split("|")
    return ticket, node, flow


def complete(running, ticket):
    """Let who has the ticket take the first way on, in a session of their own."""
    user = running.handler(ticket)["key"]
    arguments = {"ids": [ticket], "fields": ["scrm_flow_actions"]}
    (row,) = running.call(user, "helpdesk.ticket", "read", **arguments)
    way = row["scrm_flow_actions"][0]["transitions"][0]["key"]
    running.call(
        user,
        "helpdesk.ticket",
        "scrm_step_complete",
        ids=[ticket],
        transition_key=way,
    )


class Glass:
    """A drawing under somebody's fingers, by touch events of the browser itself."""

    def __init__(self, page, selector):
        self._drawing = page.locator(f"{selector} .o_scrm_diagram")
        self._devtools = page.context.new_cdp_session(page)

    def _send(self, kind, points):
        points = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)]
        event = {"type": kind, "touchPoints": points}
        self._devtools.send("Input.dispatchTouchEvent", event)

    def slide(self, *ways):
        """Each finger from here to there, in pixels right of the middle."""
        box = self._drawing.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.8
        for part in (0, 0.25, 0.5, 0.75, 1):
            points = [(x + way[0] + part * (way[1] - way[0]), y) for way in ways]
            self._send("touchMove" if part else "touchStart", points)
        self._send("touchEnd", [])

    def seen(self):
        """Zoom, and how far the drawing is shifted to the right, in pixels."""
        return self._drawing.locator(".o_scrm_diagram_world").evaluate(
            "e => (({a, e: x}) => [a, x])(new DOMMatrix(getComputedStyle(e).transform))"
        )

    def is_handy(self):
        """Two fingers zoom in and out, one shifts; nothing is opened by it."""
        zoom, x = self.seen()
        self.slide((-20, -40), (20, 40))
        assert self.seen()[0] == pytest.approx(2 * zoom, rel=0.01)
        self.slide((-40, -20), (40, 20))
        assert self.seen() == pytest.approx([zoom, x], abs=1)
        self.slide((60, -20))
        assert self.seen() == pytest.approx([zoom, x - 80], abs=1)
        self.slide((-20, 60))
        expect(self._drawing).to_be_visible()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_move_is_seen_without_a_reload(running, person, viewport):
    """Somebody completes a step elsewhere: yellow becomes green on the open map.

    Covers in part: V02, V03
    """
    ticket, node, flow = submit(running)
    boss = person(viewport)
    boss.log_in(ADMIN)
    boss.page.goto("/odoo/scrm-map")
    boss.page.locator(".o_scrm_map_flow").select_option(label=flow)
    shape = boss.page.locator(f".o_scrm_node[data-node-key='{node}']")
    yellow = shape.locator(".o_scrm_map_badge_yellow")
    green = shape.locator(".o_scrm_map_badge_green")
    expect(yellow).to_have_text(re.compile(r"\d+"))
    waiting = int(yellow.inner_text())
    done = int(green.inner_text()) if green.count() else 0
    boss.page.evaluate("window.isSamePage = true")
    boss.shoot(f"service_map_{viewport['width']}")
    assert boss.fits()

    submit(running)
    expect(yellow).to_have_text(re.compile(rf"^\s*{waiting + 1}\s*$"))
    complete(running, ticket)
    expect(green).to_have_text(re.compile(rf"^\s*{done + 1}\s*$"))
    expect(yellow).to_have_text(re.compile(rf"^\s*{waiting}\s*$"))
    assert boss.page.evaluate("window.isSamePage")

    # what is behind a number: by keyboard, or with a finger on the phone
    if viewport is PHONE:
        Glass(boss.page, ".o_scrm_map").is_handy()
        shape.tap()
    else:
        shape.focus()
        boss.page.keyboard.press("Enter")
    boss.page.wait_for_selector(".o_list_view, .o_kanban_view")

    boss.page.goto(f"/odoo/action-helpdesk_mgmt.helpdesk_ticket_action/{ticket}")
    expect(boss.page.locator(".o_scrm_flow_bar_now")).to_be_in_viewport(ratio=1)
    boss.page.locator(".o_scrm_flow_bar_open").click()
    travelled = boss.page.locator(".o_scrm_travel .o_scrm_edge.o_scrm_travelled")
    expect(travelled.first).to_be_attached()
    row = boss.page.locator(f".o_scrm_travel_rows tr[data-node-key='{node}']")
    expect(row).to_be_visible()
    if viewport is PHONE:
        Glass(boss.page, ".o_scrm_travel").is_handy()
    boss.shoot(f"travel_{viewport['width']}")


class Board:
    """The progress board in somebody's window: a column a node, a card a ticket."""

    def __init__(self, someone, path="/odoo/scrm-progress"):
        self.page = someone.page
        self.page.goto(path)
        self.page.wait_for_selector(".o_kanban_view .o_kanban_renderer")
        self.page.evaluate("window.isSamePage = true")

    def column(self, title):
        header = self.page.locator(".o_column_title", has_text=title)
        return self.page.locator(".o_kanban_group", has=header)

    def card(self, column, number):
        card = self.column(column).locator(".o_kanban_record", has_text=number)
        return card.first

    def count(self, column):
        return self.column(column).locator(".o_animated_number").first

    def stays(self):
        assert self.page.evaluate("window.isSamePage")


def give_customer(running, customer, login):
    """Make somebody the salesperson of a customer, who sees that one's tickets."""
    person_id = running.sql(f"SELECT id FROM res_users WHERE login = '{login}'")
    partner_id, group_id = running.sql(
        "SELECT partner.commercial_partner_id, data.res_id"
        " FROM res_users JOIN res_partner partner ON partner.id = partner_id,"
        "      ir_model_data data"
        f" WHERE login = '{customer['login']}' AND data.module = 'scrm_ticket'"
        " AND data.name = 'group_own_customers'"
    ).split("|")
    for model, record, vals in (
        ("res.partner", partner_id, {"user_id": int(person_id)}),
        ("res.users", person_id, {"group_ids": [[4, int(group_id)]]}),
    ):
        running.call("base.user_admin", model, "write", ids=[int(record)], vals=vals)


def test_a_board_for_sales_service_and_technicians(running, person):
    """Three people look at one board; a completed node moves the card for all.

    The boss sees the counts of three colours change meanwhile.

    Covers: V01, V02
    """
    customer, _template, _values = submission(running.pack, "en_US")
    give_customer(running, customer, "he")
    windows = {}
    for login in ("he", "chen", "admin"):
        windows[login] = person()
        windows[login].log_in(ADMIN if login == "admin" else running.user(login))
    boards = [Board(windows["he"]), Board(windows["chen"])]
    colours = Board(windows["admin"], "/odoo/scrm-board")

    def count(colour):
        return int(colours.count(colour).inner_text() or 0)

    red, yellow, green = "Overdue, Stuck or Urgent", "Waiting", "Done Today"
    before = {colour: count(colour) for colour in (red, yellow, green)}

    def counted(**more):
        for colour, number in zip((red, yellow, green), more.values(), strict=True):
            expect(colours.count(colour)).to_have_text(str(before[colour] + number))

    ticket, _node, _flow = submit(running)
    number = running.sql(f"SELECT number FROM helpdesk_ticket WHERE id = {ticket}")
    for board in boards:
        expect(board.card("Confirm the appointment", number)).to_be_visible()
    counted(red=0, yellow=1, green=0)

    # urgent is red, before it is late
    running.call(
        "base.user_admin",
        "helpdesk.ticket",
        "write",
        ids=[ticket],
        vals={"priority": "3"},
    )
    counted(red=1, yellow=0, green=0)
    complete(running, ticket)
    technician = running.handler(ticket)
    windows["technician"] = person(PHONE, technician["lang"])
    windows["technician"].log_in(technician)
    boards.append(Board(windows["technician"]))
    for board in boards[:2]:
        expect(board.card("Install on site", number)).to_be_visible()
        expect(board.column("Confirm the appointment")).not_to_contain_text(number)
    expect(boards[2].page.locator(".o_kanban_view")).to_contain_text(number)
    assert windows["technician"].fits()
    windows["technician"].shoot("progress_390")
    windows["chen"].shoot("progress_1400")

    complete(running, ticket)  # the technician is done on site
    for board in boards[:2]:
        expect(board.card("Quality check", number)).to_be_visible()
    expect(boards[2].card("质量检查", number)).to_be_visible()
    complete(running, ticket)
    for board in boards[:2]:
        expect(board.card("Acceptance with the customer", number)).to_be_visible()
    expect(boards[2].card("客户验收", number)).to_be_visible()
    complete(running, ticket)
    for board in boards[:2]:
        expect(board.card("Installed", number)).to_be_visible()
    counted(red=0, yellow=0, green=1)
    for board in (*boards, colours):
        board.stays()
