"""Timers, migrations, payments and notices, and what a crash leaves of them.

Run by `test_crash.py` in a process of its own: `crash_world.py COMMAND DB N`, with one
of the commands at the end of this file.
"""

import itertools
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import odoo.init  # noqa: E402, F401
from odoo import SUPERUSER_ID, api  # noqa: E402
from odoo.fields import Command, Date, Datetime  # noqa: E402
from odoo.modules.registry import Registry  # noqa: E402
from odoo.tools import config  # noqa: E402

from scripts import odoo_config, postgres  # noqa: E402

#: How statements are posted, and as what.
POSTED_AS = {
    "vendor_bill": "in_invoice",
    "journal_entry": "entry",
    "customer_invoice": "out_invoice",
}


def prepare(env, count):
    """Let this many tickets wait at a timer; its task after that is Mitchell's."""
    wait = {"key": "wait", "type": "timer", "timer_hours": 1000.0}
    _let_run(env, "crash", [_in_stage(env, "awaiting", wait), _task(env)], count)


def migrate(env, count):
    """Let this many tickets stand at a task, and begin to migrate them.

    The next version calls the task by another key, has it in another stage, and asks
    for something else after it.
    """
    version = _let_run(env, "moving", [_task(env)], count)
    draft = version._copy_as_draft()
    task = draft.node_ids.filtered(lambda node: node.key == "work")
    task.write(_in_stage(env, "awaiting", {"key": "visit", "name": "visit"}))
    plan = env["scrm.flow.migration"].create({"version_id": draft.id})
    line = plan.line_ids.filtered(lambda row: row.node_id.key == "work")
    line.write({"target_id": task.id, "how": "carry"})
    plan.action_preview()
    plan.action_start()
    assert (plan.state, plan.ready_count) == ("running", count)


def tell(env, count):
    """Let this many tickets reach a task of which three channels are to tell."""
    channels = env["scrm.notice.channel"].create(
        [
            {"key": kind, "name": kind, "kind": kind, "secret": "SECsecret"}
            for kind in ("wecom_robot", "webhook")
        ]
    )
    env.ref("base.user_admin").email = "admin@example.com"
    env["ir.mail_server"].create({"name": "Crash", "smtp_host": "127.0.0.1"})
    env["scrm.notice.rule"].create(
        {
            "key": "crash",
            "name": "Crash",
            "model_id": env["ir.model"]._get_id("helpdesk.ticket"),
            "event": "reached",
            "node_keys": "work",
            "to_handlers": True,
            "channel_ids": [
                Command.set((channels + env.ref("scrm_flow.notice_channel_email")).ids)
            ],
            "subject": "{{ number }}",
            "body": "{{ number }}",
        }
    )
    _let_run(env, "telling", [_task(env)], count)


def _in_stage(env, stage, values):
    """Values of a node, with the stage of its tickets."""
    stage_id = env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{stage}").id
    return {**values, "ticket_stage_id": stage_id}


def _task(env):
    admin = env.ref("base.user_admin")
    values = {"key": "work", "type": "user_task", "handler_rule": "people"}
    values["handler_user_ids"] = [Command.set(admin.ids)]
    return _in_stage(env, "in_progress", values)


def _let_run(env, key, middle, count):
    """Publish a flow of nodes in a row, and start it on new tickets.

    :return: the published version
    """
    flow = env["scrm.flow"].create(
        {
            "key": key,
            "name": key,
            "model_id": env["ir.model"]._get_id("helpdesk.ticket"),
        }
    )
    version = env["scrm.flow.version"].create({"flow_id": flow.id})
    row = [
        {"key": "start", "type": "start"},
        *middle,
        _in_stage(env, "done", {"key": "end", "type": "end"}),
    ]
    nodes = env["scrm.flow.node"].create(
        [
            {"version_id": version.id, "rank": rank, "name": values["key"], **values}
            for rank, values in enumerate(row)
        ]
    )
    env["scrm.flow.transition"].create(
        [
            {
                "version_id": version.id,
                "key": f"to_{target.key}",
                "source_id": source.id,
                "target_id": target.id,
            }
            for source, target in zip(nodes, nodes[1:], strict=False)
        ]
    )
    version.action_publish()
    template = env["scrm.ticket.template"].create(
        {"key": key, "name": key, "flow_id": flow.id}
    )
    tickets = env["helpdesk.ticket"].with_context(tracking_disable=True)
    tickets.create([{"template_id": template.id} for _number in range(count)])
    return version


def verify(env, count):
    """Every run has moved exactly once, wholly, and its log is intact."""
    runs = env["scrm.flow.run"].search([("flow_id.key", "=", "crash")])
    assert len(runs) == count, len(runs)
    log = env["scrm.flow.log"]
    for run in runs:
        assert log.verify(run) is None, (run, log.verify(run))
        events = run.log_ids.sorted("sequence").mapped("event")
        assert events.count("complete") == 1, (run, events)
        states = run.step_ids.sorted("id").mapped(lambda s: (s.node_key, s.state))
        assert states == [("wait", "done"), ("work", "open")], (run, states)
        ticket = run._record()
        assert ticket.scrm_node_key == "work", (ticket, ticket.scrm_node_key)
        assert ticket.stage_id.name == "In Progress", (ticket, ticket.stage_id.name)
        assert ticket.user_id == ticket.scrm_handler_ids == run.step_ids[-1].user_id


def verify_migrated(env, count):
    """Every run was migrated exactly once, wholly, and its log is intact."""
    runs = env["scrm.flow.run"].search([("flow_id.key", "=", "moving")])
    assert len(runs) == count, len(runs)
    assert set(runs.version_id.mapped("number")) == {2}, runs.version_id
    log = env["scrm.flow.log"]
    for run in runs:
        assert log.verify(run) is None, (run, log.verify(run))
        events = run.log_ids.mapped("event")
        assert events.count("migrate") == 1, (run, events)
        assert len(run.step_ids) == 1, (run, run.step_ids)
        assert run.step_ids.state == "open", (run, run.step_ids.state)
        ticket = run._record()
        assert ticket.scrm_node_key == run.step_ids.node_key == "visit", ticket
        assert ticket.stage_id.name == "Awaiting", (ticket, ticket.stage_id.name)
    plan = env["scrm.flow.migration"].search([("version_id", "=", runs.version_id.id)])
    assert (plan.state, plan.done_count) == ("done", count), plan.state


def owe(env, count):
    """A plan of each kind of posting, and facts of some payees, settled by nobody.

    :param int count: statements in the end: a payee has one of each plan
    """
    env["account.chart.template"].try_loading(
        "generic_coa", company=env.company, install_demo=False
    )
    product = env["product.product"].create({"name": "Fee", "type": "service"})
    rule = {"key": "all", "name": "All", "formula": "fixed", "amount": 10.01}
    component = {
        "key": "fee",
        "name": "Fee",
        "product_id": product.id,
        "rule_ids": [Command.create(rule)],
    }
    version = {
        "valid_from": "2020-01-01",
        "component_ids": [Command.create(component)],
    }
    payroll = env["account.journal"].create(
        {"name": "Payroll", "code": "WAGE", "type": "general"}
    )
    wages = env["account.account"].create(
        {
            "code": "230001",
            "name": "Wages Payable",
            "account_type": "liability_current",
            "reconcile": True,
        }
    )
    entry = {"journal_id": payroll.id, "wages_account_id": wages.id}
    env["scrm.settlement.plan"].create(
        [
            {
                "key": f"crash_{kind}",
                "name": f"Crash {kind}",
                "payee_node_key": "visit",
                "posting": kind,
                "version_ids": [Command.create(version)],
                **(entry if kind == "journal_entry" else {}),
            }
            for kind in POSTED_AS
        ]
    )
    partners = env["res.partner"].create(
        [{"name": f"Payee {number}"} for number in range(count // len(POSTED_AS))]
    )
    for number, partner in enumerate(partners):
        env["scrm.settlement.fact"]._freeze(
            {
                "source_model": "helpdesk.ticket",
                "source_id": 0,
                "source_key": f"crash:{number}",
                "source_name": f"Crash {number}",
                "template_key": None,
                "event": "ticket_done",
                "basis_date": Date.to_date("2026-01-05"),
                "occurred_at": Datetime.to_datetime("2026-01-05 04:00:00"),
                "inputs": {},
                "people": {"visit": partner.id},
                "company_id": env.company.id,
            }
        )


def pay(env, _count):
    """Settle, state and post, a payee at a time, each step in a transaction.

    Whoever comes after a crash does the same from the beginning.
    """
    plans = env["scrm.settlement.plan"].search([("key", "like", "crash_%")])
    statements = env["scrm.settlement.statement"]
    for payee, plan in itertools.product(plans[0]._fact_payees(), plans):
        list(plan._settle_all_facts(payees=[payee]))
        env.cr.commit()
        own = [("payee_id", "=", payee), ("plan_id", "=", plan.id)]
        mine = statements.search(own)
        mine = mine or statements.prepare(plan.key, "2026-01", payee=payee)
        env.cr.commit()
        if mine.state == "draft":
            mine.action_confirm()
            env.cr.commit()
        if mine.state == "confirmed":
            mine._step({"author_ids": [Command.clear()]})
            mine.action_approve()
            env.cr.commit()
        if mine.state == "approved":
            mine.action_post()
            env.cr.commit()


def verify_paid(env, count):
    """Each fact has one record of each plan, each of these one statement and bill."""
    plans = env["scrm.settlement.plan"].search([("key", "like", "crash_%")])
    records = env["scrm.settlement.record"].search([("plan_id", "in", plans.ids)])
    assert len(records) == count, len(records)
    assert len(records.fact_id) == count // len(POSTED_AS), len(records.fact_id)
    assert len(records.statement_id) == count, len(records.statement_id)
    assert records.verify()
    bills = env["account.move"].search(
        [("scrm_statement_id", "in", records.statement_id.ids)]
    )
    assert len(bills) == count, len(bills)
    assert set(bills.mapped("state")) == {"posted"}
    assert set(bills.mapped("amount_total")) == {10.01}
    for plan in plans:
        entries = records.filtered(lambda one, p=plan: one.plan_id == p)
        types = set(entries.statement_id.move_id.mapped("move_type"))
        assert types == {POSTED_AS[plan.posting]}, (plan.posting, types)
    rows = env["scrm.settlement.tie.out"].search([("plan_id", "in", plans.ids)])
    assert len(rows) == count, len(rows)
    assert not any(rows.mapped("difference")), rows.mapped("difference")


def tie_out_view(env, _count):
    """The tie-out report as a view, for those who look in from outside."""
    query = env["scrm.settlement.tie.out"]._table_query
    text = env.cr.mogrify(query.code, query.params).decode()
    env.cr.execute("CREATE VIEW scrm_settlement_tie_out_now AS " + text)


COMMANDS = {
    "owe": owe,
    "tie_out_view": tie_out_view,
    "pay": pay,
    "verify_paid": verify_paid,
    "prepare": prepare,
    "verify": verify,
    "migrate": migrate,
    "verify_migrated": verify_migrated,
    "tell": tell,
}


def main(command, database, count):
    os.environ.update(odoo_config.environment(postgres.CRASH))
    config.parse_config(["--no-http", "--log-level=warn"], setup_logging=True)
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
        COMMANDS[command](env, int(count))


if __name__ == "__main__":
    main(*sys.argv[1:])
