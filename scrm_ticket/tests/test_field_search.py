from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.queue_job.tests.common import trap_jobs

from .common import TicketCase

COUNT = 20_000


@tagged("post_install", "-at_install")
class TestFieldSearch(TicketCase):
    """Fields marked as searched often are found by an index."""

    def mark(self, field):
        """Mark the field; its job is done without a transaction of its own."""
        with trap_jobs() as trap:
            field.searchable = True
            trap.assert_jobs_count(1, only=field._scrm_build_index)
        self.assertEqual(field.index_state, "waiting")
        for statement in [*field._scrm_index_statements(self.cr, concurrently=False)]:
            self.cr.execute(statement)

    def plan(self, operator, value, field):
        """How PostgreSQL answers Odoo's own condition on the field."""
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
        condition = [(f"scrm_values.{field.key}", operator, value)]
        query = tickets.sudo()._search(condition)
        self.cr.execute(SQL("EXPLAIN (COSTS OFF) %s", query.select()))
        return "\n".join(row[0] for row in self.cr.fetchall())

    def test_the_plan(self):
        """Equal, one of several, words and numbers are each found by an index.

        Covers in part: T28
        """
        ticket = self.submit()
        self.env.flush_all()
        self.cr.execute(
            """
            INSERT INTO helpdesk_ticket
                   (name, number, description, stage_id, company_id, rating_status,
                    scrm_door, active, scrm_values)
            SELECT 'many', 'TF' || n, '', stage_id, company_id, rating_status,
                   'backend', TRUE,
                   jsonb_build_object('test_note', 'note number ' || n,
                                      'test_area', n, 'test_mounting',
                                      CASE WHEN n %% 1000 = 0 THEN 'wall' END)
              FROM generate_series(1, %s) n, helpdesk_ticket
             WHERE id = %s
            """,
            [COUNT, ticket.id],
        )
        cases = (
            (self.note, "=", "note number 77"),
            (self.note, "in", ["note number 77", "note number 78"]),
            (self.area, "=", 77),
            (self.mounting, "=", "wall"),
        )
        for field, operator, value in cases:
            plan = self.plan(operator, value, field)
            self.assertNotIn(f"scrm_values_{field.key}", plan, "before")
        for field in self.note | self.area | self.mounting:
            self.mark(field)
        self.cr.execute("ANALYZE helpdesk_ticket")
        if self.env.registry.has_trigram:
            cases = (*cases, (self.note, "ilike", "number 1234"))
        for field, operator, value in cases:
            plan = self.plan(operator, value, field)
            self.assertIn(f"scrm_values_{field.key}", plan)
            self.assertNotIn("Seq Scan", plan, (field.key, operator))
        found = self.env["helpdesk.ticket"].search_count(
            [("scrm_values.test_note", "in", ["note number 77", "note number 78"])]
        )
        self.assertEqual(found, 2)

    def test_the_mark_is_taken_back(self):
        """Without the mark the indexes go; a second look finds nothing to do."""
        self.mark(self.note)
        self.assertFalse([*self.note._scrm_index_statements(self.cr, False)])
        with trap_jobs() as trap:
            self.note.searchable = False
            trap.assert_jobs_count(1, only=self.note._scrm_build_index)
        drops = [*self.note._scrm_index_statements(self.cr, concurrently=False)]
        self.assertGreaterEqual(len(drops), 2)
        for statement in drops:
            self.cr.execute(statement)
        self.cr.execute(
            "SELECT 1 FROM pg_indexes WHERE indexname LIKE %s", ["%test\\_note%"]
        )
        self.assertFalse(self.cr.fetchall())
