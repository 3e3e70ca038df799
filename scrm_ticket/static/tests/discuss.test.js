import {Component, xml} from "@odoo/owl";
import {advanceTime, animationFrame} from "@odoo/hoot-mock";
import {describe, expect, test} from "@odoo/hoot";
import {
    getService,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import {MessageOffer} from "@scrm_ticket/discuss/message_offer";
import {click} from "@odoo/hoot-dom";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");
defineMailModels();

const said = (id, more = {}) => ({
    id,
    message_type: "comment",
    thread: {model: "discuss.channel"},
    ...more,
});

/** Show messages, with what the server offers for each of them. */
async function show(messages, offers) {
    onRpc("mail.message", "scrm_offers", ({args: [ids]}) => {
        expect.step(`asked for ${ids}`);
        return offers;
    });
    class Talk extends Component {
        static components = {MessageOffer};
        static props = {};
        static template = xml`
            <p t-foreach="messages" t-as="message" t-key="message.id">
                <MessageOffer message="message"/>
            </p>`;
        messages = messages;
    }
    await mountWithCleanup(Talk);
    await advanceTime(60);
    await animationFrame();
}

// Covers in part: E33
test("messages on the screen are asked for together; others are none of ours", async () => {
    await show(
        [
            said(1),
            said(2),
            said(3),
            said(4, {message_type: "notification"}),
            said(5, {thread: {model: "res.partner"}}),
            said(6.5),
        ],
        {1: {template: "Repair"}, 3: {ticket: {id: 7, name: "HT7"}}}
    );
    expect.verifySteps(["asked for 1,2,3"]);
    expect(".o_scrm_offer").toHaveCount(2);
    expect("p:eq(0) .o_scrm_offer").toHaveText("Create Ticket: Repair");
    expect("p:eq(2) .o_scrm_offer").toHaveText("HT7");
});

// Covers in part: E04
test("an offer opens the form with the message in it, a ticket itself", async () => {
    const draft = {default_name: "It is broken", default_scrm_message_id: 1};
    onRpc("mail.message", "scrm_ticket_draft", ({args: [id]}) => {
        expect.step(`draft of ${id}`);
        return draft;
    });
    await show([said(1), said(2)], {
        1: {template: "Repair"},
        2: {ticket: {id: 7, name: "HT7"}},
    });
    patchWithCleanup(getService("dialog"), {
        add(_component, {resModel, context}) {
            expect.step(resModel);
            expect(context).toEqual({
                form_view_ref: "scrm_ticket.helpdesk_ticket_view_form_quick",
                ...draft,
            });
        },
    });
    patchWithCleanup(getService("action"), {
        doAction: ({res_model, res_id}) => expect.step(`${res_model} ${res_id}`),
    });
    await click(".o_scrm_offer:contains(Repair)");
    await animationFrame();
    expect.verifySteps(["asked for 1,2", "draft of 1", "helpdesk.ticket"]);
    await click(".o_scrm_offer:contains(HT7)");
    expect.verifySteps(["helpdesk.ticket 7"]);
});

// Covers in part: E33
test("no answer to the question is no harm to the conversation", async () => {
    onRpc("mail.message", "scrm_offers", () => {
        throw new Error("broken");
    });
    class Talk extends Component {
        static components = {MessageOffer};
        static props = {};
        static template = xml`<p>Hello <MessageOffer message="message"/></p>`;
        message = said(1);
    }
    await mountWithCleanup(Talk);
    await advanceTime(60);
    await animationFrame();
    expect("p").toHaveText("Hello");
    expect(".o_scrm_offer").toHaveCount(0);
});
