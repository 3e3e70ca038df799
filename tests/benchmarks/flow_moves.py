"""Figures of people at work: opening tickets, completing steps."""

from .business import TICKET
from .measure import pairs

REPEAT = 6
BATCH = 1000


def measure(world, report):
    """Print the figures of creating, starting, assigning and moving."""
    _create(world, report)
    _transition(world, report)
    _batch(world, report)


def _create(world, report):
    def plain_one():
        who = world.plain_is
        values = who.ticket_vals(user_id=who.engineers[0])
        return world.clerk("plain").run(lambda env: env[TICKET].create(values).id)

    def rules_one():
        values = world.rules_is.ticket_vals()
        return world.clerk("rules").run(lambda env: env[TICKET].create(values).id)

    def our_one():
        values = world.ours_is.ticket_vals(template_id=world.template)
        return world.clerk("ours").run(lambda env: env[TICKET].create(values).id)

    theirs, mine, queries, ratio = pairs(plain_one, our_one, repeat=REPEAT, warm=3)
    report.say(f"create and assign: plain {_ms(theirs)}, ours {_ms(mine)}")
    report.figure("flow_create", ratio, 1.3, queries)
    theirs, mine, queries, ratio = pairs(rules_one, our_one, repeat=REPEAT, warm=3)
    report.say(f"create, routed by 50 rules {_ms(theirs)}, ours {_ms(mine)}")
    report.figure("flow_create_vs_rules", ratio, 0.5, queries)


def _transition(world, report):
    count = 5 * REPEAT + 3
    stages = {name: getattr(world, f"{name}_is").stages for name in ("plain", "rules")}
    waiting = {
        "plain": iter(world.plain_tickets("plain", count)),
        "rules": iter(world.plain_tickets("rules", count)),
        "ours": iter(world.flow_tickets(2 * count)),
    }

    def write_stage(name):
        ticket = next(waiting[name])
        return world.engineer(name).run(
            lambda env: env[TICKET].browse(ticket).write({"stage_id": stages[name][1]})
        )

    def our_one():
        ticket = next(waiting["ours"])
        handler = world.ours.get(lambda env: env[TICKET].browse(ticket).user_id.id)
        return world.ours.as_user(handler).run(
            lambda env: env[TICKET].browse(ticket).scrm_step_complete()
        )

    theirs, mine, queries, ratio = pairs(
        lambda: write_stage("plain"), our_one, repeat=REPEAT, warm=3
    )
    report.say(f"plain stage write {_ms(theirs)}, our transition {_ms(mine)}")
    report.figure("flow_transition", ratio, 1.0, queries)
    theirs, mine, queries, ratio = pairs(
        lambda: write_stage("rules"), our_one, repeat=REPEAT, warm=3
    )
    report.say(f"stage write with 50 rules {_ms(theirs)}, our transition {_ms(mine)}")
    report.figure("flow_transition_vs_rules", ratio, 0.2, queries)


def _batch(world, report):
    def plain_batch():
        who = world.plain_is
        values = [who.ticket_vals() for _number in range(BATCH)]
        return world.clerk("plain").run(lambda env: env[TICKET].create(values).ids)

    def our_batch():
        values = [
            world.ours_is.ticket_vals(template_id=world.template)
            for _number in range(BATCH)
        ]
        return world.clerk("ours").run(lambda env: env[TICKET].create(values).ids)

    theirs, mine, queries, ratio = pairs(plain_batch, our_batch, warm=0)
    report.say(f"{BATCH} created: plain {theirs:.2f} s; and started: {mine:.2f} s")
    report.figure("flow_batch_create", ratio, 1.2, queries / BATCH)


def _ms(seconds):
    return f"{seconds * 1000:.1f} ms"
