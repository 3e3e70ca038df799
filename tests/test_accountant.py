"""In a real browser: an accountant settles a month, up to the books and back."""

import re

import pytest
from browser import DESKTOP, PHONE
from playwright.sync_api import expect

ADMIN = "base.user_admin"
ACTION = "/odoo/action-scrm_settlement.scrm_settlement_{}_action"
#: Floor areas of the month's installations: at 1.25 a m² 64 m² pay 80, 96 m² pay 120.
AREAS = {"wang": (64, 96), "zhang": (64,)}
PAYEE = "wang"
PLAN = {"en_US": "Installers' fees", "zh_CN": "安装师傅结算"}


@pytest.fixture(scope="module")
def month(running):
    """The installations of March are done before anybody settles them.

    The plan begins its work afterwards, and its payees have to sign.
    """
    prepare_month(running)


def prepare_month(running):
    _clock(running, "2026-03-10 02:00:00")
    (plan,) = _admin(
        running,
        "scrm.settlement.plan",
        "search",
        domain=[("key", "=", "installer_plan")],
    )
    signed = {"is_signature_required": True, "active": False}
    _admin(running, "scrm.settlement.plan", "write", ids=[plan], vals=signed)
    for installer, areas in AREAS.items():
        for area in areas:
            _install(running, installer, area)
    _admin(running, "scrm.settlement.plan", "write", ids=[plan], vals={"active": True})
    assert running.sql(RECORDS) == "0|"


RECORDS = "SELECT count(*), sum(amount) FROM scrm_settlement_record"


def _admin(running, model, method, **arguments):
    return running.call(ADMIN, model, method, **arguments)


def _clock(running, at):
    _admin(running, "scrm.clock", "test_set", at=at, stand_still=True)


def _install(running, installer, area):
    """One installation from the order to the end, made by this installer."""
    submitted = running.call(
        "chen",
        "helpdesk.ticket",
        "scrm_submit",
        template="installation",
        values={
            "floor_area": area,
            "device_model": "wall_split",
            "address": "Yuyuan Road 12",
        },
    )
    step = {"ids": [submitted["id"]]}
    running.call("chen", "helpdesk.ticket", "scrm_step_complete", **step)
    login = running.user(installer)["login"]
    # whoever is next in turn: the visit is this installer's
    running.sql(
        f"""
        WITH chosen AS (SELECT id FROM res_users WHERE login = '{login}'),
             step AS (UPDATE scrm_flow_step SET user_id = (SELECT id FROM chosen)
                       WHERE res_id = {submitted["id"]} AND state = 'open')
        UPDATE helpdesk_ticket_scrm_handler_rel
           SET res_users_id = (SELECT id FROM chosen)
         WHERE helpdesk_ticket_id = {submitted["id"]}
        """
    )
    for user in (installer, "chen"):
        running.call(user, "helpdesk.ticket", "scrm_step_complete", **step)


class Desk:
    """An accountant at the backend."""

    def __init__(self, window, user, label):
        self.window, self.page, self.label = window, window.page, label
        window.log_in(user)

    def open(self, action, record=""):
        self.page.goto(ACTION.format(action) + f"/{record}" * bool(record))
        self.page.locator(".o_form_view, .o_list_view").first.wait_for()

    def press(self, name, within=".o_form_statusbar"):
        self.page.locator(f"{within} button[name='{name}']:visible").first.click()

    def dialog(self, inside=""):
        return self.page.locator(f".modal {inside}".strip())

    def leave_dialog(self, button):
        self.press(button, ".modal")
        expect(self.dialog()).to_have_count(0)

    def pick(self, field, text):
        box = self.page.locator(f".o_field_widget[name='{field}'] input").first
        box.click()
        box.fill(text)
        self.page.locator(".o-autocomplete--dropdown-item", has_text=text).click()

    def state(self, value):
        expect(
            self.page.locator(
                f".o_statusbar_status button[data-value='{value}']"
                ".o_arrow_button_current"
            )
        ).to_be_visible()

    def figure(self, name, amount):
        """A field of the form shows this amount."""
        field = self.page.locator(f".o_field_widget[name='{name}']").first
        expect(field).to_contain_text(amount)

    def refused(self, words):
        """The form says why it is not approved, and offers no button for it."""
        why = self.page.locator(".o_field_widget[name='approval_fault']")
        expect(why).to_contain_text(words)
        approve = self.page.locator("button[name='action_approve']:visible")
        expect(approve).to_have_count(0)
        self.shoot("refused")

    def shoot(self, name):
        self.window.shoot(f"accountant_{self.label}_{name}")


class Payee:
    """The installer with the portal on the phone."""

    def __init__(self, window, user, label):
        self.window, self.page, self.label = window, window.page, label
        window.log_in(user)

    def open(self, statement=""):
        self.page.goto(f"/my/settlements/{statement}")

    def shoot(self, name):
        self.window.shoot(f"accountant_{self.label}_portal_{name}")
        assert self.window.fits()


def test_the_accountants_walk(running, month, person):
    """From the preview to the reversal, each step by its button and by who may.

    The author does not approve, the payee signs only when the dispute is answered,
    and what comes out is in the books to the cent: 80 + 120 = 200.
    """
    walk(running, person, "en_US", "zh_CN")


def walk(running, person, lang, payee_lang):
    """The accountants' language is one, the payee's on the phone the other."""
    for user, own in (("zhao", lang), ("sun", lang), (PAYEE, payee_lang)):
        domain = [("login", "=", running.user(user)["login"])]
        found = _admin(running, "res.users", "search", domain=domain)
        _admin(running, "res.users", "write", ids=found, vals={"lang": own})
    author = Desk(person(DESKTOP, lang), running.user("zhao"), lang)
    preview_and_run(author, running, lang)
    statement = prepare_and_confirm(author, running, lang)

    worker = Payee(person(PHONE, payee_lang), running.user(PAYEE), payee_lang)
    dispute(worker, statement)
    approver = Desk(person(DESKTOP, lang), running.user("sun"), lang)
    approver.open("statement", statement)
    approver.refused("1 disputes are open; answer them first.")
    author.open("statement", statement)
    ask_back(author)
    reply(worker, statement)
    resolve(author)
    approver.open("statement", statement)
    approver.refused("has not signed yet")
    sign(worker, statement)
    author.open("statement", statement)
    author.refused("somebody else has to approve it")
    approver.open("statement", statement)
    approver.press("action_approve")
    approver.state("approved")
    approver.shoot("7_approved")
    assert books(running, statement) == "||"
    approver.press("action_post")
    approver.state("posted")
    approver.shoot("8_posted")
    assert books(running, statement) == "posted|200.00|0.00"
    number = running.sql(
        f"SELECT name FROM scrm_settlement_statement WHERE id = {statement}"
    )
    columns = ("record", "due", "bill", "payable")
    tie_out(approver, number, dict.fromkeys(columns, "200.00"))
    approver.shoot("9_tie_out")
    reverse(approver, statement)
    assert books(running, statement) == "posted|0.00|0.00"
    tie_out(approver, number, dict.fromkeys(columns, "0.00"))
    worker.open(statement)
    expect(worker.page.locator("#wrapwrap")).to_contain_text("0.00")
    worker.shoot("6_reversed")
    free = "SELECT count(*), sum(amount) FROM scrm_settlement_record WHERE statement_id"
    assert running.sql(f"{free} IS NULL") == "2|200.00"


def preview_and_run(desk, running, lang):
    """The preview says every figure and stores none; the run stores just these."""
    page = desk.page
    desk.open("run", "new")
    desk.pick("plan_ids", PLAN[lang])
    desk.press("action_preview")
    rows = desk.dialog("[name=rows] tbody tr")
    expect(rows).to_have_count(2)
    shown = {row.split("\t")[0].split()[-1]: row for row in rows.all_inner_texts()}
    assert re.search(r"\b2\s+.*200\.00", shown["Lei"]), shown
    assert re.search(r"\b1\s+.*80\.00", shown["Wei"]), shown
    expect(desk.dialog("[name=record_count]")).to_have_text("3")
    expect(desk.dialog("[name=totals]")).to_contain_text("280.00")
    desk.shoot("1_preview")
    assert running.sql(RECORDS) == "0|"

    desk.leave_dialog("action_start")
    number = running.sql("SELECT max(id) FROM scrm_settlement_run")
    desk.open("run", number)
    desk.state("running")
    _work(running)
    desk.state("done")  # the form follows the run, nobody reloads it
    expect(page.locator(".oe_stat_button [name=created_count]")).to_contain_text("3")
    desk.shoot("2_run")
    assert running.sql(RECORDS) == "3|280.00"


def _work(running):
    """What the scheduler does: work off the parts of the run."""
    (cron,) = _admin(
        running,
        "ir.cron",
        "search",
        domain=[("cron_name", "=", "Settlement: work off the parts of runs")],
    )
    _admin(running, "ir.cron", "method_direct_trigger", ids=[cron])


def prepare_and_confirm(desk, running, lang):
    """Prepare the month for everybody; the id of the payee's confirmed statement."""
    desk.open("statement_prepare")
    desk.pick("plan_id", PLAN[lang])
    desk.shoot("3_prepare")
    desk.leave_dialog("action_prepare")
    rows = desk.page.locator(".o_list_view .o_data_row")
    expect(rows).to_have_count(2)
    desk.shoot("4_statements")
    rows.filter(has_text=running.user(PAYEE)["name"]).locator(
        ".o_data_cell[name=name]"
    ).click()
    desk.state("draft")
    desk.figure("due_amount", "200.00")
    desk.press("action_confirm")
    desk.state("confirmed")
    desk.shoot("5_confirmed")
    return re.search(r"/(\d+)(?:\?|$)", desk.page.url)[1]


def dispute(worker, statement):
    """The payee sees every line, objects to the smaller one, and cannot sign yet."""
    page = worker.page
    worker.open()
    expect(page.locator("main")).to_contain_text("200.00")
    worker.shoot("1_list")
    page.click(f"a[href*='/my/settlements/{statement}']")
    expect(page.locator("#sign canvas")).to_be_visible()
    line = page.locator(".o_scrm_statement_line", has_text="80.00").filter(
        has_not_text="200.00"
    )
    line.locator(".o_scrm_dispute").click()
    line.locator("textarea").fill("It was 100 m² / 是100平方米")
    worker.shoot("2_dispute")
    line.locator("button[type=submit]").click()
    expect(page.locator(".o_scrm_talk")).to_contain_text("是100平方米")
    expect(page.locator("#sign")).to_have_count(0)


def ask_back(desk):
    """From the statement by its button to the only dispute; a question about it."""
    page = desk.page
    desk.press("action_view_disputes", ".o-form-buttonbox")
    row = page.locator(".o_list_view .o_data_row", has_text="是100平方米")
    row.locator("[name=reason]").click()
    desk.state("open")
    page.locator(".o-mail-Chatter-sendMessage").click()
    page.locator(".o-mail-Composer-input").fill("Which room was measured?")
    page.locator(".o-mail-Composer-send").click()
    expect(page.locator(".o-mail-Message").first).to_contain_text("Which room")
    desk.shoot("5a_dispute")


def reply(worker, statement):
    """The payee answers in the same thread, on the portal."""
    worker.open(statement)
    talk = worker.page.locator(".o_scrm_talk")
    expect(talk).to_contain_text("Which room was measured?")
    talk.locator("input[name=message]").fill("The hall.")
    talk.locator("button[type=submit]").click()
    expect(talk).to_contain_text("The hall.")
    worker.shoot("3_talk")


def resolve(desk):
    """The payee's answer is on the page; the accountant's ends the dispute."""
    page = desk.page
    page.reload()
    expect(page.locator(".o-mail-Thread")).to_contain_text("The hall.")
    page.locator(".o_statusbar_buttons button").first.click()
    desk.dialog("[name=answer] textarea").fill("Measured again: 64 m² / 64平方米")
    desk.shoot("5b_answer")
    desk.leave_dialog("action_resolve")
    desk.state("resolved")


def sign(worker, statement):
    """The name drawn on the pad is the signature; the page shows it."""
    page = worker.page
    worker.open(statement)
    expect(page.locator(".o_scrm_talk")).to_contain_text("64平方米")
    pad = page.locator("#sign canvas")
    pad.wait_for()
    button = page.locator("#sign .o_portal_sign_submit")
    expect(button).to_be_enabled()
    worker.shoot("4_sign")
    button.click()
    image = page.locator("img[src^='data:image']")
    image.wait_for()
    expect(page.locator("#sign")).to_have_count(0)
    worker.shoot("5_signed")


def tie_out(desk, statement, amounts):
    """Records, statement, journal and payable agree; the difference is 0.00."""
    desk.open("tie_out")
    row = desk.page.locator(".o_list_view .o_data_row", has_text=statement)
    for name, amount in amounts.items():
        expect(row.locator(f"[name={name}_amount]")).to_contain_text(amount)
    expect(row.locator("[name=difference]")).to_have_text(re.compile(r"^\D*0\.00\D*$"))


def reverse(desk, statement):
    desk.open("statement", statement)
    desk.page.locator(".o_statusbar_buttons button:visible").first.click()
    desk.dialog("[name=reason] input").fill("Wrong account / 科目错误")
    desk.shoot("10_reverse")
    desk.leave_dialog("action_reverse")
    desk.state("reversed")
    desk.shoot("11_reversed")


def books(running, statement):
    """State of the bill, what it and its reversal come to, and their imbalance."""
    return running.sql(
        f"""
        SELECT min(move.state),
               round(-sum(line.amount_currency) FILTER
                     (WHERE line.display_type = 'payment_term'), 2),
               round(sum(line.balance), 2)
          FROM account_move move JOIN account_move_line line ON line.move_id = move.id
         WHERE move.scrm_statement_id = {statement}
            OR move.id = (SELECT reversal_move_id FROM scrm_settlement_statement
                           WHERE id = {statement})
        """
    )
