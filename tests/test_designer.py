"""In a real browser: a flow is drawn from nothing, published, and a ticket runs it.

And before that, for who has none yet: five questions, and a business runs.
"""

import re

from browser import DESKTOP, PHONE
from playwright.sync_api import expect

ADMIN = {"login": "admin", "password": "admin"}
SAVED = ".o_scrm_status[data-status=saved]"
#: Seconds of a person new to it: to think what is next, to point and press, to press
#: a key (keystroke-level model, as in `test_form_designer`).
THINK, POINT, KEY = 1.35, 1.3, 0.28
TWENTY_MINUTES = 1200


class Paper:
    """The designer in somebody's window, used with the mouse only.

    `seconds` is how long a person would have taken so far.
    """

    def __init__(self, page):
        self.page = page
        self.seconds = 0

    def middle(self, selector):
        box = self.page.locator(selector).first.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drag(self, start, end):
        self.seconds += THINK + 2 * POINT
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move(*end, steps=8)
        mouse.up()

    def draw(self, kind, x, y):
        """Drag a node from the palette to a place of the window; its key."""
        before = set(self.keys())
        self.drag(self.middle(f".o_scrm_palette_item[data-type={kind}]"), (x, y))
        expect(self.page.locator(".o_scrm_node")).to_have_count(len(before) + 1)
        (key,) = set(self.keys()) - before
        return key

    def keys(self):
        nodes = self.page.locator(".o_scrm_node").all()
        return [node.get_attribute("data-node-key") for node in nodes]

    def connect(self, source, target):
        self.drag(
            self.middle(f"[data-node-key={source}] .o_scrm_node_handle"),
            self.middle(f"[data-node-key={target}] .o_scrm_node_shape"),
        )

    def node(self, key):
        return self.page.locator(f".o_scrm_node[data-node-key={key}]")

    def inspect(self, key):
        self.seconds += THINK + POINT
        self.node(key).click()
        form = self.page.locator(".o_scrm_inspector .o_form_renderer")
        expect(form.locator("[name=key] input, [name=key] span").first).to_be_visible()
        expect(form.locator("[name=key] input")).to_have_value(key)
        return form

    def settle(self, form, name, rule, who):
        """Name a node and say who handles it."""
        self.seconds += 3 * (THINK + POINT) + KEY * (len(name) + len(who)) + 2 * POINT
        form.locator("[name=name] input").fill(name)
        pick(form, "handler_rule", rule)
        choose(form, "handler_user_ids", who)

    def remind(self, form, deadline, reminders):
        """Give a node a deadline and reminders before it, in hours."""
        self.seconds += 3 * (THINK + POINT) + KEY * (len(deadline) + len(reminders))
        form.page.locator(".o_scrm_inspector .nav-link[name=time]").click()
        for field, text in (
            ("deadline_hours", deadline),
            ("reminder_hours", reminders),
        ):
            box = form.locator(f"[name={field}] input").first
            box.fill(text)
            box.press("Tab")

    def saved(self):
        self.page.wait_for_selector(SAVED)


def pick(form, name, label):
    """Choose an entry of a selection."""
    field = form.locator(f"[name={name}] input").first
    field.click()
    item = form.page.locator(".o_select_menu_item")
    item.filter(has_text=re.compile(f"^\\s*{label}\\s*$")).click()
    expect(field).to_have_value(label)


def choose(form, name, label):
    """Choose a record by typing its name."""
    field = form.locator(f"[name={name}] input").first
    field.click()
    field.fill(label)
    form.page.locator(".o-autocomplete--dropdown-item", has_text=label).first.click()


def test_a_flow_drawn_with_the_mouse_runs(running, person):
    """An installation drawn from nothing: named, with reminders, tried, published.

    A ticket goes through it. What is stored is what was drawn; fields are drawn in
    `test_form_designer`.

    Covers: C01, C03
    Covers in part: C09, F16
    """
    designer = person(DESKTOP)
    page = designer.page
    designer.log_in(ADMIN)
    page.goto("/odoo/scrm-design")
    page.click(".o-kanban-button-new")
    form = page.locator(".o_form_view")
    form.locator("[name=name] input").fill("Drawn by hand")
    form.locator("[name=key] input").fill("drawn_by_hand")
    choose(form, "model_id", "Helpdesk Ticket")
    page.click("button[name=action_design]")
    page.wait_for_selector(".o_scrm_palette")
    designer.shoot("designer_1_empty")

    paper = Paper(page)
    kinds = ["start", "user_task", "user_task", "user_task", "end"]
    keys = [paper.draw(kind, 260 + 170 * n, 420) for n, kind in enumerate(kinds)]
    for source, target in zip(keys, keys[1:], strict=False):
        paper.connect(source, target)
    expect(page.locator(".o_scrm_edge")).to_have_count(4)
    paper.saved()
    designer.shoot("designer_2_drawn")

    # into the start, and once more: refused, and said why
    paper.connect(keys[1], keys[0])
    expect(page.locator(".o_notification")).to_contain_text("leads into the start")
    expect(page.locator(".o_scrm_edge")).to_have_count(4)
    # what is missing is marked at the node, until it is there
    expect(paper.node(keys[1])).to_have_class(re.compile("o_scrm_fault"))
    names = ["Confirm", "Install", "Acceptance"]
    for key, name in zip(keys[1:4], names, strict=True):
        form = paper.inspect(key)
        paper.settle(form, name, "People", "Administrator")
        if name == "Install":
            paper.remind(form, "24:00", "-4, -1")
            designer.shoot("designer_3_reminders")
        paper.seconds += POINT
        page.click(".o_scrm_inspector .o_form_button_save")
        expect(paper.node(key)).not_to_have_class(re.compile("o_scrm_fault"))
        expect(paper.node(key).locator(".o_scrm_node_name")).to_have_text(name)
    expect(page.locator(".o_scrm_sound")).to_be_visible()
    designer.shoot("designer_3_sound")

    # deleted, and back with its settings; another one is moved
    paper.inspect(keys[2])
    page.click(".o_scrm_tools [aria-label=Delete]")
    expect(page.locator(".o_scrm_edge")).to_have_count(2)
    paper.saved()
    page.click(".o_scrm_tools [aria-label=Undo]")
    expect(page.locator(".o_scrm_edge")).to_have_count(4)
    paper.saved()
    x, y = paper.middle(f"[data-node-key={keys[3]}] .o_scrm_node_shape")
    paper.drag((x, y), (x + 20, y - 60))
    paper.saved()
    expect(page.locator(".o_scrm_sound")).to_be_visible()

    drawn = running.sql(
        "SELECT n.key, n.name->>'en_US', n.pos_x, n.pos_y FROM scrm_flow_node n"
        " JOIN scrm_flow_version v ON v.id = version_id"
        " JOIN scrm_flow f ON f.id = flow_id"
        " WHERE f.key = 'drawn_by_hand' ORDER BY pos_x"
    ).splitlines()
    assert [line.split("|")[0] for line in drawn] == keys
    shown = [
        paper.node(key).evaluate("e => new DOMMatrix(getComputedStyle(e).transform).e")
        for key in keys
    ]
    assert shown == [float(line.split("|")[2]) for line in drawn]
    lines = running.sql(
        "SELECT s.key, t.key FROM scrm_flow_transition e"
        " JOIN scrm_flow_node s ON s.id = source_id"
        " JOIN scrm_flow_node t ON t.id = target_id"
        " JOIN scrm_flow_version v ON v.id = e.version_id"
        " JOIN scrm_flow f ON f.id = flow_id"
        " WHERE f.key = 'drawn_by_hand' ORDER BY s.pos_x"
    ).splitlines()
    assert [line.split("|") for line in lines] == [
        list(pair) for pair in zip(keys, keys[1:], strict=False)
    ]

    # tried out beside the drawing, step by step; nothing of it remains
    page.click(".o_scrm_try_out")
    panel = page.locator(".o_scrm_sandbox_panel")
    for key in keys[1:4]:
        expect(paper.node(key)).to_have_class(re.compile("o_scrm_now"))
        panel.locator("button[name=action_take]").first.click()
        expect(paper.node(key)).to_have_class(re.compile("o_scrm_done"))
    expect(paper.node(keys[4])).to_have_class(re.compile("o_scrm_done"))
    expect(page.locator(".o_scrm_edge.o_scrm_travelled")).to_have_count(4)
    designer.shoot("designer_3_tried_out")
    panel.locator("button[name=action_back]").click()
    expect(paper.node(keys[3])).to_have_class(re.compile("o_scrm_now"))
    panel.locator("[aria-label=Close]").first.click()
    expect(page.locator(".o_scrm_edge.o_scrm_travelled")).to_have_count(0)

    page.click(".o_scrm_publish")
    page.click(".modal button[name=action_publish]")
    paper.seconds += 2 * (THINK + POINT)
    assert paper.seconds < TWENTY_MINUTES, f"{paper.seconds:.0f} s"
    expect(page.locator(".o_scrm_readonly")).to_contain_text("never changes")
    expect(page.locator(".o_scrm_palette")).to_have_count(0)
    designer.shoot("designer_4_published")

    flow = int(running.sql("SELECT id FROM scrm_flow WHERE key = 'drawn_by_hand'"))
    ticket = run_a_ticket(running, flow)
    page.goto(f"/odoo/action-helpdesk_mgmt.helpdesk_ticket_action/{ticket}")
    for key in keys[1:4]:
        page.locator(".o_scrm_flow_buttons button.btn-primary:visible").first.click()
        item = page.locator(f".o_scrm_flow_bar_item[data-key='{key}']")
        expect(item).to_have_class(re.compile("o_scrm_flow_bar_done"))
        if key == keys[1]:
            # the installer will be reminded twice, before the day is over
            hours = running.sql(
                "SELECT round(extract(epoch FROM timer.due_at - step.opened_at) / 3600)"
                " FROM scrm_flow_timer timer JOIN scrm_flow_step step"
                f" ON step.id = step_id WHERE step.res_id = {ticket}"
                f" AND step.node_key = '{keys[2]}' AND timer.kind = 'reminder'"
                " ORDER BY timer.due_at"
            )
            assert hours.split() == ["20", "23"]
    designer.shoot("designer_5_ticket_done")
    state = running.sql(f"SELECT state FROM scrm_flow_run WHERE res_id = {ticket}")
    assert state == "done"


def run_a_ticket(running, flow):
    """A ticket of a template with this flow; its id."""
    admin = "base.user_admin"
    (template,) = running.call(
        admin,
        "scrm.ticket.template",
        "create",
        vals_list=[{"name": "By hand", "key": "by_hand", "flow_id": flow}],
    )
    (ticket,) = running.call(
        admin,
        "helpdesk.ticket",
        "create",
        vals_list=[
            {
                "name": "Through the drawn flow",
                "description": "Through the drawn flow",
                "template_id": template,
            }
        ],
    )
    return ticket


def test_two_people_and_a_lost_connection(running, person):
    """Nothing is overwritten silently, nothing drawn is lost.

    Covers in part: C01
    """
    flow = int(running.sql("SELECT id FROM scrm_flow WHERE NOT is_block LIMIT 1"))
    version = int(
        running.sql(f"SELECT published_version_id FROM scrm_flow WHERE id = {flow}")
    )
    draft = running.call(
        "base.user_admin", "scrm.flow.version", "design_new_draft", ids=[version]
    )
    one, other = person(DESKTOP), person(PHONE, "zh_CN")
    for someone in (one, other):
        someone.log_in(ADMIN)
        someone.page.goto(f"/odoo/scrm-designer/{draft}")
        someone.page.wait_for_selector(f"{SAVED}")
    one.shoot("designer_6_desktop")
    other.shoot("designer_7_phone")
    assert other.fits()

    first = one.page.locator(".o_scrm_node[data-type=user_task]").first
    key = first.get_attribute("data-node-key")

    def place():
        return running.sql(
            f"SELECT pos_x FROM scrm_flow_node WHERE version_id = {draft}"
            f" AND key = '{key}'"
        )

    # the connection is lost in the middle of a drag: the drawing goes on, and is
    # saved when it is back
    before = place()
    x, y = Paper(one.page).middle(f"[data-node-key={key}] .o_scrm_node_shape")
    one.page.mouse.move(x, y)
    one.page.mouse.down()
    one.page.mouse.move(x + 30, y + 20, steps=4)
    one.page.context.set_offline(True)
    one.page.mouse.move(x + 60, y + 40, steps=4)
    one.page.mouse.up()
    one.page.wait_for_selector(".o_scrm_status[data-status=offline]")
    first.focus()
    one.page.keyboard.press("ArrowRight")
    assert place() == before
    one.faults.clear()  # the browser complains of requests that it could not send
    one.page.context.set_offline(False)
    one.page.wait_for_selector(SAVED)
    one.faults.clear()
    moved = place()
    assert moved != before

    # the other one's page still shows the older edition, as it heard nothing yet
    other.page.evaluate("() => {}")
    running.call(
        "base.user_admin",
        "scrm.flow.version",
        "design_apply",
        ids=[draft],
        revision=int(
            running.sql(f"SELECT revision FROM scrm_flow_version WHERE id = {draft}")
        ),
        operations=[{"op": "rename", "key": key, "name": "Changed elsewhere"}],
    )
    # the bus takes its time to come back after a connection was lost
    name = first.locator(".o_scrm_node_name")
    expect(name).to_have_text("Changed elsewhere", timeout=60_000)


def test_five_answers_in_the_browser(running, person):
    """A manager of a shop answers five questions; the whole set is there and runs.

    First the few services that happen most often, later the others.

    Covers: C08, C10
    Covers in part: C05
    """
    manager = person(DESKTOP)
    page = manager.page
    manager.log_in(ADMIN)
    page.goto("/odoo/action-scrm_ticket.scrm_start_action")
    dialog = page.locator(".modal")
    dialog.get_by_label("Response clock and escalation ladder").check()
    # a few that happen most often come first, the others later
    services = dialog.locator("[name=line_ids] .o_data_row")
    expect(services).to_have_count(6)
    chosen = dialog.locator("[name=line_ids] input:checked")
    expect(chosen).to_have_count(5)
    manager.shoot("start_1_questions")
    for _number in range(2):
        chosen.last.uncheck()
    expect(chosen).to_have_count(3)
    dialog.locator("[name=company_name] input").fill("Corner Shop")
    dialog.locator("button[name=action_start]").click()
    running_now = dialog.get_by_text("Your business is running")
    running_now.wait_for()  # five flows are published meanwhile
    expect(dialog.locator("[name=template_ids] .o_tag")).to_have_count(3)
    manager.shoot("start_2_running")
    dialog.locator("button[name=action_first_ticket]").click()
    page.wait_for_selector(".o_form_view [name=template_id]")
    page.locator("[name=name] input, [name=name] textarea").first.fill("First one")
    page.locator(".o_notebook .nav-link[name=description]").click()
    page.locator("[name=description] .odoo-editor-editable").first.fill("Does it?")
    page.click(".o_form_button_save")
    now = page.locator(".o_scrm_flow_bar_item.o_scrm_flow_bar_now")
    expect(now.first).to_be_visible()
    expect(page.locator(".o_scrm_flow_buttons button:visible").first).to_be_visible()
    manager.shoot("start_3_first_ticket")

    # later the next ones, with the same five questions
    page.goto("/odoo/action-scrm_ticket.scrm_start_action")
    dialog.get_by_label("Response clock and escalation ladder").check()
    expect(services).to_have_count(6)
    dialog.locator("button[name=action_start]").click()
    running_now.wait_for()
    expect(dialog.locator("[name=template_ids] .o_tag")).to_have_count(5)
