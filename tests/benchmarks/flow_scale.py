"""Figures of size: the queries of a transition."""

from .business import TICKET

#: No transition of a person may need more.
MAX_QUERIES = 12


def measure(world, report):
    """Print how the queries of a transition grow with what is around it."""
    usual = _queries(world, world.template)
    report.figure("flow_queries", usual, MAX_QUERIES, usual)
    short = world.add_flow("bench_short", length=6)
    long = world.add_flow("bench_long", length=60)
    rules = world.add_flow("bench_rules", conditions=50)
    for name, few, many in (
        ("flow_size", _queries(world, short), _queries(world, long)),
        ("flow_rules", usual, _queries(world, rules)),
        ("flow_history", usual, _queries(world, long, steps=50)),
    ):
        report.figure(f"{name}_queries", many / few, 1, many)


def _queries(world, template, steps=1):
    """SQL queries of one more completed step.

    The engineers take turns: each has been at work before one is measured, as the
    rights of a user are read at the first request.

    :param steps: how many steps are completed before
    """
    for _warm in range(len(world.ours_is.engineers) + 1):
        (ticket,) = world.flow_tickets(1, template)
        for _step in range(steps + 1):
            queries = _complete(world, ticket)
    return queries


def _complete(world, ticket):
    handler = world.ours.get(lambda env: env[TICKET].browse(ticket).user_id.id)
    return world.ours.as_user(handler).run(
        lambda env: env[TICKET].browse(ticket).scrm_step_complete()
    )[1]
