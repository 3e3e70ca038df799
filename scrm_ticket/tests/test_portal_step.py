from odoo import http
from odoo.tests import tagged

from .common import TicketCase
from .portal_common import SupplierCase


@tagged("post_install", "-at_install")
class TestPortalStep(SupplierCase):
    """A supplier handles the visit on the portal: Sam and Sue of one company, Tim of
    another one. Pia is the customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.use(
            handler_rule="partner",
            partner_path="store_id.partner_id",
            is_partner_company=True,
            handler_choice="pool",
        )

    @classmethod
    def use(cls, **values):
        draft = cls.flow.published_version_id._copy_as_draft()
        draft.node_ids.filtered(lambda node: node.key == "visit").write(values)
        draft.action_publish()

    def setUp(self):
        super().setUp()
        self.to_visit()

    def test_the_supplier_completes_the_step(self):
        """Sees the ticket, claims and completes the step; then it is gone.

        Covers: H20
        """
        self.assertEqual(self.step._handlers(), self.sam | self.sue)
        self.login("sam")
        self.assertIn(self.ticket.number, self.url_open("/my/tickets").text)
        (card,) = self.own_steps()
        self.assertIn("Visit", card.text_content())
        self.assertEqual(
            set(card.xpath(".//input[@name='do']/@value")),
            {"complete", "claim", "reject"},
        )
        self.assertEqual(self.do("claim").status_code, 303)
        self.assertEqual(self.step.user_id, self.sam)
        self.assertEqual(self.step._handlers(), self.sam)
        answer = self.do("complete", transition="to_consume")
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(self.step.done_by_id, self.sam)
        self.assertEqual(self.ticket.scrm_run_state, "done")
        self.assertTrue(answer.headers["Location"].endswith("/my/tickets"))
        self.assertEqual(
            self.url_open(self.url).status_code, 403, "not theirs any more"
        )

    def test_what_the_supplier_does_not_see(self):
        """No private node, no way to close the customer's ticket."""
        self.login("sam")
        text = self.url_open(self.url).text
        for private in ("Check the request", "Dora", "Close this ticket"):
            self.assertNotIn(private, text)
        stage = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        token = http.Request.csrf_token(self)
        answer = self.url_open(
            "/ticket/close",
            data={
                "ticket_id": self.ticket.id,
                "stage_id": stage.id,
                "csrf_token": token,
            },
        )
        self.assertEqual(answer.status_code, 403)

    def test_others_are_refused(self):
        """Another supplier, the customer, a colleague who has claimed it, strangers.

        Covers in part: H20
        """
        self.login("tim")
        self.assertEqual(self.url_open(self.url).status_code, 403)
        self.assertEqual(self.do("complete").status_code, 403)
        self.login("pia")
        self.assertEqual(self.url_open(self.url).status_code, 200)
        self.assertFalse(self.own_steps())
        self.assertEqual(self.do("complete").status_code, 403)
        self.ticket.with_user(self.sue).scrm_step_claim(self.step.id)
        self.login("sam")
        self.assertEqual(self.do("complete").status_code, 403)
        self.authenticate(None, None)
        self.assertIn("/web/login", self.do("complete").headers["Location"])
        self.assertEqual(self.step.state, "open")

    def test_sending_back_needs_a_reason(self):
        self.login("sam")
        (card,) = self.own_steps()
        self.assertEqual(card.xpath(".//option/text()"), ["Our office"])
        answer = self.do("reject", node="check", reason=" ")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("Say why", answer.text)
        answer = self.do("reject", node="visit", reason="<b>wrong</b> address")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("&lt;b&gt;wrong&lt;/b&gt; address", answer.text)
        answer = self.do("reject", node="check", reason="wrong address")
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(self.ticket.scrm_node_key, "check")
        self.assertEqual(self.ticket.scrm_handler_ids, self.dora)

    def test_only_by_the_form(self):
        """No token, an unknown operation, a step of another ticket: refused."""
        self.login("sam")
        self.assertEqual(self.do("complete", token="wrong").status_code, 400)
        self.assertEqual(self.do("transfer", user_id=self.tim.id).status_code, 404)
        self.assertEqual(self.do("complete", transition="to_end").status_code, 422)
        url = f"{self.url}/step/{self.step.id}"
        self.assertEqual(self.url_open(url).status_code, 405, "not by a link")
        other = self.submit(self.quentin)
        step = other.scrm_step_ids
        token = http.Request.csrf_token(self)
        answer = self.url_open(
            f"{self.url}/step/{step.id}", data={"do": "complete", "csrf_token": token}
        )
        self.assertEqual(answer.status_code, 422)
        self.assertEqual((step.state, self.step.state), ("open", "open"))

    def test_accepted_before_it_is_completed(self):
        self.use(must_accept=True, is_partner_company=False)
        self.store.partner_id = self.sue.partner_id
        self.ticket = self.submit()
        self.ticket.with_user(self.dora).scrm_step_complete()
        self.step = self.ticket.scrm_step_ids.filtered(
            lambda step: step.node_key == "visit"
        )
        self.url = f"/my/ticket/{self.ticket.id}"
        self.login("sue")
        self.assertEqual(self.do("complete").status_code, 422)
        (card,) = self.own_steps()
        self.assertNotIn("complete", card.xpath(".//input[@name='do']/@value"))
        self.assertEqual(self.do("accept").status_code, 303)
        self.assertEqual(self.step.accepted_by_id, self.sue)
        self.assertEqual(self.do("complete").status_code, 303)

    def test_the_customer_answers(self):
        """Asked to confirm, the customer confirms or sends it back; it is no work that
        has to be taken on first."""
        self.use(partner_path="partner_id", is_partner_company=False)
        self.to_visit()
        self.login("pia")
        (card,) = self.own_steps()
        self.assertEqual(
            set(card.xpath(".//input[@name='do']/@value")), {"complete", "reject"}
        )
        answer = self.do("reject", node="check", reason="It still rattles")
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(self.ticket.scrm_node_key, "check")
        self.ticket.with_user(self.dora).scrm_step_complete()
        self.step = self.ticket.scrm_step_ids.filtered(lambda one: one.state == "open")
        self.assertEqual(self.do("complete").status_code, 303)
        self.assertEqual(self.ticket.scrm_run_state, "done")


@tagged("post_install", "-at_install")
class TestNearestStore(TicketCase):
    def test_staff_of_the_nearest_store(self):
        """Covers: H11"""
        near = self.env["scrm.store"].create(
            {"key": "test_near", "name": "Near", "user_ids": [(6, 0, self.ella.ids)]}
        )
        self.store.user_ids = self.egon
        places = {
            self.store: (39.9042, 116.4074),  # Beijing
            near: (31.2304, 121.4737),  # Shanghai
        }
        for store, (latitude, longitude) in places.items():
            store.partner_id = self.env["res.partner"].create(
                {
                    "name": store.name,
                    "partner_latitude": latitude,
                    "partner_longitude": longitude,
                }
            )
        self.pia.partner_id.write(
            {"partner_latitude": 31.2989, "partner_longitude": 120.5853}  # Suzhou
        )
        draft = self.flow.published_version_id._copy_as_draft()
        node = draft.node_ids.filtered(lambda node: node.key == "visit")
        node.write({"handler_rule": "nearest_store"})
        draft.action_publish()
        ticket = self.submit()
        ticket.with_user(self.dora).scrm_step_complete()
        step = ticket.scrm_step_ids.filtered(lambda step: step.node_key == "visit")
        self.assertEqual(step.user_id, self.ella)
        self.assertIn("nearest store “Near”, 84.8 km", step.assign_reason)

    def test_a_store_that_has_enough_to_do(self):
        """The load of the store sends tickets to the next one, until there is room.

        Covers in part: H12
        """
        near = self.env["scrm.store"].create(
            {"key": "test_near", "name": "Near", "user_ids": [(6, 0, self.ella.ids)]}
        )
        self.store.user_ids = self.egon
        for store, (latitude, longitude) in {
            self.store: (39.9042, 116.4074),
            near: (31.2304, 121.4737),
        }.items():
            store.partner_id = self.env["res.partner"].create(
                {
                    "name": store.name,
                    "partner_latitude": latitude,
                    "partner_longitude": longitude,
                }
            )
        self.pia.partner_id.write(
            {"partner_latitude": 31.2989, "partner_longitude": 120.5853}
        )
        draft = self.flow.published_version_id._copy_as_draft()
        node = draft.node_ids.filtered(lambda node: node.key == "visit")
        node.write({"handler_rule": "nearest_store"})
        draft.action_publish()
        near.step_limit = 2

        def step():
            ticket = self.submit()
            ticket.with_user(self.dora).scrm_step_complete()
            return ticket.scrm_step_ids.filtered(lambda one: one.node_key == "visit")

        steps = [step() for _number in range(3)]
        self.assertEqual(
            [one.user_id for one in steps], [self.ella, self.ella, self.egon]
        )
        self.assertIn("nearest store with room “Test Store”", steps[2].assign_reason)
        self.assertIn("enough to do: Near", steps[2].assign_reason)
        self.store.step_limit = 1
        stuck = step()
        self.assertEqual(stuck.state, "incident")
        self.assertIn("enough to do: Near, Test Store", stuck.assign_reason)
        self.store.step_limit = 0
        steps[0]._record().with_user(self.ella).scrm_step_complete("to_consume")
        self.assertEqual(step().user_id, self.ella, "there is room again")
