from odoo.tests.common import tagged

from .common import SettlementCommon


@tagged("post_install", "-at_install")
class TestFact(SettlementCommon):
    def _fact(self, ticket):
        return self.env["scrm.settlement.fact"].search(
            [("source_key", "=", f"helpdesk.ticket:{ticket.id}")]
        )

    def test_frozen_at_the_end(self):
        """A fact appears when the run ends, not before, with all it was like."""
        ticket = self.new_ticket(61)
        self.assertFalse(self._fact(ticket))
        self.finish(ticket, moment="2026-03-10 04:00:00")
        fact = self._fact(ticket)
        self.assertEqual(len(fact), 1)
        self.assertEqual(fact.inputs["field.settle_area"], 61)
        self.assertEqual(fact.inputs["price_total"], 699)
        self.assertEqual(fact.inputs["template"], "settle_installation")
        self.assertEqual(
            fact.people,
            {
                "visit": self.engineer.partner_id.id,
                "check": self.supervisor.partner_id.id,
            },
        )
        self.assertEqual(str(fact.basis_date), "2026-03-10")
        self.assertTrue(fact.verify())

    def test_source_changes_later(self):
        """What happens to the ticket afterwards does not reach the fact."""
        ticket = self.new_ticket(61)
        self.finish(ticket)
        fact = self._fact(ticket)
        before = fact.read()
        ticket.write({"priority": "3", "scrm_values": {"settle_area": 5}})
        fact.invalidate_recordset()
        self.assertEqual(fact.read(), before)

    def test_once(self):
        """Freezing the same event again gives the same fact."""
        ticket = self.new_ticket(61)
        self.finish(ticket)
        fact = self._fact(ticket)
        again = self.env["scrm.settlement.fact"]._freeze_ticket(
            ticket, ticket.scrm_run_id
        )
        self.assertEqual(again, fact)
        self.assertEqual(self._fact(ticket), fact)

    def test_day_of_the_company(self):
        """The basis day is the company's: 17:00 UTC is the next day in Shanghai."""
        self.company.partner_id.tz = "Asia/Shanghai"
        ticket = self.new_ticket(61)
        self.finish(ticket, moment="2026-02-28 17:00:00")
        self.assertEqual(str(self._fact(ticket).basis_date), "2026-03-01")

    def test_cancelled_is_no_fact(self):
        """A cancelled run leaves nothing to settle."""
        ticket = self.new_ticket(61)
        ticket.scrm_flow_cancel("Customer moved away")
        self.assertFalse(self._fact(ticket))

    def test_sealed(self):
        """Nobody changes, deletes or invents a fact; not even the administrator."""
        ticket = self.new_ticket(61)
        self.finish(ticket)
        fact = self._fact(ticket)
        for facts in (
            fact,
            fact.sudo(),
            fact.with_user(self.env.ref("base.user_admin")),
        ):
            with self.refused():
                facts.write({"inputs": {}})
            with self.refused():
                facts.unlink()
            with self.refused():
                facts.copy()
            with self.refused():
                facts.create({"source_key": "x"})

    def test_tampering_is_found(self):
        """A value changed in the database itself does not verify."""
        ticket = self.new_ticket(61)
        self.finish(ticket)
        fact = self._fact(ticket)
        self.env.cr.execute(
            "UPDATE scrm_settlement_fact SET people = '{}' WHERE id = %s", [fact.id]
        )
        fact.invalidate_recordset()
        self.assertFalse(fact.verify())
