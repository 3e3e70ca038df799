import json

from lxml import etree

#: Elements of the ticket's form by what hides them.
HIDDEN_BY = (
    "not id or not scrm_compensation_option_ids",
    "scrm_compensation_words",
    "not scrm_compensation_words",
    "not scrm_purchases_first or not scrm_purchases_html",
    "scrm_purchases_first or not scrm_purchases_html",
)


def migrate(cr, version):
    """What hangs on fields that only colleagues have now is for colleagues, too.

    Views are read one file after the other, and the first of them is checked together
    with those that still stand as they were.
    """
    cr.execute(
        """SELECT id, arch_db FROM ir_ui_view
            WHERE model = 'helpdesk.ticket' AND arch_db::text ~ %s""",
        ("scrm_(compensation_(option_ids|words)|purchases_html)",),
    )
    for view_id, archs in cr.fetchall():
        kept = {lang: for_colleagues(arch) for lang, arch in archs.items()}
        cr.execute(
            "UPDATE ir_ui_view SET arch_db = %s WHERE id = %s",
            (json.dumps(kept), view_id),
        )


def for_colleagues(arch):
    tree = etree.fromstring(arch)
    for element in tree.iter(etree.Element):
        if element.get("invisible") in HIDDEN_BY:
            element.set("groups", "base.group_user")
    return etree.tostring(tree, encoding="unicode")
