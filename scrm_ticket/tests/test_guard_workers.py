"""One reader and many worker processes, in real transactions that commit.

What is committed stays in the test database; the login is random.
"""

import itertools
import uuid
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged

from ..guard.metering import BORROWERS, SHARE, Waiting
from ..models import scrm_guard_use

LIMIT = 1000
WORKERS = 12


@tagged("post_install", "-at_install")
class TestGuardWorkers(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.tag = uuid.uuid4().hex[:8]
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            role = env["res.groups"].create({"name": cls.tag})
            cls.limit_id = (
                env["scrm.guard.limit"]
                .create(
                    {
                        "kind": "read",
                        "group_id": role.id,
                        "records": LIMIT,
                        "minutes": 60,
                        "sequence": -1,
                    }
                )
                .id
            )
            cls.uid = (
                env["res.users"]
                .create(
                    {
                        "login": f"reader_{cls.tag}",
                        "name": "Reader",
                        "group_ids": [
                            (4, role.id),
                            (4, env.ref("scrm_ticket.group_user").id),
                        ],
                    }
                )
                .id
            )
            cr.commit()  # pylint: disable=invalid-commit

    @classmethod
    def tearDownClass(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["scrm.guard.limit"].browse(cls.limit_id).unlink()
            cr.commit()  # pylint: disable=invalid-commit
        super().tearDownClass()

    def told(self):
        return {
            "user_id": self.uid,
            "at": "2026-01-05 08:00:00",
            "way": "read",
            "model": "res.partner",
            "count": 1,
        }

    def test_however_many_workers(self):
        """Twelve workers in turn let somebody open record by record: all in all a
        twentieth more than the limit at most, and most of it without a query.

        Covers in part: R11
        """
        given = 0
        written = []
        count_once = self.registry["scrm.guard.use"]._count_once

        def counted(uses, *arguments):
            written.append(arguments[1])
            return count_once(uses, *arguments)

        workers = itertools.cycle([Waiting() for _worker in range(WORKERS)])
        with (
            self.registry.cursor() as cr,
            patch.object(self.registry["scrm.guard.use"], "_count_once", counted),
        ):
            uses = api.Environment(cr, self.uid, {})["scrm.guard.use"]
            with self.assertRaisesRegex(AccessError, "Your rights are frozen"):
                for worker in workers:
                    before = cr.sql_log_count
                    with patch.object(scrm_guard_use, "_waiting", worker):
                        uses._count("read", 1, self.told)
                    if given > WORKERS:  # what is asked once of a user is known now
                        self.assertEqual(cr.sql_log_count, before)
                    given += 1
                    self.assertLessEqual(given, LIMIT + LIMIT // SHARE)
        self.assertGreaterEqual(given, LIMIT)
        loan = LIMIT // SHARE // BORROWERS
        lent = LIMIT * BORROWERS // WORKERS // (loan + 1)  # a write for so many reads
        unlent = LIMIT * (WORKERS - BORROWERS) // WORKERS  # nothing is left to lend
        self.assertLess(len(written), lent + unlent + 2 * WORKERS)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            user = env["res.users"].browse(self.uid)
            self.assertTrue(user.scrm_frozen_at)
            cases = env["scrm.guard.case"].search([("user_id", "=", self.uid)])
            [told] = cases.mapped("records")  # with those that waited in that worker
            self.assertTrue(LIMIT < told <= LIMIT + loan + 1, told)
