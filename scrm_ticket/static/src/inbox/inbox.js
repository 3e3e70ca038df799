import {Component, onWillStart, useEffect, useRef, useState} from "@odoo/owl";
import {Chatter} from "@mail/chatter/web_portal/chatter";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {deserializeDateTime} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {KeepLast} from "@web/core/utils/concurrency";
import {useService} from "@web/core/utils/hooks";
import {useDebounced} from "@web/core/utils/timing";
import {Layout} from "@web/search/layout";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useFlowMoves} from "@scrm_flow/service_map/flow_moves";

const {DateTime} = window.luxon;

/** Conversations that are shown at once; more when somebody asks. */
const PAGE = 40;
/** Milliseconds after an answer, when it has gone out or failed. */
const SENT = 2500;
const SHOWN = {
    name: {},
    number: {},
    partner_id: {fields: {display_name: {}}},
    partner_name: {},
    user_id: {fields: {display_name: {}}},
    stage_id: {fields: {display_name: {}}},
    priority: {},
    scrm_channel: {},
    scrm_channel_icon: {},
    scrm_said_at: {},
    scrm_unanswered_since: {},
    scrm_is_unread: {},
    scrm_last_word: {},
    scrm_last_is_ours: {},
    scrm_answer_state: {},
    scrm_answer_error: {},
};

/** The messages of a ticket with the place to answer in, open from the beginning. */
class Conversation extends Chatter {
    static props = [...Chatter.props, "onAnswered"];

    setup() {
        super.setup();
        this.state.composerType = "message";
    }

    changeThread(threadModel, threadId) {
        super.changeThread(threadModel, threadId);
        this.state.composerType = "message";
    }

    onPostCallback() {
        super.onPostCallback();
        this.props.onAnswered();
    }
}

/**
 * Open conversations of all channels in one list, who wrote last on top, and the
 * chosen one beside it. What is answered leaves by the channel of the customer.
 */
export class Inbox extends Component {
    static template = "scrm_ticket.Inbox";
    static components = {Layout, Conversation};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.display = {controlPanel: {}};
        this.keepLast = new KeepLast();
        this.list = useRef("list");
        this.state = useState({
            tickets: [],
            total: 0,
            limit: PAGE,
            chosen: null,
            view: "open",
            channel: "",
            text: "",
            isLoading: true,
        });
        this.search = useDebounced(() => this.load(), 300);
        const listen = useFlowMoves(() => this.load());
        useEffect(
            () => listen("all"),
            () => []
        );
        onWillStart(async () => {
            const fields = await this.orm.call("helpdesk.ticket", "fields_get", [
                ["scrm_channel", "scrm_answer_state"],
                ["selection"],
            ]);
            this.channels = fields.scrm_channel.selection;
            this.answerStates = Object.fromEntries(fields.scrm_answer_state.selection);
            await this.load();
        });
    }

    get views() {
        return [
            {key: "open", name: _t("All open")},
            {key: "waiting", name: _t("Waiting")},
            {key: "unread", name: _t("Unread")},
            {key: "mine", name: _t("Mine")},
        ];
    }

    get domain() {
        const domain = [
            ["closed", "=", false],
            ["scrm_said_at", "!=", false],
        ];
        if (this.state.view === "waiting") {
            domain.push(["scrm_unanswered_since", "!=", false]);
        } else if (this.state.view === "unread") {
            domain.push(["scrm_is_unread", "=", true]);
        } else if (this.state.view === "mine") {
            domain.push(
                "|",
                ["user_id", "=", user.userId],
                ["scrm_handler_ids", "in", user.userId]
            );
        }
        if (this.state.channel) {
            domain.push(["scrm_channel", "=", this.state.channel]);
        }
        const text = this.state.text.trim();
        if (text) {
            domain.push(
                "|",
                "|",
                "|",
                ["name", "ilike", text],
                ["number", "ilike", text],
                ["partner_id", "ilike", text],
                ["partner_name", "ilike", text]
            );
        }
        return domain;
    }

    async load() {
        const {length, records} = await this.keepLast.add(
            this.orm.webSearchRead("helpdesk.ticket", this.domain, {
                specification: SHOWN,
                order: "scrm_said_at desc, id desc",
                limit: this.state.limit,
                count_limit: 1000,
            })
        );
        this.state.tickets = records;
        this.state.total = length;
        this.state.isLoading = false;
        const chosen = records.find(({id}) => id === this.state.chosen?.id);
        if (chosen) {
            this.state.chosen = chosen;
            if (chosen.scrm_is_unread) {
                this.see(chosen); // It is read while it stands on the screen
            }
        }
    }

    show(view) {
        this.state.view = view;
        return this.load();
    }

    onChannel(ev) {
        this.state.channel = ev.target.value;
        return this.load();
    }

    onSearch(ev) {
        this.state.text = ev.target.value;
        this.search();
    }

    more() {
        this.state.limit += PAGE;
        return this.load();
    }

    choose(ticket) {
        this.state.chosen = ticket;
        if (ticket.scrm_is_unread) {
            this.see(ticket);
        }
    }

    async see(ticket) {
        ticket.scrm_is_unread = false;
        try {
            await this.orm.silent.call("helpdesk.ticket", "scrm_see", [[ticket.id]]);
        } catch (error) {
            if (error.exceptionName !== "odoo.exceptions.AccessError") {
                throw error; // Who may only read leaves it unread for those who answer
            }
            ticket.scrm_is_unread = true;
        }
    }

    close() {
        this.state.chosen = null;
    }

    openTicket() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "helpdesk.ticket",
            res_id: this.state.chosen.id,
            views: [[false, "form"]],
        });
    }

    async onAnswered() {
        await this.load();
        browser.setTimeout(() => this.load(), SENT);
    }

    async resend() {
        await this.orm.call("helpdesk.ticket", "scrm_resend_answer", [
            [this.state.chosen.id],
        ]);
        this.notification.add(_t("The answer goes out once more."), {type: "success"});
        await this.onAnswered();
    }

    // What it says ------------------------------------------------------------

    channelName(ticket) {
        const found = this.channels.find(([key]) => key === ticket.scrm_channel);
        return found ? found[1] : _t("Unknown channel");
    }

    /** Channel, number, subject and stage in one line. */
    about(ticket) {
        const parts = [
            this.channelName(ticket),
            ticket.number,
            ticket.name,
            ticket.stage_id?.display_name,
        ];
        return parts.filter(Boolean).join(" · ");
    }

    customer(ticket) {
        return ticket.partner_id?.display_name || ticket.partner_name || _t("Visitor");
    }

    /** How long ago, as short as it is still clear. */
    ago(moment) {
        if (!moment) {
            return "";
        }
        const then = deserializeDateTime(moment);
        const minutes = Math.max(
            0,
            Math.round(DateTime.now().diff(then).as("minutes"))
        );
        if (minutes < 60) {
            return _t("%s min", minutes);
        }
        if (minutes < 60 * 24) {
            return _t("%s h", Math.floor(minutes / 60));
        }
        return _t("%s d", Math.floor(minutes / 60 / 24));
    }

    waits(ticket) {
        const since = ticket.scrm_unanswered_since;
        return since ? _t("waits %s", this.ago(since)) : "";
    }

    isFailed(ticket) {
        return ["failed", "uncertain", "skipped"].includes(ticket.scrm_answer_state);
    }

    answerState(ticket) {
        return this.answerStates[ticket.scrm_answer_state] || "";
    }
}

registry.category("actions").add("scrm_ticket.inbox", Inbox);
