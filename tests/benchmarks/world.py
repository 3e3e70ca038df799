"""The three databases of a benchmark with their business in them."""

from . import business


class World:
    """``plain``, ``rules`` and ``ours`` are doors of the superuser.

    Ids of people and stages are in ``plain_is``, ``rules_is`` and ``ours_is``.
    ``rules`` is None where no figure has that peer.
    """

    def __init__(self, plain, rules, ours):
        self.plain, self.rules, self.ours = plain, rules, ours
        self.plain_is = plain.get(business.Business)
        self.ours_is = ours.get(business.Business)
        if rules:
            self.rules_is = rules.get(business.Business)
            self.rule_ids = rules.get(
                lambda env: business.add_rules(env, self.rules_is).ids
            )
        self.template = self.add_flow("bench")

    def add_flow(self, key, length=30, conditions=10):
        """Give ours one more flow with a ticket template.

        :return: id of the template
        """

        def add(env):
            flow = business.add_flow(env, self.ours_is, key, length, conditions)
            return business.add_template(env, flow, self.ours_is, key)

        return self.ours.get(add)

    def add_timer_template(self):
        """A template whose tickets wait for timers, in a circle.

        :return: its id
        """

        def add(env):
            flow = business.add_timer_flow(env, self.ours_is)
            return business.add_template(env, flow, self.ours_is, "bench_timers")

        return self.ours.get(add)

    def clerk(self, name):
        """The door of the desk clerk into ``plain``, ``rules`` or ``ours``."""
        return getattr(self, name).as_user(getattr(self, f"{name}_is").clerk)

    def engineer(self, name):
        """The door of the first engineer."""
        return getattr(self, name).as_user(getattr(self, f"{name}_is").engineers[0])

    # Tickets that wait for something; made fast, without chatter

    def plain_tickets(self, name, count):
        """Ids of tickets in the first stage."""
        who = getattr(self, f"{name}_is")
        values = [
            who.ticket_vals(user_id=who.engineers[0], stage_id=who.stages[0])
            for _number in range(count)
        ]
        return getattr(self, name).get(lambda env: _quick(env).create(values).ids)

    def flow_tickets(self, count, template=None):
        """Ids of tickets that run through a flow and wait at its first task."""
        values = [
            self.ours_is.ticket_vals(template_id=template or self.template)
            for _number in range(count)
        ]
        return self.ours.get(lambda env: _quick(env).create(values).ids)


def _quick(env):
    return env[business.TICKET].with_context(tracking_disable=True)
