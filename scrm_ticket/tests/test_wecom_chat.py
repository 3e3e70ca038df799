import json
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from ..models.scrm_masking_mixin import SETTING
from .wecom_common import WecomCase


@tagged("post_install", "-at_install")
class TestWecomChat(WecomCase):
    """The page beside the chat with a customer, and on the customer's card."""

    def test_ticket_of_a_chat(self):
        """A customer's message waits beside the chat; a colleague makes a ticket of it,
        with the customer, the message as it was written, and the template that its
        words speak for. What the customer writes next belongs to it.

        Covers: E04
        """
        self.hear("想了解产品报价 <b>", "m1")
        self.assertFalse(self.tickets(), "nobody made one yet")
        self.assertFalse(
            self.env["scrm.customer.channel"]._scrm_owner("wecom", "wm-mei")
        )
        self.come_in(self.wang)
        talk = self.talk()
        (message,) = talk["messages"]
        self.assertEqual(message["author"], "Mei")
        self.assertEqual(message["template"], "test_question")
        data = {
            "signed": talk["pass"],
            "template": message["template"],
            "message": message["id"],
        }
        made = self.ask("/ticket", **data)
        ticket = self.tickets()
        self.assertEqual(len(ticket), 1)
        self.assertEqual(made["ticket"], ticket.number)
        self.assertEqual(made["url"], f"/odoo/helpdesk.ticket/{ticket.id}")
        self.assertEqual(ticket.scrm_door, "wecom")
        self.assertEqual(ticket.create_uid, self.wang)
        self.assertEqual(ticket.template_id, self.question)
        self.assertEqual(ticket.partner_id.name, "Mei")
        self.assertEqual(
            ticket.partner_id.scrm_channel_ids.mapped(
                lambda one: (one.channel, one.identity)
            ),
            [("wecom", "wm-mei")],
        )
        self.assertIn("<blockquote", ticket.description)
        self.assertIn("想了解产品报价 &lt;b&gt;", ticket.description)
        # once
        self.assertEqual(self.ask("/ticket", **data)["ticket"], ticket.number)
        self.assertEqual(self.tickets(), ticket)
        self.assertEqual(self.talk()["messages"][0]["ticket"], ticket.number)
        self.hear("还有，几时能送？", "m2")
        self.assertEqual(self.tickets(), ticket)
        said = ticket.message_ids.filtered(
            lambda one: one.author_id == ticket.partner_id
        )
        self.assertIn("几时能送", said.body)
        for data, words in (
            ({"template": "none"}, "choose what"),
            ({"template": None}, "choose what"),
            ({"template": "test_question", "message": 99999999}, "not kept"),
        ):
            answer = self.ask("/ticket", signed=talk["pass"], **data)
            self.assertIn(words, answer["refused"])

    def test_messages_are_kept_for_a_while(self):
        """Messages are kept for the hours of the account, of groups too; without such
        hours none is."""
        self.hear("Hello", "m1")
        self.hear("Hello all", "m2", ChatId="wr-1")
        self.hear("Hello all", "m2", ChatId="wr-1")
        kept = self.env["scrm.chat.message"]
        self.assertEqual(kept.search([]).mapped("talk"), ["wr-1", "wm-mei"])
        kept.search([("key", "=", "m1")]).at -= timedelta(hours=49)
        kept._gc_past()
        self.assertEqual(kept.search([]).mapped("key"), ["m2"])
        self.account.write({"intake": "ticket", "keep_hours": 0})
        self.hear("Hello", "m3", sender="wm-li")
        self.assertFalse(kept.search([("key", "=", "m3")]))

    def test_card(self):
        """The form opens with what is known of the customer filled in, next to the
        service and the conversations of the last three months, not older ones; what
        is masked for the colleague stays so.

        Covers in part: E05
        """
        mei = self.make_mei()
        mei.phone = "13812342047"
        tickets = self.env["helpdesk.ticket"].create(
            [
                {"name": name, "description": name, "partner_id": mei.id}
                for name in ("Lately", "Long ago")
            ]
        )
        self.env.flush_all()
        past = fields.Datetime.now() - timedelta(days=100)
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s",
            [past, tickets[1].id],
        )
        tickets[0].message_post(
            body="It leaks again",
            author_id=mei.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.template.line_ids.filtered(
            lambda line: line.field_id == self.note
        ).default_kind = "partner_name"
        self.env["ir.config_parameter"].set_param(SETTING, "True")
        self.come_in(self.wang)
        talk = self.talk()
        self.assertEqual(talk["customer"]["phone"], "138****2047")
        told = " ".join(moment["text"] for moment in talk["moments"])
        self.assertIn("Lately", told)
        self.assertIn("It leaks again", told)
        self.assertNotIn("Long ago", told)
        form = self.ask("/form", signed=talk["pass"], template=self.template.key)
        self.assertEqual(form["values"]["test_note"], "Mei")
        self.assertEqual(
            [field["key"] for field in form["fields"]],
            ["test_area", "test_mounting", "test_note"],
        )
        data = {"signed": talk["pass"], "template": self.template.key}
        refused = self.ask("/submit", **data, values={}, once="0123456789")["refused"]
        self.assertIn("Floor area", refused)
        values = {"test_area": "60", "test_mounting": "wall"}
        for _time in range(2):
            made = self.ask("/submit", **data, values=values, once="0123456789")
        ticket = self.tickets()
        self.assertEqual(len(ticket), 1)
        self.assertEqual(made["ticket"], ticket.number)
        self.assertEqual(ticket.partner_id, mei)
        self.assertEqual(ticket._scrm_value("test_area"), 60)

    def test_three_presses(self):
        """Beside the chat, in a browser, with the signatures of WeCom: its toolbar
        opens the page, a press on the message chooses it with its template, another
        makes the ticket. That is three.

        Covers: E04
        """
        kinds = ["long_text", "number", "money", "date", "datetime", "time", "yes_no"]
        self.template.line_ids = [
            Command.create({"field_id": field.id})
            for field in self.env["scrm.form.field"].create(
                [{"key": f"test_each_{one}", "name": one, "type": one} for one in kinds]
            )
        ]
        self.hear("设备报修", "m1")
        self.platform.context = {
            "getContext": {"entry": "single_chat_tools"},
            "getCurExternalContact": {"userId": "wm-mei"},
        }
        self.browser_js(
            "/scrm/wecom/desk",
            """
            (async () => {
                let presses = 1; // of WeCom's toolbar
                document.addEventListener("click", () => presses++, true);
                const find = async (selector) => {
                    for (let n = 0; n < 300; n++) {
                        const found = document.querySelector(selector);
                        if (found) {
                            return found;
                        }
                        await new Promise((resolve) => setTimeout(resolve, 100));
                    }
                    throw new Error(`${selector}: ${document.body.innerText}`);
                };
                // the form has an input for each kind of field
                (await find(".o_scrm_message")).click();
                (await find(".o_scrm_fill:not([disabled])")).click();
                for (const kind of KINDS) {
                    await find(`[data-field=test_each_${kind}] :is(input, textarea)`);
                }
                document.querySelector("[aria-label=Back]").click();
                (await find(".o_scrm_message.o_scrm_chosen")).click(); // not any more
                presses = 1;
                (await find(".o_scrm_message")).click();
                (await find(".o_scrm_make:not([disabled])")).click();
                await find(".o_scrm_made");
                if (presses > 3) {
                    throw new Error(`${presses} presses`);
                }
                console.log("test successful");
            })();
            """.replace("KINDS", json.dumps(kinds)),
            login=self.wang.login,
            timeout=120,
        )
        ticket = self.tickets()
        self.assertEqual(len(ticket), 1)
        self.assertEqual(ticket.template_id, self.template)
        self.assertEqual(ticket.partner_id.name, "Mei")
        self.assertIn("设备报修", ticket.description)
