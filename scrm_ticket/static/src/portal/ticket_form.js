import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {Interaction} from "@web/public/interaction";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {rpc} from "@web/core/network/rpc";
import {user} from "@web/core/user";

/** A ticket's page looks again this often, in milliseconds. */
const EVERY = 20000;
/** Typing stops this long, in milliseconds, before the server is asked. */
const PAUSE = 250;

/**
 * The request form. The server says which fields are shown and required with what
 * was typed so far, what formulas give, and what is known of a device or product; it
 * asks itself the same when the form is sent. Without JavaScript all fields are there.
 */
export class TicketForm extends Interaction {
    static selector = ".o_scrm_form";
    dynamicContent = {
        "input[type=file]": {"t-on-change": this.onFilesChosen},
        _root: {
            "t-on-submit": this.onSubmit,
            "t-on-input": this.debounced(this.onInput, PAUSE),
        },
        ".o_scrm_forget": {"t-on-click.prevent": this.onForget},
        "button[type=submit]": {"t-att-disabled": () => this.sending},
    };

    setup() {
        this.sending = false;
        this.asked = 0;
    }

    async willStart() {
        if (this.keepsDraft && !this.el.querySelector(".is-invalid")) {
            this.restoreDraft();
        }
        await this.refresh();
    }

    // Draft: what was typed stays on this device until it is sent

    get keepsDraft() {
        return !this.el.dataset.stateParams;
    }

    get draftKey() {
        return `scrm_ticket.form.${user.userId || ""}.${browser.location.pathname}`;
    }

    /** The inputs a draft is made of: neither files nor what the page hides. */
    get draftInputs() {
        return [...this.el.elements].filter(
            (input) => input.name && !["hidden", "file", "submit"].includes(input.type)
        );
    }

    keepDraft() {
        const draft = this.draftInputs.map((input) => [
            input.name,
            input.value,
            isTicked(input) ? input.checked : null,
        ]);
        try {
            browser.localStorage.setItem(this.draftKey, JSON.stringify(draft));
        } catch {
            // No room on this device: the page goes on without a draft
        }
    }

    restoreDraft() {
        let draft = null;
        try {
            draft = JSON.parse(browser.localStorage.getItem(this.draftKey));
        } catch {
            // Not ours
        }
        if (!Array.isArray(draft)) {
            return;
        }
        let isOther = false;
        for (const [name, value, checked] of draft) {
            for (const input of this.draftInputs.filter((i) => i.name === name)) {
                if (!isTicked(input)) {
                    isOther = isOther || input.value !== value;
                    input.value = value;
                } else if (input.value === value) {
                    isOther = isOther || input.checked !== checked;
                    input.checked = checked;
                }
            }
        }
        const note = this.el.querySelector(".o_scrm_draft");
        note?.classList.toggle("d-none", !isOther);
    }

    onForget() {
        browser.localStorage.removeItem(this.draftKey);
        browser.location.reload();
    }

    onInput() {
        if (this.keepsDraft && !this.sending) {
            this.keepDraft();
        }
        return this.refresh();
    }

    /** What was typed, by field key; also what is hidden just now. */
    get values() {
        const values = {};
        for (const field of this.el.querySelectorAll(".o_scrm_field")) {
            const {field: key, type} = field.dataset;
            const inputs = [...field.querySelectorAll("input, select, textarea")];
            if (type === "tags") {
                values[key] = inputs.filter((i) => i.checked).map((i) => i.value);
            } else if (type === "yes_no") {
                values[key] = inputs[0].checked;
            } else if (type !== "file" && type !== "formula") {
                values[key] = inputs[0].value;
            }
        }
        return values;
    }

    async refresh() {
        const number = ++this.asked;
        const {stateUrl, stateParams} = this.el.dataset;
        const state = await this.waitFor(
            rpc(
                stateUrl,
                {values: this.values, ...JSON.parse(stateParams || "{}")},
                {silent: true}
            ).catch(() => null)
        );
        // A later question, or no answer: the server decides when the form is sent
        if (!state || number !== this.asked) {
            return;
        }
        this.show(state);
    }

    /** Fill in what a chosen record says, unless somebody typed something else. */
    fill(filled) {
        for (const [key, value] of Object.entries(filled || {})) {
            const field = this.el.querySelector(`.o_scrm_field[data-field="${key}"]`);
            const input = field?.querySelector("input, select, textarea");
            if (!input || input.type === "file") {
                continue;
            }
            if (input.type === "checkbox") {
                input.checked = Boolean(value);
            } else if (!input.value || input.value === input.dataset.filled) {
                input.value = value;
                input.dataset.filled = input.value;
            }
        }
    }

    show({hidden, required, computed, notes, filled}) {
        this.fill(filled);
        for (const field of this.el.querySelectorAll(".o_scrm_field")) {
            const key = field.dataset.field;
            const isHidden = hidden.includes(key);
            field.classList.toggle("d-none", isHidden);
            for (const input of field.querySelectorAll("input, select, textarea")) {
                input.disabled = isHidden;
            }
            const mark = field.querySelector(".o_scrm_required");
            mark.classList.toggle("d-none", !required.includes(key));
            if (key in computed) {
                field.querySelector("output").textContent = computed[key] || "–";
            }
            const note = field.querySelector(".o_scrm_note");
            const isSaid =
                notes[key]?.is_bad && field.querySelector(".invalid-feedback");
            note.textContent = isSaid ? "" : notes[key]?.text || "";
            note.classList.toggle("text-danger", Boolean(notes[key]?.is_bad));
            note.classList.toggle("text-success", notes[key]?.is_bad === false);
        }
        this.showSections();
    }

    /** A heading is there as long as one of the fields below it is. */
    showSections() {
        for (const heading of this.el.querySelectorAll(".o_scrm_section")) {
            let next = heading.nextElementSibling;
            while (next?.matches(".o_scrm_field.d-none")) {
                next = next.nextElementSibling;
            }
            heading.classList.toggle("d-none", !next?.matches("[data-field]"));
        }
    }

    onFilesChosen(ev) {
        const input = ev.currentTarget;
        const limit = parseInt(input.dataset.limitMb, 10);
        const large = [...input.files].find((file) => file.size > limit * 1024 * 1024);
        input.setCustomValidity(
            large
                ? _t("“%(file)s” is larger than %(limit)s MB.", {
                      file: large.name,
                      limit,
                  })
                : ""
        );
        input.reportValidity();
    }

    onSubmit(ev) {
        const inputs = [...this.el.querySelectorAll("input[type=file]")];
        const isBad = inputs.some((input) => input.validity.customError);
        const isPreview = Boolean(this.el.dataset.stateParams);
        ev.preventDefault();
        if (isPreview || this.sending || isBad) {
            inputs.forEach(
                (input) => input.validity.customError && input.reportValidity()
            );
            return;
        }
        this.sending = true;
        this.keepDraft();
        this.send();
    }

    /**
     * Send the form with its files and show how far it is. Only an answer that says
     * that the request has arrived ends the draft.
     */
    send() {
        const request = new browser.XMLHttpRequest();
        const box = this.el.querySelector(".o_scrm_upload");
        const bar = box.querySelector(".progress-bar");
        const show = (share) => {
            bar.style.width = `${share}%`;
            bar.textContent = `${share} %`;
            bar.parentElement.setAttribute("aria-valuenow", share);
        };
        const stop = () => {
            this.sending = false;
            box.classList.add("d-none");
            this.el.querySelector(".o_scrm_lost").classList.remove("d-none");
            this.updateContent();
        };
        this.el.querySelector(".o_scrm_lost").classList.add("d-none");
        box.classList.remove("d-none");
        show(0);
        request.upload.addEventListener("progress", (ev) => {
            if (ev.lengthComputable) {
                show(Math.floor((100 * ev.loaded) / ev.total));
            }
        });
        request.addEventListener("error", stop);
        request.addEventListener("abort", stop);
        request.addEventListener("load", () => this.onAnswer(request));
        request.open("POST", browser.location.href);
        // The server says where the ticket's page is, and does not send it, too
        request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
        request.send(new FormData(this.el));
    }

    /**
     * Go where the answer says, or show its page.
     *
     * @param {XMLHttpRequest} request
     */
    onAnswer(request) {
        const {responseText: text, responseURL: url} = request;
        if (isJson(request)) {
            browser.localStorage.removeItem(this.draftKey);
            browser.location.assign(JSON.parse(text).location);
            return;
        }
        if (isReceived(text)) {
            browser.localStorage.removeItem(this.draftKey);
        }
        if (new URL(url).pathname === browser.location.pathname) {
            this.showPage(text);
        } else {
            // Such as a login that has ended
            browser.location.assign(url);
        }
    }

    /** The page of an answer takes the place of this one. */
    showPage(text) {
        document.open();
        document.write(text);
        document.close();
    }
}

/** A ticket's page follows the ticket while somebody looks at it. */
export class TicketLive extends Interaction {
    static selector = "[data-scrm-live]";

    setup() {
        this.timer = setInterval(() => this.look(), EVERY);
        this.registerCleanup(() => clearInterval(this.timer));
    }

    async look() {
        const isBusy = this.el.contains(document.activeElement);
        if (document.visibilityState !== "visible" || isBusy) {
            return;
        }
        const page = await freshPage();
        if (!page || this.isDestroyed) {
            return;
        }
        const name = this.el.dataset.scrmLive;
        const fresh = page.querySelector(`[data-scrm-live="${name}"]`);
        if (fresh && plain(fresh) !== plain(this.el)) {
            this.el.replaceChildren(...fresh.childNodes);
        }
    }
}

let asked = null;

/**
 * The page as it is now, or null when it does not come. The parts of a page look at the
 * same time: they ask once.
 */
function freshPage() {
    asked ||= fetchPage().finally(() => {
        asked = null;
    });
    return asked;
}

async function fetchPage() {
    const answer = await browser.fetch(browser.location.href).catch(() => null);
    if (!answer?.ok) {
        return null;
    }
    return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function isJson(request) {
    const type = request.getResponseHeader("Content-Type") || "";
    return type.startsWith("application/json");
}

/** Whether a page tells its reader that the request has arrived. */
function isReceived(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    return Boolean(page.querySelector(".o_scrm_received"));
}

function isTicked(input) {
    return ["checkbox", "radio"].includes(input.type);
}

/** What a part of a page says; the tokens of its forms change each time. */
function plain(el) {
    return el.textContent.replace(/\s+/g, " ").trim();
}

/** Closing a ticket that is still worked on: ask first. */
export class TicketClose extends Interaction {
    static selector = "form[action='/ticket/close'][data-confirm]";
    dynamicContent = {_root: {"t-on-submit.prevent": this.onSubmit}};

    onSubmit() {
        this.services.dialog.add(ConfirmationDialog, {
            body: _t("We are still working on this ticket. Close it?"),
            confirmLabel: _t("Close Ticket"),
            // Submit() sends the form without another submit event
            confirm: () => this.el.submit(),
            cancel: () => {
                // The form stays as it is
            },
        });
    }
}

registry.category("public.interactions").add("scrm_ticket.ticket_form", TicketForm);
registry.category("public.interactions").add("scrm_ticket.ticket_close", TicketClose);
registry.category("public.interactions").add("scrm_ticket.ticket_live", TicketLive);
