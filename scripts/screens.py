"""What ``make shots`` takes pictures of; `shots` says how.

Most screens are those of the first pack; some need what only another one has.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .shot_business import PACK, REGION, device, draft, flow, sql, template

DESKTOP = (1400, 1000)
PHONE = (390, 844)
BOTH = (DESKTOP, PHONE)
#: Picture -> the one that the browser test of drawing takes, and what it shows.
SERIES = {
    "series_1_form": ("form_designer_2_built", "A form is built by dragging"),
    "series_2_preview": (
        "form_designer_3_preview_phone",
        "Looked at as customers will see it",
    ),
    "series_3_empty": ("designer_1_empty", "An empty sheet"),
    "series_3_drawn": ("designer_3_sound", "The flow, drawn and sound"),
    "series_4_tried_out": ("designer_3_tried_out", "Tried out, with its path lit"),
    "series_5_published": ("designer_4_published", "Published, it never changes"),
    "series_6_done": ("designer_5_ticket_done", "A ticket has gone through it"),
}
SERIES_TESTS = (
    "tests/test_form_designer.py::test_a_form_built_by_hand_in_five_minutes",
    "tests/test_designer.py::test_a_flow_drawn_with_the_mouse_runs",
)


@dataclass(frozen=True)
class Screen:
    """One page, seen at one width or two.

    :param name: file name without ending; that of a phone ends in ``_phone``
    :param title: what it shows, for people
    :param user: key of a user of the pack, ``admin``, or empty for the public
    :param path: address of the page, or a function that finds it
    :param prepare: what to do on the page first
    :param sizes: widths and heights in pixels
    :param pack: the business that is looked at
    """

    name: str
    title: str
    user: str
    path: str | Callable[[], str]
    prepare: Callable | None = None
    sizes: tuple[tuple[int, int], ...] = BOTH
    pack: str = PACK

    @property
    def pictures(self) -> dict[str, tuple[int, int]]:
        """Name of a picture -> its size."""
        return {self.name + "_phone" * (size == PHONE): size for size in self.sizes}


# --------------------------------------------------------------- finding pages


def _ticket(condition: str) -> str:
    return sql(
        "SELECT t.id FROM helpdesk_ticket t JOIN res_partner p ON p.id = t.partner_id"
        f" WHERE {condition} ORDER BY t.id DESC LIMIT 1"
    )


def _ticket_form(condition: str) -> Callable[[], str]:
    return lambda: f"/odoo/scrm-tickets/{_ticket(condition)}"


def _ticket_page(condition: str) -> Callable[[], str]:
    return lambda: f"/my/ticket/{_ticket(condition)}"


def _newest(table: str, action: str, condition: str = "true") -> Callable[[], str]:
    def find() -> str:
        row = sql(f"SELECT id FROM {table} WHERE {condition} ORDER BY id DESC LIMIT 1")
        return f"/odoo/{action}/{row}"

    return find


def _designer() -> str:
    return f"/odoo/scrm-designer/{flow()[1]}"


def _draft_designer() -> str:
    return f"/odoo/scrm-designer/{draft()}"


def _flow_version() -> str:
    number, version = flow()
    return f"/odoo/scrm-flows/{number}/m-scrm.flow.version/{version}"


def _form_designer() -> str:
    return f"/odoo/scrm-form-designer/{template()}"


def _linked_lead() -> str:
    lead = sql(
        "SELECT lead_id FROM scrm_match WHERE state = 'linked' GROUP BY lead_id"
        " ORDER BY count(*) DESC, lead_id LIMIT 1"
    )
    return f"/odoo/crm/{lead}"


def _sticker() -> str:
    return "/scrm/d/" + sql(
        f"SELECT scrm_label_token FROM stock_lot WHERE id = {device()}"
    )


def _statement_page() -> str:
    return "/my/settlements/" + sql(
        "SELECT id FROM scrm_settlement_statement ORDER BY id LIMIT 1"
    )


# ------------------------------------------------------------- on the page first


def _fill_in(page) -> None:
    page.fill("[name='field.floor_area']", "82")
    page.select_option("[name='field.device_model']", "floor_standing")
    page.fill("[name='field.address']", "Fahua Road 3")
    page.fill("[name='field.notes']", "Lift on the left; at home from 2 p.m.")


def _click(*selectors: str) -> Callable:
    def prepare(page) -> None:
        for selector in selectors:
            page.locator(selector).first.click()

    return prepare


def _page(name: str) -> Callable:
    """Open a page of the form, and bring it into sight."""

    def prepare(page) -> None:
        tab = page.locator(f".o_notebook .nav-link[name={name}]").first
        tab.click()
        tab.evaluate("tab => tab.scrollIntoView()")

    return prepare


def _compare(page) -> None:
    page.get_by_role("button", name="Compare").click()
    page.locator(".o-dropdown--menu .o-dropdown-item").first.click()
    page.wait_for_selector(".o_scrm_node.o_scrm_added")


def _try_out(page) -> None:
    if not page.locator(".o_scrm_try_out").first.is_visible():
        page.click("button.o-control-panel-adaptive-dropdown")  # on a phone
    page.click(".o_scrm_try_out:visible")
    page.click(".o_scrm_sandbox_panel button[name=action_take]")
    page.wait_for_selector(".o_scrm_node[data-node-key=confirm].o_scrm_done")


def _of_a_region(page) -> None:
    page.locator(".o_scrm_fd_variant").select_option(label=REGION)


def _at_appointment(page) -> None:
    """Whatever its state, in the week it is in."""
    start = sql("SELECT start::date FROM scrm_appointment ORDER BY id DESC LIMIT 1")
    page.clock.set_fixed_time(f"{start}T09:00:00")
    page.reload()
    page.locator(".o_facet_remove").first.click()
    page.wait_for_selector(".fc-event")


# ------------------------------------------------------------------- the screens

_OF_BAMBOO = "p.name LIKE '%Bamboo%' AND t.scrm_node_key IS NOT NULL"
_OF_LOTUS = "p.name LIKE '%Lotus%' AND t.scrm_node_key IS NOT NULL"
_ON_SITE = "t.scrm_node_key = 'visit'"

SCREENS = (
    Screen(
        "service_map",
        "Service map: what waits, is late, was done today, node by node",
        "chen",
        "/odoo/scrm-map",
    ),
    Screen(
        "bottleneck",
        "Bottleneck: where the time goes, and the worst node",
        "admin",
        "/odoo/scrm-map",
        _click(".o_scrm_map_times"),
    ),
    Screen(
        "progress_board",
        "Progress board: a card moves when somebody completes its step",
        "chen",
        "/odoo/scrm-progress",
    ),
    Screen(
        "three_colours",
        "Three-colour board with live counts",
        "chen",
        "/odoo/scrm-board",
    ),
    Screen(
        "funnel",
        "Funnel: the share of each node in the whole time",
        "admin",
        "/odoo/scrm-funnel",
    ),
    Screen(
        "conversion",
        "Response time and conversion rate of each node, month by month",
        "admin",
        "/odoo/scrm-conversion",
    ),
    Screen(
        "travelled",
        "The way a ticket took, and where it is now",
        "chen",
        _ticket_form(_ON_SITE),
        _click(".o_scrm_flow_bar_open"),
    ),
    Screen("steps", "My steps", "chen", "/odoo/scrm-steps"),
    Screen(
        "designer",
        "Flow designer with the settings of a node",
        "admin",
        _designer,
        _click(".o_scrm_node[data-node-key=visit]"),
    ),
    Screen(
        "designer_draft", "A draft, with what can be drawn", "admin", _draft_designer
    ),
    Screen(
        "designer_compare",
        "Two versions compared",
        "admin",
        _draft_designer,
        _compare,
    ),
    Screen(
        "sandbox",
        "A draft is tried out beside its drawing",
        "admin",
        _draft_designer,
        _try_out,
    ),
    Screen("flow", "The same flow as a table", "admin", _flow_version),
    Screen(
        "form_designer",
        "Form designer with the settings of a field",
        "admin",
        _form_designer,
        _click(".o_scrm_fd_line"),
    ),
    Screen(
        "form_variant",
        "What one region asks for besides",
        "admin",
        _form_designer,
        _of_a_region,
    ),
    Screen(
        "form_rights",
        "Rights on each field: node by node, role by role",
        "admin",
        _form_designer,
        _click("[data-tab=rights]"),
    ),
    Screen(
        "form_preview",
        "Preview of the form",
        "admin",
        _form_designer,
        _click("[data-tab=preview]"),
    ),
    Screen(
        "start",
        "Start wizard: five questions",
        "admin",
        "/odoo/action-scrm_ticket.scrm_start_action",
        _click(".modal .o_field_radio input"),
    ),
    Screen(
        "notices",
        "Who is told what, when and how",
        "admin",
        "/odoo/scrm-notice-rules",
    ),
    Screen(
        "ticket",
        "A ticket with its flow",
        "chen",
        _ticket_form(_OF_BAMBOO),
    ),
    Screen(
        "ticket_zh",
        "The same in Chinese",
        "wang",
        _ticket_form(_ON_SITE),
        sizes=(DESKTOP,),
    ),
    Screen(
        "portal_form",
        "A customer books on the portal",
        "bamboo_login",
        "/my/scrm/new/installation",
        _fill_in,
    ),
    Screen(
        "portal_ticket",
        "The customer follows the ticket",
        "bamboo_login",
        _ticket_page(_OF_BAMBOO),
    ),
    Screen(
        "portal_ticket_zh",
        "The same in Chinese",
        "lotus_login",
        _ticket_page(_OF_LOTUS),
        sizes=(PHONE,),
    ),
    Screen(
        "public_form",
        "The form for everybody, without login",
        "",
        "/scrm/new/installation",
    ),
    Screen("work", "The engineer's page", "wang", "/scrm/work"),
    Screen(
        "time_line",
        "The customer's time line on a ticket",
        "chen",
        _ticket_form(_OF_BAMBOO),
        _page("scrm_portrait"),
    ),
    Screen(
        "matches",
        "Opportunities that match a ticket, with reasons",
        "he",
        _ticket_form("t.id IN (SELECT ticket_id FROM scrm_match)"),
        _page("opportunities"),
    ),
    Screen(
        "opportunity",
        "The opportunity the tickets belong to",
        "he",
        _linked_lead,
        _page("scrm_tickets"),
    ),
    Screen(
        "quotation",
        "The price and why, before the quotation is sent",
        "admin",
        _ticket_form(_OF_BAMBOO),
        _page("prices"),
    ),
    Screen(
        "plan",
        "A settlement plan",
        "zhao",
        _newest(
            "scrm_settlement_plan",
            "action-scrm_settlement.scrm_settlement_plan_action",
        ),
    ),
    Screen(
        "statement",
        "What an installer is paid, and why",
        "zhao",
        _newest(
            "scrm_settlement_statement",
            "action-scrm_settlement.scrm_settlement_statement_action",
        ),
    ),
    Screen("statement_portal", "A statement on the portal", "zhang", _statement_page),
    Screen(
        "vendor_bill",
        "The bill that pays it",
        "sun",
        _newest(
            "account_move",
            "action-account.action_move_in_invoice_type",
            "move_type = 'in_invoice'",
        ),
        sizes=(DESKTOP,),
    ),
    Screen(
        "payouts",
        "What is ordered from the payout provider",
        "sun",
        "/odoo/scrm-payouts",
        pack="partner_settlement",
    ),
    Screen(
        "care_plan",
        "A care plan: customers are thought of again",
        "admin",
        _newest("scrm_care_plan", "action-scrm_ticket.scrm_care_plan_action"),
    ),
    Screen(
        "device",
        "A device with its warranty and care",
        "admin",
        lambda: f"/odoo/scrm-devices/{device()}",
        pack="car_service",
    ),
    Screen(
        "sticker",
        "What the sticker on a device leads to: the form, with the device filled in",
        "fang_login",
        _sticker,
        _click("a[href*='/my/scrm/new/car_repair']"),
        pack="car_service",
    ),
    Screen(
        "appointments",
        "Appointments of the technicians",
        "admin",
        "/odoo/scrm-appointments",
        _at_appointment,
        pack="car_service",
    ),
    Screen(
        "response",
        "Response times: how long each node took",
        "admin",
        "/odoo/scrm-step-times",
        sizes=(DESKTOP,),
        pack="medical_device_supply",
    ),
    Screen(
        "stuck",
        "Where it is stuck, and with whom",
        "admin",
        "/odoo/scrm-stuck",
        pack="online_returns",
    ),
)
