import {Component, onWillStart, onWillUpdateProps, reactive, useState} from "@odoo/owl";
import {Message} from "@mail/core/common/message";
import {_t} from "@web/core/l10n/translation";
import {openTicket, openTicketDialog} from "./ticket_dialog";
import {registerMessageAction} from "@mail/core/common/message_actions";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

/** Messages that are shown in this time are asked for together, in milliseconds. */
const PAUSE = 50;

/**
 * What is offered for messages of conversations: the ticket that was made of one, or
 * one to be made, because the words of a template fall in it.
 */
export const ticketOfferService = {
    dependencies: ["orm"],
    start(env, {orm}) {
        const state = reactive({offers: {}, canCreate: null});
        let waiting = new Set();
        let timer = null;
        async function ask() {
            timer = null;
            const ids = [...waiting];
            waiting = new Set();
            const found = await orm.silent
                .call("mail.message", "scrm_offers", [ids])
                // No offer is no harm: the menu of the message has it, too
                .catch(() => ({}));
            for (const id of ids) {
                state.offers[id] = found[id] || null;
            }
        }
        return {
            state,
            want(id, isAnew = false) {
                if (!Number.isInteger(id) || (id in state.offers && !isAnew)) {
                    return;
                }
                waiting.add(id);
                timer = timer || setTimeout(ask, PAUSE);
            },
            async open(message) {
                const context = await orm.call("mail.message", "scrm_ticket_draft", [
                    message.id,
                ]);
                openTicketDialog(env, context, () => this.want(message.id, true));
            },
        };
    },
};
registry.category("services").add("scrm_ticket.offers", ticketOfferService);

/** Below a message: the ticket that was made of it, or the offer to make one. */
export class MessageOffer extends Component {
    static template = "scrm_ticket.MessageOffer";
    static props = {message: Object};

    setup() {
        this.offers = useService("scrm_ticket.offers");
        this.action = useService("action");
        this.state = useState(this.offers.state);
        onWillStart(() => this.want(this.props));
        onWillUpdateProps((props) => this.want(props));
    }

    want({message}) {
        if (isConversation(message)) {
            this.offers.want(message.id);
        }
    }

    get offer() {
        return this.state.offers[this.props.message.id];
    }

    onClick() {
        if (this.offer.ticket) {
            openTicket(this.action, this.offer.ticket.id);
        } else {
            this.offers.open(this.props.message);
        }
    }
}

Object.assign(Message.components, {MessageOffer});

function isConversation(message) {
    return (
        message.thread?.model === "discuss.channel" &&
        message.message_type === "comment" &&
        Number.isInteger(message.id)
    );
}

registerMessageAction("scrm_ticket", {
    condition: ({message, store}) =>
        isConversation(message) && store.self.main_user_id?.share === false,
    icon: "fa fa-ticket",
    name: _t("Create Ticket"),
    onSelected: ({message, owner}) =>
        owner.env.services["scrm_ticket.offers"].open(message),
    sequence: 25,
});
