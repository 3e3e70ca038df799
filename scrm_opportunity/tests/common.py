from odoo.tests import TransactionCase, new_test_user

# The people of these tests:
#
#   lin   salesperson, sees only the own opportunities, works on all tickets
#   wang  another salesperson with the same rights
#   chief manager of matches, sees all opportunities and tickets
#   desk  helpdesk only, no right to opportunities
#
# and their customers: Sunrise Trading (contacts Ms Zhao and Mr Qian) and Moon Store.
SALES = "scrm_opportunity.group_user,helpdesk_mgmt.group_helpdesk_user"


class OpportunityCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        # not counted in tests, see the fixture of scrm_ticket
        cls.env["scrm.guard.limit"].search([]).active = False
        cls.env.company.country_id = cls.env.ref("base.cn")
        cls.lin = new_test_user(cls.env, "scrm_lin", SALES, name="Lin")
        cls.wang = new_test_user(cls.env, "scrm_wang", SALES, name="Wang")
        cls.chief = new_test_user(
            cls.env,
            "scrm_chief",
            "scrm_opportunity.group_manager,helpdesk_mgmt.group_helpdesk_user",
        )
        cls.desk = new_test_user(
            cls.env, "scrm_desk", "helpdesk_mgmt.group_helpdesk_user"
        )
        partners = cls.env["res.partner"]
        cls.sunrise = partners.create(
            {"name": "Sunrise Trading", "is_company": True, "phone": "+86 21 6123 4567"}
        )
        cls.zhao, cls.qian = partners.create(
            [
                {
                    "name": "Ms Zhao",
                    "parent_id": cls.sunrise.id,
                    "email": "zhao@sunrise.example",
                },
                {"name": "Mr Qian", "parent_id": cls.sunrise.id},
            ]
        )
        cls.moon = partners.create({"name": "Moon Store", "is_company": True})

    @classmethod
    def lead(cls, name, partner=None, user=None, **values):
        return cls.env["crm.lead"].create(
            {
                "name": name,
                "type": "opportunity",
                "partner_id": partner.id if partner else False,
                "user_id": user.id if user else False,
                **values,
            }
        )

    @classmethod
    def ticket(cls, partner=None, user=None, **values):
        return (
            cls.env["helpdesk.ticket"]
            .with_user(user or cls.env.user)
            .create(
                {
                    "name": "The washing machine leaks",
                    "description": "<p>Since Monday.</p>",
                    "partner_id": partner.id if partner else False,
                    **values,
                }
            )
        )

    def states(self, ticket):
        """Opportunity's name -> state, of all matches of a ticket."""
        matches = ticket.sudo().match_ids
        return {match.lead_id.name: match.state for match in matches}
