from lxml import html

from odoo import http
from odoo.tests import HttpCase, new_test_user

from .common import TicketFixture


class SupplierCase(TicketFixture, HttpCase):
    """Sam and Sue are the store's supplier's portal users, Tim is of another one; Pia
    is the customer. The ticket stands at the visit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.make_world()
        cls.supplier, cls.other = cls.env["res.partner"].create(
            [
                {"name": "Supplier Ltd", "is_company": True},
                {"name": "Other Ltd", "is_company": True},
            ]
        )
        cls.sam, cls.sue, cls.tim = (
            new_test_user(
                cls.env,
                login=f"test_{name}",
                name=name.capitalize(),
                groups="base.group_portal",
                lang="en_US",
            )
            for name in ("sam", "sue", "tim")
        )
        (cls.sam | cls.sue).partner_id.parent_id = cls.supplier
        cls.tim.partner_id.parent_id = cls.other
        cls.store.partner_id = cls.supplier

    def to_visit(self):
        """Bring a new ticket to the visit."""
        self.ticket = self.submit()
        self.ticket.with_user(self.dora).scrm_step_complete()
        self.step = self.ticket.scrm_step_ids.filtered(
            lambda step: step.node_key == "visit"
        )
        self.url = f"/my/ticket/{self.ticket.id}"

    def login(self, login):
        self.authenticate(f"test_{login}", f"test_{login}")
        self.opener.cookies.set("frontend_lang", "en_US")  # texts are compared below

    def do(self, what, token=None, **data):
        if token is None:
            token = http.Request.csrf_token(self)
        return self.url_open(
            f"{self.url}/step/{self.step.id}",
            data={"do": what, "csrf_token": token, **data},
            allow_redirects=False,
        )

    def own_steps(self):
        """The cards of the steps that the page offers to who is logged in."""
        page = html.fromstring(self.url_open(self.url).content)
        return page.xpath("//section[contains(@class, 'o_scrm_own_step')]")
