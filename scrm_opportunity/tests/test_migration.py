from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.scrm_flow.tests.upgrade_script import upgrade_script

from .common import OpportunityCase


@tagged("post_install", "-at_install")
class TestMigration(OpportunityCase):
    """What upgrades do with the rows of earlier versions."""

    def migrate(self, version):
        """Run the script of a version on what is written."""
        self.env.flush_all()
        upgrade_script("scrm_opportunity", version)(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()

    def sql(self, statement, *args):
        self.env.flush_all()
        self.env.cr.execute(SQL(statement, *args))
        self.env.invalidate_all()

    def test_written_forms_are_made_again(self):
        """Of open and archived opportunities; keys by which they are found follow."""
        leads = self.lead("Offer", self.sunrise) | self.lead("Old", self.zhao)
        leads[1].active = False
        names = ("scrm_company_key", "scrm_person_key")
        made = leads.read(names)
        keys = [set(lead.scrm_key_ids.mapped("key")) for lead in leads]
        self.assertTrue(all(row["scrm_company_key"] for row in made))
        self.sql(
            "UPDATE crm_lead SET scrm_company_key = 'old', scrm_person_key = 'old' "
            "WHERE id = ANY(%s)",
            leads.ids,
        )
        self.migrate("19.0.1.1.0")
        self.assertEqual(leads.read(names), made)
        self.assertEqual([set(x.scrm_key_ids.mapped("key")) for x in leads], keys)

    def test_matches_know_how_they_were_found(self):
        """What was linked or rejected by whom tells what the system had made of it;
        one that a person chose stays chosen."""
        ticket = self.ticket(self.moon)
        cases = {
            "by itself": ("linked", None, 70, "linked"),
            "only suggested": ("suggested", None, 45, "suggested"),
            "rejected though sure": ("rejected", self.lin.id, 80, "linked"),
            "accepted": ("linked", self.lin.id, 45, "suggested"),
            "at the limit": ("rejected", self.lin.id, 60, "linked"),
        }
        matches = {
            name: self.env["scrm.match"].create(
                {"ticket_id": ticket.id, "lead_id": self.lead(name).id}
            )
            for name in (*cases, "by a person")
        }
        for name, (state, decided_by, score, _found) in cases.items():
            self.sql(
                "UPDATE scrm_match SET state = %s, decided_by_id = %s, score = %s, "
                "signals = '[[\"phone\", 40]]', found_as = 'chosen' WHERE id = %s",
                state,
                decided_by,
                score,
                matches[name].id,
            )
        self.migrate("19.0.1.2.0")
        self.assertEqual(
            {name: match.found_as for name, match in matches.items()},
            {name: found for name, (*_rest, found) in cases.items()}
            | {"by a person": "chosen"},
        )

    def test_keys_get_their_table(self):
        """Opportunities that were there before it are found by their keys again, and
        a second upgrade doubles none."""
        lead = self.lead("Offer", self.sunrise, phone="+86 21 6123 4567")
        keys = sorted(lead.scrm_key_ids.mapped("key"))
        self.assertTrue(keys)
        self.sql("DELETE FROM scrm_lead_key")
        self.assertFalse(self.ticket(self.sunrise).match_ids)
        for _time in range(2):
            self.migrate("19.0.1.3.0")
            self.assertEqual(sorted(lead.scrm_key_ids.mapped("key")), keys)
        self.assertIn("Offer", self.states(self.ticket(self.sunrise)))
