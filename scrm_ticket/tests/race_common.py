"""Several at a time, in real transactions that commit."""

import threading

from odoo import api
from odoo.service.model import retrying
from odoo.tests import get_db_name


class Race:
    """Runs functions at the same time, each in its own transaction, with the
    retries that Odoo gives every request."""

    def __init__(self, registry):
        self.registry = registry

    def run(self, uid, functions):
        """Results or exceptions of the functions, in their order.

        :param functions: list of function(env)
        """
        barrier = threading.Barrier(len(functions))
        outcome = [None] * len(functions)

        def work(index, function):
            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, uid, {})
                    # each sees what was there before any of them began
                    cr.execute("SELECT 1")
                    barrier.wait(timeout=30)
                    outcome[index] = retrying(lambda: function(env), env)
            except Exception as error:
                outcome[index] = error

        threads = [
            threading.Thread(target=work, args=pair) for pair in enumerate(functions)
        ]
        for thread in threads:
            thread.dbname = get_db_name()
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
        return outcome
