from lxml import html

from odoo import http
from odoo.tests import HttpCase, tagged

from .common import TicketFixture

FORM = "/my/scrm/new/test_installation"


@tagged("post_install", "-at_install")
class TestPortal(TicketFixture, HttpCase):
    """The customer's side over HTTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.make_world()

    def authenticate(self, *args, **kwargs):
        session = super().authenticate(*args, **kwargs)
        self.opener.cookies.set("frontend_lang", "en_US")  # texts are compared below
        return session

    def login(self, login):
        self.authenticate(f"test_{login}", f"test_{login}")

    def post(self, url, data, token=None, **kwargs):
        if token is None:
            token = http.Request.csrf_token(self)
        data = {**data, "csrf_token": token} if token else dict(data)
        return self.url_open(url, data=data, allow_redirects=False, **kwargs)

    def send_form(self, **changes):
        data = {
            "field.test_area": "60",
            "field.test_mounting": "wall",
            "field.test_note": "ring twice",
            "description": "Third floor",
            **changes,
        }
        return self.post(FORM, {k: v for k, v in data.items() if v is not None})

    def tickets(self):
        return self.env["helpdesk.ticket"].search(
            [("template_id", "=", self.template.id)]
        )

    def page(self, response):
        return html.fromstring(response.content)

    # Choosing and submitting

    def test_choose_and_submit(self):
        """A customer chooses a form, fills it in, and gets a numbered ticket.

        Covers: E01, E31
        """
        self.login("pia")
        page = self.page(self.url_open("/my/scrm/new"))
        self.assertTrue(page.xpath(f"//a[@href='{FORM}']"))
        page = self.page(self.url_open(FORM))
        names = page.xpath("//form//*[starts-with(@name, 'field.')]/@name")
        self.assertEqual(
            names, ["field.test_area", "field.test_mounting", "field.test_note"]
        )
        response = self.send_form()
        self.assertEqual(response.status_code, 303)
        ticket = self.tickets()
        self.assertEqual(len(ticket), 1)
        self.assertIn(f"/my/ticket/{ticket.id}", response.headers["Location"])
        self.assertEqual(ticket.scrm_door, "portal")
        self.assertEqual(ticket.channel_id.name, "Web")
        self.assertEqual(ticket.partner_id, self.pia.partner_id)
        self.assertEqual(ticket._scrm_value("test_area"), 60.0)
        self.assertEqual(ticket.create_uid, self.pia)
        self.assertEqual(ticket.scrm_node_key, "check")
        shown = self.url_open(response.headers["Location"])
        self.assertIn(ticket.number, shown.text)
        self.assertIn("We have received your request", shown.text)

    def test_sent_twice_is_one_ticket(self):
        """A double click makes one ticket."""
        self.login("pia")
        page = self.page(self.url_open(FORM))
        key = page.xpath("//input[@name='submission_key']/@value")[0]
        first = self.send_form(submission_key=key)
        second = self.send_form(submission_key=key)
        self.assertEqual(first.headers["Location"], second.headers["Location"])
        self.assertEqual(len(self.tickets()), 1)

    def test_script_is_told_where_to_go(self):
        """The form's script learns where the ticket's page is, and nothing of it yet;
        what is wrong comes as a page."""
        self.login("pia")
        script = {"X-Requested-With": "XMLHttpRequest"}
        wrong = self.post(FORM, {"field.test_area": "x"}, headers=script)
        self.assertEqual(wrong.status_code, 422)
        self.assertIn("Floor area", wrong.text)
        data = {"field.test_area": "60", "field.test_mounting": "wall"}
        answer = self.post(FORM, data, headers=script)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(
            answer.json(), {"location": f"/my/ticket/{self.tickets().id}?submitted=1"}
        )

    def test_faults_are_shown_at_the_fields(self):
        """Wrong input: message at the field, typed text kept, nothing saved.

        Covers: T03
        """
        self.login("pia")
        response = self.send_form(
            **{"field.test_area": "abc", "field.test_mounting": ""}
        )
        self.assertEqual(response.status_code, 422)
        page = self.page(response)

        def notes(key):
            return page.xpath(f"string(//*[@id='field.{key}-notes'])").strip()

        self.assertIn("“Floor area” must be a number, not “abc”", notes("test_area"))
        self.assertIn("“Mounting” is required", notes("test_mounting"))
        self.assertEqual(notes("test_note"), "")
        self.assertEqual(page.xpath("//*[@name='field.test_area']/@value"), ["abc"])
        self.assertEqual(
            page.xpath("//*[@name='field.test_note']/@value"), ["ring twice"]
        )
        self.assertEqual(
            page.xpath("string(//textarea[@name='description'])").strip(), "Third floor"
        )
        self.assertFalse(self.tickets())
        page = self.page(self.send_form(**{"field.test_area": None}))
        self.assertTrue(
            page.xpath("//option[@value='wall' and @selected]"), "choice is kept"
        )

    def test_foreign_keys_are_refused(self):
        """Unknown template, unknown field, option of nobody: refused, nothing saved."""
        self.login("pia")
        for data, words in (
            ({"field.colour": "red"}, "no field “colour”"),
            ({"colour": "red"}, "no field “colour”"),
            ({"partner_id": "1"}, "no field “partner_id”"),
            ({"field.test_mounting": "floor"}, "“floor” is not an option"),
        ):
            response = self.send_form(**data)
            self.assertEqual(response.status_code, 422, data)
            self.assertIn(words, response.text)
        self.template.portal_published = False
        self.assertEqual(self.url_open(FORM).status_code, 404)
        self.assertEqual(self.send_form().status_code, 404)
        response = self.url_open("/my/scrm/new/nonsense")
        self.assertEqual(response.status_code, 404)
        self.assertFalse(self.tickets())

    def test_token_and_login_are_needed(self):
        """Without a good token nothing happens; visitors have to log in first."""
        self.login("pia")
        good = {"field.test_area": "60", "field.test_mounting": "wall"}
        for token in (False, "wrong", "0" * 40 + "o1"):
            self.assertEqual(self.post(FORM, good, token).status_code, 400)
        self.authenticate(None, None)
        for url in ("/my/scrm/new", FORM):
            self.assertIn("/web/login", self.url_open(url).url)
        self.assertFalse(self.tickets())

    def test_typed_text_is_never_code(self):
        """What was typed comes back as text, on the form and on the ticket."""
        self.login("pia")
        evil = "\"><script>alert('x')</script>"
        response = self.send_form(
            **{"field.test_area": evil, "field.test_note": evil, "description": evil}
        )
        self.assertNotIn("<script>alert", response.text)
        response = self.send_form(**{"field.test_note": evil, "description": evil})
        shown = self.url_open(response.headers["Location"])
        self.assertIn("alert(", shown.text)
        self.assertNotIn("<script>alert", shown.text)

    # Attachments

    def test_attachments(self):
        """Files come with the ticket; only people with access open them."""
        self.login("pia")
        response = self.post(
            FORM,
            {"field.test_area": "60", "field.test_mounting": "wall"},
            files=[
                ("attachment", ("wall.txt", b"brick", "text/plain")),
                ("attachment", ("page.html", b"<script>x</script>", "text/html")),
            ],
        )
        self.assertEqual(response.status_code, 303)
        files = self.tickets().attachment_ids
        self.assertEqual(set(files.mapped("name")), {"wall.txt", "page.html"})
        self.assertEqual(set(files.mapped("mimetype")), {"text/plain"})
        shown = self.url_open(response.headers["Location"])
        self.assertIn("wall.txt", shown.text)
        self.login("quentin")
        for file in files:
            url = f"/web/content/{file.id}"
            self.assertEqual(self.url_open(url).status_code, 404)

    def test_large_upload_is_refused(self):
        """30 MB are refused with a clear message, typed text is kept; the limit is
        a parameter."""
        self.login("pia")

        def upload(megabytes):
            return self.post(
                FORM,
                {
                    "field.test_area": "60",
                    "field.test_mounting": "wall",
                    "field.test_note": "ring twice",
                },
                files=[("attachment", ("film.mp4", b"x" * (megabytes << 20)))],
            )

        response = upload(30)
        self.assertEqual(response.status_code, 413)
        self.assertIn(
            "“film.mp4” is too large: 30 MB, at most 20 MB are accepted", response.text
        )
        self.assertIn("ring twice", response.text)
        self.assertFalse(self.tickets())
        self.env["ir.config_parameter"].set_param(
            "scrm_ticket.attachment_limit_mb", "1"
        )
        self.assertEqual(upload(2).status_code, 413)
        self.assertEqual(upload(1).status_code, 303)
        self.assertEqual(len(self.tickets().attachment_ids), 1)

    # Following

    def test_ticket_page_shows_progress(self):
        """From submission to closing the customer sees each stage, values and parts.

        Covers: E32
        """
        ticket = self.submit()
        ticket.sudo().scrm_values = {"test_note": "ring twice\nthen knock"}
        first, second = self.template.line_ids.sorted()[:2]
        first.section, second.section = "The Room", "The Way There"
        self.login("pia")

        def progress():
            page = self.page(self.url_open(f"/my/ticket/{ticket.id}"))
            items = page.xpath("//li[contains(@class, 'o_scrm_progress_item')]")
            return page, [
                (
                    item.xpath("string(.//*[@class='o_scrm_progress_name'])"),
                    item.get("class").rpartition("_")[2],
                )
                for item in items
            ]

        page, items = progress()
        self.assertEqual([state for _name, state in items], ["now", "next", "next"])
        self.assertEqual(items[1][0], "Our visit")
        text = page.text_content()
        for private in ("Check the request", "Dora"):
            self.assertNotIn(private, text)
        self.assertIn("Close this ticket", text)
        for words in ("Floor area", "60", "On the wall", "Test Bracket", "Wanted"):
            self.assertIn(words, text)
        self.assertEqual(text.count("The Room"), 1)
        self.assertEqual(text.count("The Way There"), 1)
        note = page.xpath("//dd/span[contains(@class, 'o_scrm_text')]/text()")
        self.assertIn("ring twice\nthen knock", note)
        ticket.with_user(self.dora).scrm_step_complete()
        page, items = progress()
        self.assertEqual([state for _name, state in items], ["done", "now", "next"])
        self.assertIn(ticket.user_id.name, page.text_content())
        self.assertIn("Reserved", page.text_content())
        ticket.with_user(ticket.user_id).scrm_step_complete()
        page, items = progress()
        self.assertEqual({state for _name, state in items}, {"done"})
        self.assertIn("Consumed", page.text_content())

    def test_other_customers_ticket(self):
        """Another customer's ticket: refused as if it did not exist; the right link
        opens it, a wrong one does not."""
        ticket = self.submit()
        url = f"/my/ticket/{ticket.id}"
        token = ticket._portal_ensure_token()
        self.login("quentin")
        refused = self.url_open(url)
        self.assertEqual(refused.status_code, 403)
        self.assertIn("You cannot open this ticket", refused.text)
        self.assertNotIn("Floor area", refused.text)
        missing = self.url_open("/my/ticket/999999999")
        self.assertEqual(missing.status_code, 403)
        self.authenticate(None, None)
        self.assertEqual(self.url_open(f"{url}/wrong").status_code, 403)
        self.assertEqual(self.url_open(f"{url}?access_token=wrong").status_code, 403)
        opened = self.url_open(f"{url}?access_token={token}")
        self.assertEqual(opened.status_code, 200)
        self.assertIn("Floor area", opened.text)
        self.assertNotIn("Close this ticket", opened.text, "that takes a login")
        self.login("paul")
        self.assertIn("Close this ticket", self.url_open(url).text, "same company")

    def test_home_card_and_old_routes(self):
        """The portal's home counts tickets; helpdesk_mgmt's routes lead to ours."""
        self.submit()
        self.login("pia")
        self.assertIn("/my/tickets", self.url_open("/my").text)
        self.assertEqual(self.url_open("/my/tickets").status_code, 200)
        counters = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["ticket_count", "scrm_open_ticket_count"]}
        )
        self.assertEqual(counters["ticket_count"], 1)
        self.assertEqual(counters["scrm_open_ticket_count"], 1)
        self.login("dora")
        self.assertEqual(self.url_open("/my/tickets").status_code, 200)
        self.login("pia")
        for url in ("/new/ticket", "/submitted/ticket"):
            response = self.post(url, {"subject": "x", "description": "y"})
            self.assertEqual(response.status_code, 303)
            self.assertTrue(response.headers["Location"].endswith("/my/scrm/new"))
        self.assertEqual(len(self.tickets()), 1)

    def test_list_tells_tickets_apart(self):
        """Tickets of one template have one name: the list says what each is about, by
        what the customer wrote or else by an answer."""
        told, asked = (self.submit() for _i in range(2))
        told.description = "<p>The <b>hall</b> is " + "very " * 30 + "cold</p>"
        asked.description = ""
        self.login("pia")
        page = self.page(self.url_open("/my/tickets"))
        shown = {
            row.xpath("string(td[2])").strip(): row.xpath("string(.//small)").strip()
            for row in page.xpath("//tbody/tr")
        }
        words = f"The hall is {'very ' * 30}"
        self.assertEqual(shown[told.number], f"{words[:79].rstrip()}…")
        self.assertEqual(shown[asked.number], "On the wall")

    def test_old_form_without_templates(self):
        """As long as no template is on the portal, helpdesk_mgmt's form serves."""
        self.env["scrm.ticket.template"].search([]).portal_published = False
        self.login("pia")
        self.assertIn('action="/submitted/ticket"', self.url_open("/new/ticket").text)
        self.assertIn("no form to fill in", self.url_open("/my/scrm/new").text)

    # Closing

    def close(self, ticket, stage="done", **kwargs):
        stage = self.env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{stage}")
        return self.post(
            "/ticket/close", {"ticket_id": ticket.id, "stage_id": stage.id}, **kwargs
        )

    def test_close_own_ticket(self):
        """Closing one's own ticket cancels what still runs and frees the parts."""
        ticket = self.submit()
        ticket.with_user(self.dora).scrm_step_complete()
        self.assertEqual(self.on_shelf(), (5, 1))
        self.login("pia")
        response = self.close(ticket, "cancelled")
        self.assertEqual(response.status_code, 302)
        ticket.invalidate_recordset()
        self.assertEqual(ticket.stage_id.name, "Cancelled")
        self.assertEqual(ticket.scrm_run_state, "cancelled")
        self.assertEqual(self.on_shelf(), (5, 0))

    def test_closing_is_guarded(self):
        """GET, no token, strangers, other stages and visitors close nothing."""
        ticket = self.submit()
        stage = ticket.stage_id
        done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self.login("quentin")
        self.assertEqual(self.close(ticket).status_code, 403)
        self.login("clerk")
        self.assertEqual(self.close(ticket).status_code, 403)
        self.login("pia")
        got = self.url_open(f"/ticket/close?ticket_id={ticket.id}&stage_id={done.id}")
        self.assertEqual(got.status_code, 405)
        self.assertEqual(self.close(ticket, token=False).status_code, 400)
        self.assertEqual(self.close(ticket, "rejected").status_code, 403)
        self.assertEqual(self.close(ticket, "in_progress").status_code, 403)
        for data in (
            {},
            {"ticket_id": "x", "stage_id": "y"},
            {"ticket_id": ticket.id},
            {"ticket_id": 99999999999, "stage_id": done.id},
            {"ticket_id": ticket.id, "stage_id": 99999999999},
        ):
            self.assertEqual(self.post("/ticket/close", data).status_code, 403)
        self.authenticate(None, None)
        response = self.close(ticket)
        self.assertIn("/web/login", response.headers.get("Location", ""))
        ticket.invalidate_recordset()
        self.assertEqual(ticket.stage_id, stage)
        self.assertEqual(ticket.scrm_run_state, "running")
