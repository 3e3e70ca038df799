"""Lets scheduled actions run at a moment of a test's own."""

from odoo.tests import freeze_time


class CronFixture:
    """For test cases with a transaction."""

    def run_at(self, at, *methods):
        """Run these at a moment, commits included; what the last one answers.

        :param methods: (model, method) in their order
        """
        with (
            freeze_time(at),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            env = self.env(cr=cr)
            for model, method in methods:
                answer = getattr(env[model], method)()
        self.env.invalidate_all()
        return answer
