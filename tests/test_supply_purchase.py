"""Purchases on the page of a ticket's supply, where Odoo's purchases are installed."""

from test_sample_addon import odoo_with

from scripts import database, odoo_log

NAME = "scrm_root_purchase"


def test_purchases_on_the_supply_page():
    """Our addons do not depend on purchases: the page shows them where they are.

    Covers in part: V08
    """
    database.copy_template("scrm_ticket", NAME)
    log = odoo_with(
        NAME,
        *("-d", NAME, "-i", "scrm_purchase_sample"),
        *("--test-tags=/scrm_purchase_sample", "--stop-after-init"),
        *("--no-http", "--max-cron-threads=0"),
        log="install",
    )
    assert odoo_log.problems(log) == []
    assert "0 failed, 0 error(s) of 1 tests" in log.read_text()
    database.drop_copy(NAME)
