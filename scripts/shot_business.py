"""The business that ``make shots`` takes pictures of: a pack, played, and some more."""

from __future__ import annotations

import json
import os
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import database, postgres, scenario, server
from .progress import Fault

DATABASE = f"scrm_shots_{os.getpid()}"
PACK = scenario.DEFAULT_PACK.stem
REGION = "Shenzhen"
#: Pack -> which of its scenarios are played, in order: options of the command.
PLAYED = {
    PACK: (("--only", "booking_to_bill"), ("--demo",)),
    "car_service": (("--only", "maintenance_visit"),),
    "partner_settlement": (("--only", "rules"), ("--only", "payout")),
    "medical_device_supply": ((),),
    "online_returns": (("--only", "after_sales_days"),),
}


@contextmanager
def business(pack: str) -> Iterator[str]:
    """Import a pack, play it and serve it; its address."""
    database.copy_template(database.ALL, DATABASE)
    file = file_of(pack)
    try:
        with tempfile.TemporaryDirectory() as folder:
            keys = Path(folder) / "keys.json"
            scenario.prepare(postgres.TEST, DATABASE, file, keys)
            with server.Server(DATABASE, env={"SCRM_TEST_CLOCK": "1"}) as running:
                for options in PLAYED[pack]:
                    if scenario.play(postgres.TEST, running.url, file, keys, *options):
                        raise Fault(f"{pack} does not play: no pictures")
                for more in MORE.get(pack, ()):
                    model, method, arguments = more()
                    _call(running.url, keys, model, method, arguments)
                yield running.url
    finally:
        database.drop_copy(DATABASE)


def file_of(pack: str) -> Path:
    """The file of a pack."""
    return scenario.DEFAULT_PACK.with_name(f"{pack}.json")


def _call(url: str, keys: Path, model: str, method: str, arguments: dict) -> None:
    """Call a method through the API as the administrator."""
    key = json.loads(keys.read_text())["users"]["base.user_admin"]["key"]
    request = urllib.request.Request(
        f"{url}/json/2/{model}/{method}",
        json.dumps(arguments).encode(),
        {
            "Authorization": f"Bearer {key}",
            "X-Odoo-Database": DATABASE,
            "Content-Type": "application/json",
        },
    )
    try:
        urllib.request.urlopen(request).close()
    except urllib.error.HTTPError as error:
        message = json.loads(error.read())["message"]
        raise Fault(f"{model}.{method}: {message}") from error


# ---------------------------------------------------------------- what is in it


def sql(statement: str) -> str:
    """The first line of what is found.

    :raise Fault: nothing is found
    """
    found = postgres.TEST.sql(statement, DATABASE)
    if not found:
        raise Fault(f"nothing to take a picture of: {' '.join(statement.split())}")
    return found.splitlines()[0]


def flow() -> list[str]:
    """Ids of the first flow and of its published version."""
    return sql(
        "SELECT id, published_version_id FROM scrm_flow"
        " WHERE published_version_id IS NOT NULL ORDER BY id LIMIT 1"
    ).split("|")


def draft() -> int:
    """The first draft of a flow."""
    return int(sql("SELECT id FROM scrm_flow_version WHERE state = 'draft' LIMIT 1"))


def template() -> int:
    """The first ticket template."""
    return int(sql("SELECT id FROM scrm_ticket_template ORDER BY id LIMIT 1"))


def device() -> int:
    """The newest device."""
    return int(sql("SELECT id FROM stock_lot ORDER BY id DESC LIMIT 1"))


# ------------------------------------------------- what no pack brings along


def _to_everybody() -> tuple[str, str, dict]:
    """The form is open to the public."""
    vals = {"public_published": True}
    return "scrm.ticket.template", "write", {"ids": [template()], "vals": vals}


def _new_draft() -> tuple[str, str, dict]:
    version = int(flow()[1])
    return "scrm.flow.version", "design_new_draft", {"ids": [version]}


def _drawn() -> tuple[str, str, dict]:
    """The draft asks for a photo before the acceptance, and has one name changed."""
    node = {"key": "photo", "type": "user_task", "name": "Photo of the work"}
    ways = (("consume", "photo"), ("photo", "acceptance"))
    operations = [
        {"op": "rename", "key": "visit", "name": "Install at the customer's"},
        {"op": "remove", "nodes": [], "transitions": ["taken"]},
        {"op": "add_node", "x": 900, "y": 260, **node},
        *(
            {"op": "add_transition", "key": f"{a}_{b}", "source": a, "target": b}
            for a, b in ways
        ),
    ]
    found = sql(f"SELECT revision FROM scrm_flow_version WHERE id = {draft()}")
    arguments = {"revision": int(found), "operations": operations}
    return "scrm.flow.version", "design_apply", {"ids": [draft()], **arguments}


def _field() -> tuple[str, str, dict]:
    vals = {"key": "permit", "name": "Permit of the building", "type": "text"}
    return "scrm.form.field", "create", {"vals_list": [vals]}


def _variant() -> tuple[str, str, dict]:
    field = int(sql("SELECT id FROM scrm_form_field WHERE key = 'permit'"))
    line = {"template_id": template(), "field_id": field, "required": True}
    vals = {"template_id": template(), "regions": REGION}
    vals["line_ids"] = [(0, 0, line)]
    return "scrm.ticket.template.variant", "create", {"vals_list": [vals]}


def _care() -> tuple[str, str, dict]:
    product = int(sql("SELECT id FROM product_product ORDER BY id DESC LIMIT 1"))
    vals = {
        "key": "first_year",
        "name": "Filters half a year after a purchase",
        "template_id": template(),
        "kind": "purchase",
        "offset_days": 180,
        "product_ids": [(4, product)],
    }
    return "scrm.care.plan", "create", {"vals_list": [vals]}


def _stickers() -> tuple[str, str, dict]:
    return "stock.lot", "action_scrm_print_label", {"ids": [device()]}


def _days_later() -> tuple[str, str, dict]:
    """Questions that nobody has answered are late by then."""
    now = sql("SELECT max(started_at) + interval '3 days' FROM scrm_flow_run")
    return "scrm.clock", "test_set", {"at": now[:19], "stand_still": True}


#: Pack -> calls of the API that are made after its scenarios.
MORE = {
    "car_service": (_stickers,),
    "online_returns": (_days_later,),
    PACK: (_to_everybody, _new_draft, _drawn, _field, _variant, _care),
}
