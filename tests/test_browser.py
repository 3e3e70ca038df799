"""In a real browser: the customer submits, a colleague clicks, the customer sees it."""

import json
import re

import pytest
import requests
from browser import DESKTOP, PHONE
from playwright.sync_api import expect
from portal import submission


def fill_in(page, template, values):
    """Choose a form and type values into it."""
    page.goto("/my/scrm/new")
    page.click(f"a[href*='/my/scrm/new/{template}']")
    for key, value in values.items():
        field = page.locator(f"[name='field.{key}']")
        if field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(str(value))
        else:
            field.fill(str(value))


def stages(page):
    """What the customer's page calls done, now and next, in its order."""
    found = page.locator(".o_scrm_progress_item").all()
    state = re.compile(r"o_scrm_progress_(done|now|next)")
    return [
        (
            item.locator(".o_scrm_progress_name").inner_text(),
            state.search(item.get_attribute("class"))[1],
        )
        for item in found
    ]


@pytest.mark.parametrize(
    ("viewport", "lang", "label"),
    [(DESKTOP, "en_US", "desktop"), (PHONE, "zh_CN", "phone")],
)
def test_from_the_portal_to_the_next_stage(running, person, viewport, lang, label):
    """Submitted on the portal, completed by a button, seen on the portal.

    Covers: E01, E32
    """
    user, template, values = submission(running.pack, lang)
    customer = person(viewport, lang)
    customer.log_in(user)
    fill_in(customer.page, template, values)
    customer.shoot(f"{label}_1_form")
    assert customer.fits()
    customer.page.click("form.o_scrm_form button[type=submit]")
    customer.page.wait_for_url(re.compile(r"/my/ticket/\d+"))
    ticket = int(re.search(r"/my/ticket/(\d+)", customer.page.url)[1])
    number, node = running.sql(
        f"SELECT number, scrm_node_key FROM helpdesk_ticket WHERE id = {ticket}"
    ).split("|")
    expect(customer.page.locator("main")).to_contain_text(number)
    customer.shoot(f"{label}_2_submitted")
    assert customer.fits()
    before = stages(customer.page)

    colleague = person()
    colleague.log_in(running.handler(ticket))
    path = f"/odoo/action-helpdesk_mgmt.helpdesk_ticket_action/{ticket}"
    colleague.page.goto(path)
    button = colleague.page.locator(".o_scrm_flow_buttons button:visible").first
    button.wait_for()
    colleague.shoot(f"{label}_3_backend_before")
    button.click()
    item = colleague.page.locator(f".o_scrm_flow_bar_item[data-key='{node}']")
    expect(item).to_have_class(re.compile("o_scrm_flow_bar_done"))
    colleague.shoot(f"{label}_4_backend_after")

    customer.page.goto(f"/my/ticket/{ticket}")
    customer.shoot(f"{label}_5_customer_after")
    assert customer.fits()
    after = stages(customer.page)
    now = [name for name, state in before if state == "now"]
    assert len(now) == 1
    assert (now[0], "done") in after
    assert [name for name, state in after if state == "now"] not in ([], now)


def submit_by_api(running):
    """(id, number) of a new ticket of the pack's customer, who lives somewhere."""
    user, template, values = submission(running.pack)
    customer = running.sql(
        f"SELECT partner_id FROM res_users WHERE login = '{user['login']}'"
    )
    running.sql(
        "UPDATE res_partner SET street = 'Bund 1', city = 'Shanghai'"
        f" WHERE id = {customer}"
    )
    access = json.loads(running.keys.read_text())
    answer = requests.post(
        f"{running.url}/json/2/helpdesk.ticket/scrm_submit",
        json={"template": template, "values": values, "partner": int(customer)},
        headers={
            "Authorization": f"Bearer {access['users']['base.user_admin']['key']}",
            "X-Odoo-Database": running.database,
        },
        timeout=300,
    )
    return answer.json()["id"], answer.json()["number"]


def test_engineer_on_the_road(running, person):
    """A ticket comes to the engineer's phone by itself, with where to go. Without a
    connection nothing that is typed or done is lost, through a closed page; with one
    again it is all sent, once.

    Covers: E10
    """
    ticket, number = submit_by_api(running)
    engineer = person(PHONE)
    engineer.log_in(running.handler(ticket))
    page = engineer.page
    page.clock.install()
    page.goto("/scrm/work")
    card = page.locator(".o_scrm_task", has_text=number)
    card.wait_for()
    assert card.locator(".o_scrm_map").get_attribute("href").startswith("geo:")
    second, second_number = submit_by_api(running)
    page.clock.fast_forward(20_000)
    expect(page.locator(".o_scrm_task", has_text=second_number)).to_be_visible()
    assert engineer.fits()

    card.locator("button[aria-expanded]").click()
    engineer.shoot("phone_work_1")
    page.context.set_offline(True)
    card.locator("[name=note]").fill("The pipe was loose.")
    part = running.sql(
        "SELECT default_code FROM product_product JOIN scrm_part_line line"
        f" ON line.product_id = product_product.id WHERE ticket_id = {ticket} LIMIT 1"
    )
    card.locator("[name=code]").fill(part)
    card.locator("[name=quantity]").fill("2")
    card.locator("form button[type=submit]").click()
    expect(page.locator(".o_scrm_work .alert")).to_contain_text("1 not sent yet")
    engineer.shoot("phone_work_2_offline")
    engineer.faults = [one for one in engineer.faults if "INTERNET" not in one]
    page.goto("about:blank")

    page.context.set_offline(False)
    page.goto("/scrm/work")
    card = page.locator(".o_scrm_task", has_text=number)
    card.locator("button[aria-expanded]").click()
    expect(card.locator("[name=note]")).to_have_value("The pipe was loose.")
    expect(card).to_contain_text("used: 2")
    card.get_by_role("button", name="Send Note").click()
    expect(card.locator("[name=note]")).to_have_value("")
    expect(page.locator(".o_scrm_work .alert")).to_have_count(0)
    used = "SELECT count(*), sum(quantity_used)::int FROM scrm_part_line"
    assert running.sql(f"{used} WHERE ticket_id = {ticket} AND quantity_used > 0") == (
        "1|2"
    )
    notes = running.call(
        "base.user_admin",
        "mail.message",
        "search_count",
        domain=[
            ("model", "=", "helpdesk.ticket"),
            ("res_id", "=", int(ticket)),
            ("body", "ilike", "The pipe was loose."),
        ],
    )
    assert notes == 1


def test_draft_of_a_form(running, person):
    """What was typed is there again after the window was closed; files show how far
    they are; once sent, the form is empty again."""
    user, template, values = submission(running.pack)
    customer = person()
    customer.log_in(user)
    page = customer.page
    fill_in(page, template, values)
    page.fill("[name=description]", "Third floor")
    page.wait_for_function(
        "Object.values(localStorage).some(text => text.includes('Third floor'))"
    )
    page.goto("about:blank")
    page.goto(f"/my/scrm/new/{template}")
    expect(page.locator(".o_scrm_draft")).to_be_visible()
    expect(page.locator("[name=description]")).to_have_value("Third floor")
    page.locator("[name=attachment]").set_input_files(
        [{"name": "a.txt", "mimeType": "text/plain", "buffer": b"x" * 300_000}]
    )
    page.click("form.o_scrm_form button[type=submit]")
    page.wait_for_url(re.compile(r"/my/ticket/\d+"))
    page.goto(f"/my/scrm/new/{template}")
    expect(page.locator("[name=description]")).to_have_value("")
    expect(page.locator(".o_scrm_draft")).to_be_hidden()


def test_three_clicks_to_a_ticket(running, person):
    """A message of a conversation becomes a ticket with three clicks at most; from any
    screen one click opens the form of a ticket.

    Covers: E09
    Covers in part: E04
    """
    running.sql("UPDATE scrm_ticket_template SET words = 'repair, broken'")
    login = submission(running.pack)[0]["login"]
    colleague = person()
    admin = {"login": "admin", "password": "admin"}
    colleague.log_in(admin)
    page = colleague.page
    page.goto("/odoo")
    channel = page.evaluate(
        """async (login) => {
            const call = (model, method, args, kwargs = {}) => fetch(
                `/web/dataset/call_kw/${model}/${method}`, {method: "POST",
                headers: {"Content-Type": "application/json"},
                body: JSON.stringify({params: {model, method, args, kwargs}})}
            ).then((answer) => answer.json()).then((answer) => answer.result);
            const [user] = await call("res.users", "search_read",
                [[["login", "=", login]], ["partner_id"]]);
            const [id] = await call("discuss.channel", "create",
                [[{name: "Talk", channel_type: "channel"}]]);
            await call("discuss.channel", "add_members", [[id]],
                {partner_ids: [user.partner_id[0]]});
            await call("discuss.channel", "message_post", [[id]],
                {body: "It is broken", message_type: "comment",
                 subtype_xmlid: "mail.mt_comment"});
            return id;
        }""",
        login,
    )
    page.goto(f"/odoo/discuss?active_id=discuss.channel_{channel}")
    page.locator(".o_scrm_offer", has_text="Create Ticket").click()
    dialog = page.locator(".modal")
    expect(dialog.locator("blockquote")).to_contain_text("It is broken")
    dialog.locator(".o_form_button_save").click()
    expect(page.locator(".o_scrm_offer:not(.btn-outline-primary)")).to_be_visible()
    newest = {"limit": 1, "order": "id DESC"}
    answer = page.request.post(
        "/web/dataset/call_kw/helpdesk.ticket/search_read",
        data={
            "params": {
                "model": "helpdesk.ticket",
                "method": "search_read",
                "args": [[], ["scrm_door", "description"]],
                "kwargs": newest,
            }
        },
    )
    (made,) = answer.json()["result"]
    assert made["scrm_door"] == "discuss"
    assert "It is broken" in made["description"]

    page.click(".o_scrm_new_ticket")
    expect(dialog.locator("[name=template_id] input")).to_be_visible()
    dialog.locator("[name=template_id] input").click()
    page.locator(".o-autocomplete--dropdown-item").first.click()
    dialog.locator(".o_form_button_save").click()
    expect(dialog).to_have_count(0)
    door = "SELECT scrm_door FROM helpdesk_ticket ORDER BY id DESC LIMIT 1"
    assert running.sql(door) == "backend"


class Hand:
    """Clicks, types and drags at a page; `deeds` is how often."""

    def __init__(self, page):
        self.page = page
        self.deeds = 0

    def click(self, target):
        self.deeds += 1
        target.click()

    def type(self, target, text):
        self.deeds += 1
        target.fill(text)

    def choose(self, target, text):
        """Type a few letters into a field with a list, click on the line."""
        self.type(target, text)
        line = self.page.locator(".o-autocomplete--dropdown-item", has_text=text)
        self.click(line.first)

    def drag(self, target, onto):
        """Onto the upper half of another line."""
        self.deeds += 1
        start, end = target.bounding_box(), onto.bounding_box()
        mouse = self.page.mouse
        mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
        mouse.down()
        mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 4, steps=9)
        # the line has to hang on the mouse before it is let go
        expect(self.page.locator(".o_dragged")).to_have_count(1)
        mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 5, steps=3)
        mouse.up()


def test_base_fee_and_tiers_by_mouse(running, person):
    """From the menu to a plan that pays: a preset, a base fee, tiers by amount. A tier
    is added, and dragged to where its rate belongs; the example follows at once.

    What is counted is what a hand does. Nobody needs more than five seconds for a
    click, for a word or a figure, for a drag: 60 of them are five minutes, with the
    preview of what a ticket brings, and this takes less than 40.

    Covers: C04, S26
    """
    head = person()
    head.log_in({"login": "admin", "password": "admin"})
    page, hand = head.page, Hand(head.page)
    page.goto("/odoo/scrm-steps")
    menu = page.locator(".o_menu_sections").get_by_text("Settlement", exact=True)
    hand.click(menu)
    hand.click(page.get_by_role("menuitem", name="New Plan from a Preset"))
    form = page.locator(".modal")
    example = form.locator("[name=example]")

    def field(name):
        return form.locator(f"[name={name}] input")

    hand.click(field("preset"))
    hand.click(page.locator(".o_select_menu_item", has_text="Tiers by number"))
    expect(example).to_contain_text("10,500.00")
    hand.click(field("preset"))
    hand.click(page.locator(".o_select_menu_item", has_text="Base fee and tiered"))
    hand.type(field("base_amount"), "2500")
    hand.type(field("name"), "Heads of stores")
    hand.choose(field("template_id"), "Installation")
    expect(field("node_id")).to_have_value("Confirm the appointment")
    hand.choose(field("node_id"), "Install on site")
    hand.choose(field("product_id"), "Installer")

    tiers = form.locator(".o_data_row")
    hand.click(form.get_by_role("button", name="Add a line"))
    hand.type(tiers.nth(3).locator("[name=limit] input"), "60000")
    hand.type(tiers.nth(3).locator("[name=value] input"), "4")
    hand.click(example)
    expect(tiers.nth(3)).to_contain_text("Above 60,000")
    hand.type(field("example_value"), "70000")
    hand.click(example)
    # 2,500; 2 % of 10,000, 3 % of 20,000, 5 % of 30,000, 4 % of 10,000
    expect(example).to_contain_text("5,200.00")
    expect(tiers.nth(2)).to_contain_text("Above 30,000 up to 60,000")
    handles = form.locator(".o_row_handle")
    hand.drag(handles.nth(3), handles.nth(2))
    expect(example).to_contain_text("5,000.00")
    expect(tiers.nth(2).locator("[name=value]")).to_have_text("4.00")
    expect(tiers.nth(2)).to_contain_text("Above 30,000 up to 60,000")
    expect(tiers.nth(3)).to_contain_text("Above 60,000")
    head.shoot("plan_by_mouse_1")
    hand.click(form.get_by_role("button", name="Create the Plan"))
    expect(page.locator("h1 [name=name] input")).to_have_value("Heads of stores")
    expect(form).to_have_count(0)

    ticket, _number = submit_by_api(running)
    state = f"SELECT state FROM scrm_flow_run WHERE res_id = {ticket}"
    while "running" in running.sql(state):
        colleague = running.handler(ticket)["key"]
        running.call(colleague, "helpdesk.ticket", "scrm_step_complete", ids=[ticket])
    hand.click(menu)
    hand.click(page.get_by_role("menuitem", name="Settlement Runs"))
    hand.click(page.locator(".o_list_button_add"))
    hand.choose(page.locator("[name=plan_ids] input"), "Heads of stores")
    hand.click(page.locator("[name=is_interim] input"))
    hand.click(page.get_by_role("button", name="Preview"))
    payee = running.sql(
        "SELECT partner_id FROM res_users JOIN scrm_flow_step ON done_by_id ="
        f" res_users.id WHERE res_id = {ticket} AND node_key = 'visit'"
    )
    paid = running.sql(
        "SELECT round(sum((inputs ->> 'price_total')::numeric) * 0.02, 2)"
        f" FROM scrm_settlement_fact WHERE people ->> 'visit' = '{payee}'"
    )
    expect(form).to_contain_text("2,500.00")
    expect(form).to_contain_text(paid)
    head.shoot("plan_by_mouse_2")
    assert hand.deeds < 40

    plan = running.sql(
        "SELECT id FROM scrm_settlement_plan WHERE name ->> 'en_US' = 'Heads of stores'"
    )
    running.call(
        "base.user_admin",
        "scrm.settlement.plan",
        "settle",
        ids=[int(plan)],
        interim=True,
    )
    records = running.sql(
        "SELECT component_key, amount FROM scrm_settlement_record"
        f" WHERE plan_id = {plan} AND payee_id = {payee} ORDER BY component_key"
    )
    assert records.splitlines() == ["base|2500.00", f"commission|{paid}"]
