import hashlib
from datetime import datetime, timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

#: Times that others may come first before a request is tried anew as a whole.
COLLISIONS = 50
#: Seconds of the spans in which entries are counted.
SPAN = 3600
EPOCH = datetime(1970, 1, 1)


class ScrmDoorQuota(models.Model):
    """How often something came in at a door lately.

    The count is in the database, so that all workers and hosts share it, and is
    committed at once, so that what is refused later counts as well.
    """

    _name = "scrm.door.quota"
    _description = "Entries at a Door"
    _log_access = False

    door = fields.Char(required=True)
    source = fields.Char(required=True, help="Digest of where it came from.")
    begins_at = fields.Datetime(required=True, index=True)
    count = fields.Integer(required=True)

    _once = models.UniqueIndex("(door, source, begins_at)")

    @api.model
    def _take(self, door, source, limit, span=SPAN):
        """Count one more entry, unless the limit is reached.

        :param door: key of a door
        :param source: where it comes from, such as a network address; a digest is kept
        :param limit: entries allowed in a span, 0 for any number
        :param span: seconds; spans begin at full multiples of it
        :return: 0, or seconds until entries are let in again
        """
        if not limit:
            return 0
        now = self.env["scrm.clock"].now()
        passed = int((now - EPOCH).total_seconds()) % span
        begins = now - timedelta(seconds=passed)
        taken = self._count(door, self._digest(source), begins, limit)
        return 0 if taken else span - passed

    @api.model
    def _digest(self, source):
        # sudo: the secret goes into a digest; addresses of people are not kept
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret")
        return hashlib.sha256(f"{secret}:{source}".encode()).hexdigest()[:32]

    @api.model
    def _count(self, door, source, begins, limit):
        """Whether there was room for one more."""
        query = SQL(
            """
            INSERT INTO scrm_door_quota AS quota (door, source, begins_at, count)
                 VALUES (%(door)s, %(source)s, %(begins)s, 1)
            ON CONFLICT (door, source, begins_at)
              DO UPDATE SET count = quota.count + 1
                  WHERE quota.count < %(limit)s
              RETURNING count
            """,
            door=door,
            source=source,
            begins=begins,
            limit=limit,
        )
        for _attempt in range(COLLISIONS):
            try:
                with self.env.registry.cursor() as cr:
                    cr.execute(query, log_exceptions=False)
                    return bool(cr.rowcount)
            except SerializationFailure:
                continue  # somebody counted at this moment: look again
        raise ConcurrencyError(self.env._("Too many entries at this moment."))

    @api.autovacuum
    def _gc_past(self):
        """Forget what was counted longer than a day ago."""
        limit = self.env["scrm.clock"].now() - timedelta(days=1)
        self.search([("begins_at", "<", limit)]).unlink()
