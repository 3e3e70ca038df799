"""The same business in each database, so that the same work can be measured.

One desk clerk opens tickets, three engineers in one team handle them. In the plain
database somebody writes stage and user; in the one with rules 50 automation rules
decide; in ours a flow of 30 nodes does.
"""

import itertools

from odoo.fields import Command

TICKET = "helpdesk.ticket"
STAGES = ("new", "in_progress", "awaiting")
CUSTOMERS = 50
_numbers = itertools.count()


class Business:
    """People, team and stages of one database; ids, for use in any transaction."""

    def __init__(self, env):
        def user(login):
            return env["res.users"].create(
                {
                    "name": login.capitalize(),
                    "login": f"bench_{login}",
                    "email": f"{login}@example.com",
                    "notification_type": "inbox",
                    "group_ids": [
                        Command.link(env.ref(name).id)
                        for name in (
                            "base.group_user",
                            "helpdesk_mgmt.group_helpdesk_user",
                        )
                    ],
                }
            )

        self.clerk = user("clerk").id
        self.engineers = [user(f"engineer{number}").id for number in range(3)]
        self.team = (
            env["helpdesk.ticket.team"]
            .create(
                {
                    "name": "Bench",
                    "user_ids": [Command.set([self.clerk, *self.engineers])],
                }
            )
            .id
        )
        self.customers = (
            env["res.partner"]
            .create(
                [
                    {"name": f"Customer {number}", "email": f"c{number}@example.com"}
                    for number in range(CUSTOMERS)
                ]
            )
            .ids
        )
        self.stages = [
            env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{name}").id for name in STAGES
        ]

    def ticket_vals(self, **more):
        """What a clerk enters for a new ticket."""
        number = next(_numbers)
        return {
            "name": f"Ticket {number}",
            "description": "<p>Broken since this morning, please help.</p>",
            "partner_id": self.customers[number % CUSTOMERS],
            "team_id": self.team,
            **more,
        }


def add_rules(env, business, count=50):
    """Rules that run when a ticket is created or its stage is written.

    Each looks for another customer; the last one fits all tickets and assigns them
    according to their stage, as the first steps of the flow do.
    """
    fields = env["ir.model.fields"]
    model = env["ir.model"]._get(TICKET)
    user_field = fields._get(TICKET, "user_id")
    rules = []
    for number in range(count):
        fits_all = number == count - 1
        domain = [("partner_email", "=", f"nobody{number}@example.com")]
        if fits_all:
            domain = [("name", "like", "Ticket ")]
        action = {
            "name": "assign",
            "model_id": model.id,
            "state": "object_write",
            "update_path": user_field.name,
            "evaluation_type": "value",
            "resource_ref": f"res.users,{business.engineers[0]}",
            "value": str(business.engineers[0]),
        }
        rules.append(
            {
                "name": f"Bench {number}",
                "model_id": model.id,
                "trigger": "on_create_or_write",
                "filter_domain": repr(domain),
                "trigger_field_ids": [Command.link(fields._get(TICKET, "stage_id").id)],
                "action_server_ids": [Command.create(action)],
            }
        )
    return env["base.automation"].create(rules)


def add_timed_rule(env, business):
    """A rule that moves tickets to the last stage a while after the last move."""
    fields = env["ir.model.fields"]
    model = env["ir.model"]._get(TICKET)
    return env["base.automation"].create(
        {
            "name": "Bench timed",
            "model_id": model.id,
            "trigger": "on_time",
            "trg_date_id": fields._get(TICKET, "last_stage_update").id,
            "trg_date_range": 1,
            "trg_date_range_type": "hour",
            "trg_date_range_mode": "after",
            "filter_domain": repr([("stage_id", "!=", business.stages[2])]),
            "action_server_ids": [
                Command.create(
                    {
                        "name": "move",
                        "model_id": model.id,
                        "state": "object_write",
                        "update_path": "stage_id",
                        "evaluation_type": "value",
                        "resource_ref": (f"helpdesk.ticket.stage,{business.stages[2]}"),
                        "value": str(business.stages[2]),
                    }
                )
            ],
        }
    )


# Flows -------------------------------------------------------------------------


def add_flow(env, business, key, length=30, conditions=10):
    """A published flow: a gateway, then tasks one after the other, in turn.

    :param length: how many nodes it has altogether
    :param conditions: how many of the gateway's ways have a condition
    :return: id of ``scrm.flow``
    """
    role = env["res.groups"].search([("scrm_key", "=", "bench_engineers")])
    role = role or env["res.groups"].create(
        {
            "name": "Bench engineers",
            "scrm_key": "bench_engineers",
            "user_ids": [Command.set(business.engineers)],
        }
    )
    tasks = [
        {
            "key": f"task_{number}",
            "type": "user_task",
            "handler_rule": "role",
            "handler_group_id": role.id,
            "ticket_stage_id": business.stages[number % len(STAGES)],
        }
        for number in range(1, length - 2)
    ]
    nodes = [
        {"key": "start", "type": "start"},
        {"key": "which", "type": "exclusive_gateway"},
        *tasks,
        {"key": "end", "type": "end"},
    ]
    keys = [node["key"] for node in nodes]
    edges = [
        {"key": f"to_{target}", "source": source, "target": target}
        for source, target in zip(keys, keys[1:], strict=False)
    ]
    edges[1]["is_default"] = True
    edges += [
        {
            "key": f"special_{number}",
            "source": "which",
            "target": keys[2 + number % len(tasks)],
            "condition": repr([("partner_email", "=", f"nobody{number}@example.com")]),
        }
        for number in range(conditions)
    ]
    return _publish(env, key, nodes, edges)


def add_timer_flow(env, business, key="bench_timers"):
    """A flow of timers in a circle, each in a stage of its own; it never ends."""
    nodes = [
        {"key": "start", "type": "start"},
        *(
            {
                "key": f"wait_{number}",
                "type": "timer",
                "timer_hours": 1000.0,
                "ticket_stage_id": business.stages[number],
            }
            for number in range(len(STAGES))
        ),
        {"key": "again", "type": "exclusive_gateway"},
        {"key": "end", "type": "end"},
    ]
    keys = [node["key"] for node in nodes]
    edges = [
        {"key": f"to_{target}", "source": source, "target": target}
        for source, target in zip(keys, keys[1:], strict=False)
    ]
    edges[-1]["condition"] = repr([("name", "=", "the end")])
    edges.append(
        {
            "key": "circle",
            "source": "again",
            "target": "wait_0",
            "is_default": True,
        }
    )
    return _publish(env, key, nodes, edges)


def _publish(env, key, nodes, edges):
    flow = env["scrm.flow"].create(
        {"key": key, "name": key, "model_id": env["ir.model"]._get_id(TICKET)}
    )
    version = env["scrm.flow.version"].create({"flow_id": flow.id})
    made = env["scrm.flow.node"].create(
        [
            {"version_id": version.id, "rank": rank, "name": node["key"], **node}
            for rank, node in enumerate(nodes)
        ]
    )
    ids = {node.key: node.id for node in made}
    env["scrm.flow.transition"].create(
        [
            {
                **{name: edge[name] for name in edge.keys() - {"source", "target"}},
                "version_id": version.id,
                "rank": rank,
                "source_id": ids[edge["source"]],
                "target_id": ids[edge["target"]],
            }
            for rank, edge in enumerate(edges)
        ]
    )
    version.action_publish()
    return flow.id


def add_template(env, flow_id, business, key):
    """A ticket template with that flow.

    :return: its id
    """
    return (
        env["scrm.ticket.template"]
        .create({"key": key, "name": key, "flow_id": flow_id, "team_id": business.team})
        .id
    )
