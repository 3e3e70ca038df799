import {Component, onWillStart, onWillUnmount, useState} from "@odoo/owl";
import {deserializeDateTime, toLocaleDateTimeString} from "@web/core/l10n/dates";
import {WecomForm} from "./wecom_form";
import {_t} from "@web/core/l10n/translation";
import {currentTalk} from "./wecom_sdk";
import {debounce} from "@web/core/utils/timing";
import {registry} from "@web/core/registry";
import {rpc} from "@web/core/network/rpc";
import {uuid} from "@web/core/utils/strings";

/** What others wrote in a shared ticket is asked for this often, in milliseconds. */
const EVERY = 2500;
/** Milliseconds after a keystroke until the form asks what is shown now. */
const PAUSE = 300;
/** The customer's card, by WeCom's name. */
const CARD = "contact_profile";

/** The page beside a chat of WeCom. */
export class Wecom extends Component {
    static template = "scrm_ticket.Wecom";
    static components = {WecomForm};
    static props = {app: String};

    setup() {
        this.state = useState({
            view: "loading",
            error: "",
            talk: null,
            message: 0,
            template: "",
            form: null,
            values: {},
            draft: null,
            conflict: null,
            made: null,
            isBusy: false,
        });
        this.focused = "";
        this.look = debounce(() => this.follow(), PAUSE);
        onWillStart(() => this.begin());
        onWillUnmount(() => clearInterval(this.timer));
    }

    /** Ask the server; what it refuses is shown, and undefined is the answer. */
    async ask(path, data = {}) {
        const {talk} = this.state;
        const asked = talk ? {signed: talk.pass, ...data} : data;
        this.state.error = "";
        const address = `/scrm/wecom/${this.props.app}${path}`;
        const answer = await rpc(address, asked, {silent: true});
        if (answer?.refused) {
            this.state.error = answer.refused;
            return undefined;
        }
        return answer;
    }

    async begin() {
        try {
            const url = window.location.href.split("#")[0];
            const sdk = await this.ask("/sdk", {url});
            if (!sdk) {
                return;
            }
            const {entry, kind, identity} = await currentTalk(sdk);
            const talk = await this.ask("/talk", {kind, identity});
            if (!talk) {
                return;
            }
            this.state.talk = talk;
            this.state.template = talk.suggested;
            this.state.view = "home";
            if (entry === CARD && (talk.suggested || talk.templates.length === 1)) {
                this.state.template = talk.suggested || talk.templates[0].key;
                await this.fill();
            }
        } catch (error) {
            this.state.error = error.data?.message || error.message;
        } finally {
            if (this.state.view === "loading") {
                this.state.view = "failed";
            }
        }
    }

    // What is shown

    when(moment) {
        return toLocaleDateTimeString(deserializeDateTime(moment), {
            showSeconds: false,
        });
    }

    get isGroup() {
        return this.state.talk.kind === "group";
    }

    get chosen() {
        return this.state.talk.messages.find(({id}) => id === this.state.message);
    }

    reload() {
        window.location.reload();
    }

    // A ticket of a message

    /** A press on a message chooses it, with the template its words speak for. */
    choose(message) {
        this.state.message = this.state.message === message.id ? 0 : message.id;
        if (this.state.message) {
            this.state.template = message.template || this.state.talk.suggested;
        }
    }

    /** Do something once: while it is under way no other press counts. */
    async once(act) {
        if (this.state.isBusy) {
            return;
        }
        this.state.isBusy = true;
        try {
            await act();
        } catch (error) {
            this.state.error = error.data?.message || error.message;
        } finally {
            this.state.isBusy = false;
        }
    }

    make() {
        const {template, message} = this.state;
        return this.once(async () => {
            this.done(await this.ask("/ticket", {template, message}));
        });
    }

    done(made) {
        if (made) {
            clearInterval(this.timer);
            this.state.made = made;
            this.state.view = "done";
        }
    }

    // A form

    fill() {
        const {template} = this.state;
        return this.once(async () => {
            const form = await this.ask("/form", {template});
            if (form) {
                this.sending = uuid();
                this.show(form, form.values);
            }
        });
    }

    show(form, values) {
        this.state.form = form;
        this.state.values = {...values};
        this.state.view = "form";
    }

    back() {
        clearInterval(this.timer);
        Object.assign(this.state, {
            view: "home",
            draft: null,
            conflict: null,
            error: "",
        });
    }

    /** Ask what is shown and filled in with what was typed so far. */
    async follow() {
        const {template, form, values, draft} = this.state;
        const state = await this.ask("/state", {template, values: {...values}});
        if (!state || !form) {
            return;
        }
        form.state = state;
        for (const [key, value] of Object.entries(state.filled || {})) {
            if (!this.state.values[key] && value) {
                this.state.values[key] = value;
                if (draft) {
                    await this.write(key, value);
                }
            }
        }
    }

    async change(key, value) {
        const seen = this.state.values[key];
        this.state.values[key] = value;
        if (this.state.draft) {
            await this.write(key, value, seen);
        }
        this.look();
    }

    submit() {
        const {template, message, values} = this.state;
        return this.once(async () => {
            this.done(
                await this.ask("/submit", {
                    template,
                    message,
                    values: {...values},
                    once: this.sending,
                })
            );
        });
    }

    // A ticket that several fill in

    share(device) {
        const {template, message} = this.state;
        return this.once(async () => {
            const data = {template, message, device: device || null};
            this.join(await this.ask("/draft/open", data));
        });
    }

    /** Join what the group fills in already. */
    joinDraft(draft) {
        this.state.template = draft.template;
        this.state.message = 0;
        return this.share();
    }

    join(draft) {
        if (!draft) {
            return;
        }
        this.state.draft = draft;
        this.show(draft.form, draft.answers);
        clearInterval(this.timer);
        this.timer = setInterval(() => this.hear(), EVERY);
    }

    /** Take over what others wrote, but for the field one is in. */
    take(draft) {
        Object.assign(this.state.draft, draft);
        for (const key of Object.keys(draft.answers)) {
            if (key !== this.focused) {
                this.state.values[key] = draft.answers[key];
            }
        }
        if (draft.ticket) {
            this.done({ticket: draft.ticket, url: ""});
        }
    }

    async hear() {
        const {draft} = this.state;
        if (!draft || document.visibilityState !== "visible" || this.isHearing) {
            return;
        }
        this.isHearing = true;
        try {
            const {id, turn} = draft;
            const address = `/scrm/wecom/${this.props.app}/draft/read`;
            const {pass} = this.state.talk;
            const news = await rpc(
                address,
                {signed: pass, draft: id, turn},
                {silent: true}
            );
            if (this.unheard && this.state.error === this.unheard) {
                this.state.error = ""; // The server is there again
            }
            this.unheard = "";
            if (news.turn && this.state.draft) {
                this.take(news);
                this.look();
            }
        } catch (error) {
            // The next time brings it, or says more
            this.unheard = error.data?.message || error.message;
            this.state.error = this.unheard;
        } finally {
            this.isHearing = false;
        }
    }

    async write(field, value, seen) {
        const {draft} = this.state;
        const data = {draft: draft.id, field, value, seen: seen ?? null};
        const answer = await this.ask("/draft/answer", data);
        if (!answer) {
            return;
        }
        const {conflict, ...news} = answer;
        this.focused = conflict ? field : "";
        this.take(news);
        this.state.conflict = conflict && {field, mine: value, ...conflict};
    }

    get conflictText() {
        const {by, field, value} = this.state.conflict;
        const asked = this.state.form.fields.find(({key}) => key === field);
        return _t("%(name)s meanwhile wrote “%(answer)s” under “%(field)s”.", {
            name: by,
            answer: this.words(value, asked),
            field: asked?.label || field,
        });
    }

    get mineText() {
        const {field, mine} = this.state.conflict;
        const asked = this.state.form.fields.find(({key}) => key === field);
        return _t("Write “%s”", this.words(mine, asked));
    }

    /** An answer as people read it. */
    words(value, field) {
        const names = [].concat(value ?? []).map((one) => {
            const option = field?.options?.find(({key}) => key === one);
            return option ? option.name : String(one);
        });
        return names.join(", ");
    }

    /** Keep one of two answers that were given at the same time. */
    settle(isMine) {
        const {field, mine, value} = this.state.conflict;
        this.state.conflict = null;
        this.focused = "";
        this.state.values[field] = value;
        return isMine ? this.change(field, mine) : this.look();
    }

    send() {
        const {draft} = this.state;
        return this.once(async () => {
            this.done(await this.ask("/draft/send", {draft: draft.id}));
        });
    }

    focus(key) {
        this.focused = key;
    }

    get people() {
        const {draft} = this.state;
        return draft.people.length
            ? _t("Filled in by: %s", draft.people.join(", "))
            : _t("Nobody has filled in anything yet.");
    }
}

registry.category("public_components").add("scrm_ticket.wecom", Wecom);
