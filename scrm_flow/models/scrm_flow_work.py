from collections.abc import Callable

from psycopg2 import InterfaceError, OperationalError
from psycopg2.extensions import TransactionRollbackError

from odoo import api, models
from odoo.exceptions import ConcurrencyError

#: What is no fault of the work: others were quicker, the connection is gone. Who keeps
#: the reason why one of many failed lets these through, so that all is done again.
INTERRUPTIONS = (OperationalError, InterfaceError, ConcurrencyError)
#: Collisions in a row after which something else than bad luck is to blame.
COLLISIONS = 20


class ScrmFlowWork(models.AbstractModel):
    """Work of a cron that is claimed, done and committed in chunks.

    Whoever claims rows leaves out what other processes hold, so that as many of them
    as there are work side by side; a chunk is one transaction.
    """

    _name = "scrm.flow.work"
    _description = "Work in Chunks"

    @api.model
    def _in_chunks(self, work: Callable[[int], int], size: int) -> int:
        """Work until a chunk is not full any more, or the cron's time is up.

        :param work: claims and does a chunk; gets how much was done before, and
            answers how much it was
        :param size: of a full chunk
        :return: how much was done
        :raise TransactionRollbackError, ConcurrencyError: it collides with others
            again and again
        """
        total = collisions = 0
        while True:
            try:
                count = work(total)
                is_full = count >= size
                time_left = self.env["ir.cron"]._commit_progress(
                    count, remaining=size if is_full else 0
                )
            except (TransactionRollbackError, ConcurrencyError):
                # somebody changed what we looked at: look again, from anew
                collisions += 1
                if collisions > COLLISIONS:
                    raise
                self.env.cr.rollback()
                continue
            # the next chunk is another transaction: what we know may be outdated
            self.env.invalidate_all(flush=False)
            total += count
            collisions = 0
            if not is_full or not time_left:
                return total
