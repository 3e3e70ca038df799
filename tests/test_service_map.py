"""The service map in a browser: what others do is seen on it without a reload."""

import re

import pytest
from playwright.sync_api import expect
from portal import submission
from test_browser import DESKTOP, PHONE, browser, handler, person  # noqa: F401

ADMIN = {"login": "admin", "password": "admin"}


def submit(running):
    """A new ticket of the pack: (its id, the key of its node, its flow's name)."""
    user, template, values = submission(running.pack, "en_US")
    made = running.call(
        user["key"],
        "helpdesk.ticket",
        "scrm_submit",
        template=template,
        values=values,
    )
    node, flow = running.sql(
        "SELECT ticket.scrm_node_key, flow.name ->> 'en_US'"
        " FROM helpdesk_ticket ticket"
        " JOIN scrm_flow_run run ON run.id = ticket.scrm_run_id"
        " JOIN scrm_flow flow ON flow.id = run.flow_id"
        f" WHERE ticket.id = {made['id']}"
    ).split("|")
    return made["id"], node, flow


def complete(running, ticket):
    """Let who has the ticket take the first way on, in a session of their own."""
    user = handler(running, ticket)["key"]
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


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_move_is_seen_without_a_reload(running, person, viewport):  # noqa: F811
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
        shape.tap()
    else:
        shape.focus()
        boss.page.keyboard.press("Enter")
    boss.page.wait_for_selector(".o_list_view, .o_kanban_view")

    boss.page.goto(f"/odoo/action-helpdesk_mgmt.helpdesk_ticket_action/{ticket}")
    boss.page.locator(".o_scrm_flow_bar_open").click()
    travelled = boss.page.locator(".o_scrm_travel .o_scrm_edge.o_scrm_travelled")
    expect(travelled.first).to_be_attached()
    row = boss.page.locator(f".o_scrm_travel_rows tr[data-node-key='{node}']")
    expect(row).to_be_visible()
    boss.shoot(f"travel_{viewport['width']}")
