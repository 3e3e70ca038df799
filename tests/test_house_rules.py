"""Rules that no linter knows; what they are about shows late, or in the dark."""

import ast

from scripts import house_rules

HOOK = """
class Ticket(models.Model):
    _inherit = "helpdesk.ticket"

    def _scrm_offer(self):
        return {}
"""


def complaints(*addons):
    methods = {}
    for addon, hook in addons:
        name = f"{addon}/models/helpdesk_ticket.py"
        for model, method in house_rules.extensions(name, ast.parse(hook)):
            methods.setdefault((model, method.name), []).append(method)
    return list(house_rules.twin_methods(methods))


def test_one_name_in_two_addons():
    """Beside each other one silences the other; above each other they add up."""
    (complaint,) = complaints(
        ("scrm_settlement", HOOK),
        ("scrm_opportunity", HOOK.replace("{}", "super()._scrm_offer()")),
    )
    assert complaint.startswith("scrm_settlement/models/helpdesk_ticket.py:5")
    assert "scrm_opportunity" in complaint
    above = HOOK.replace("{}", "super()._scrm_offer()")
    assert not complaints(("scrm_ticket", HOOK), ("scrm_settlement", above))
    assert complaints(("scrm_ticket", HOOK), ("scrm_settlement", HOOK))


def test_too_long():
    """Pages of the backend as well as programs; what a machine wrote is no page."""
    for name in ("a/models/a.py", "a/static/a.js", "a/views/a_views.xml"):
        assert not list(house_rules.too_long(name, "x\n" * 500)), name
        assert list(house_rules.too_long(name, "x\n" * 501)), name
    for name in ("a/i18n/zh_CN.po", "data/a.json", "tests/bpmn/a.bpmn"):
        assert not list(house_rules.too_long(name, "x\n" * 501)), name


def test_an_alert_nobody_hears():
    """Odoo warns of it while it installs, which is half an hour later."""
    box = '<div t-if="a > 1"\n  class="alert alert-warning p-2"'
    assert list(house_rules.silent_alerts("a/views/a.xml", f"<form>\n{box}>"))
    for role in ("status", "alert", "alertdialog"):
        heard = f'{box} role="{role}">'
        assert not list(house_rules.silent_alerts("a/views/a.xml", heard)), role
    assert list(house_rules.silent_alerts("a.xml", f'{box} role="note"/>'))
    assert not list(house_rules.silent_alerts("a.xml", '<a class="alert-link">'))
    assert not list(house_rules.silent_alerts("a.js", f"{box}>"))


def test_unknown_names():
    """A template of the client that calls what it does not know is found."""
    for code in (
        '<p t-if="Boolean(props.value)"/>',
        "<p\n  t-att-max='props.least + Number(state.text)'/>",
        '<p t-out="JSON.stringify(row)"/>',
    ):
        assert list(house_rules.unknown_names("a/static/src/a.xml", code)), code
        assert not list(house_rules.unknown_names("a/views/a.xml", code)), code
    for code in (
        '<p t-if="isBoolean(props.value)"/>',
        '<p t-out="field.String(1)"/>',
        "<p t-if=\"type === 'Number(s)'\"/>",
        "<p>Number(s) of the order</p>",
    ):
        assert not list(house_rules.unknown_names("a/static/src/a.xml", code)), code


def test_a_screen_without_address():
    """What a menu opens has an address of its own that is the same everywhere."""
    action = (
        '<odoo><record id="a" model="ir.actions.act_window">{}</record>'
        "<menuitem id='m' action='{}'/></odoo>"
    )
    view = "scrm_flow/views/a.xml"
    bare = list(house_rules.nameless_screens({view: action.format("", "a")}))
    assert bare == [f"{view}:1: scrm_flow.a is in a menu and has no path"]
    menu = "scrm_ticket/views/menus.xml"
    other = {
        view: action.format("", ""),
        menu: "<odoo><menuitem action='scrm_flow.a'/></odoo>",
    }
    assert list(house_rules.nameless_screens(other)) == bare
    for fine in (
        action.format('<field name="path">scrm-a</field>', "a"),
        action.format('<field name="target">new</field>', "a"),
        action.format("", "b"),
    ):
        assert not list(house_rules.nameless_screens({view: fine})), fine


def test_a_colour_of_its_own():
    """What is not a variable is as bright in the dark, unless it says why it may."""
    for line in (
        "color: white;",
        "background: #fff;",
        "border: 1px solid #A0B1C2;",
        "box-shadow: 0 0 4px rgba(0, 0, 0, 0.2);",
    ):
        assert list(house_rules.bare_colours("a.scss", line)), line
        assert not list(house_rules.bare_colours("a.scss", f"{line} // as on paper"))
    for line in (
        "color: $white;",
        "background: #{rgba($gray-500, 0.35)};",
        "fill: mix($o-danger, $o-view-background-color, 15%);",
        "white-space: nowrap;",
        "a[href='#add'] {",
    ):
        assert not list(house_rules.bare_colours("a.scss", line)), line
