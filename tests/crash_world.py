"""Tickets that wait for timers, and what is left of them after a crash.

Run by `test_crash.py` in a process of its own: `crash_world.py prepare|verify DB N`.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import odoo.init  # noqa: E402, F401
from odoo import SUPERUSER_ID, api  # noqa: E402
from odoo.fields import Command  # noqa: E402
from odoo.modules.registry import Registry  # noqa: E402
from odoo.tools import config  # noqa: E402

from scripts import odoo_config, postgres  # noqa: E402


def prepare(env, count):
    """Let this many tickets wait at a timer; its task after that is Mitchell's."""
    stages = {
        name: env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{name}").id
        for name in ("awaiting", "in_progress", "done")
    }
    flow = env["scrm.flow"].create(
        {
            "key": "crash",
            "name": "Crash",
            "model_id": env["ir.model"]._get_id("helpdesk.ticket"),
        }
    )
    version = env["scrm.flow.version"].create({"flow_id": flow.id})
    nodes = env["scrm.flow.node"].create(
        [
            {"version_id": version.id, "rank": rank, "name": values["key"], **values}
            for rank, values in enumerate(
                [
                    {"key": "start", "type": "start"},
                    {
                        "key": "wait",
                        "type": "timer",
                        "timer_hours": 1000.0,
                        "ticket_stage_id": stages["awaiting"],
                    },
                    {
                        "key": "work",
                        "type": "user_task",
                        "handler_rule": "people",
                        "handler_user_ids": [
                            Command.set([env.ref("base.user_admin").id])
                        ],
                        "ticket_stage_id": stages["in_progress"],
                    },
                    {
                        "key": "end",
                        "type": "end",
                        "ticket_stage_id": stages["done"],
                    },
                ]
            )
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
        {"key": "crash", "name": "Crash", "flow_id": flow.id}
    )
    tickets = env["helpdesk.ticket"].with_context(tracking_disable=True)
    tickets.create([{"template_id": template.id} for _number in range(count)])


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


def main(command, database, count):
    os.environ.update(odoo_config.environment(postgres.CRASH))
    config.parse_config(["--no-http", "--log-level=warn"], setup_logging=True)
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
        {"prepare": prepare, "verify": verify}[command](env, int(count))


if __name__ == "__main__":
    main(*sys.argv[1:])
