import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {Interaction} from "@web/public/interaction";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {rpc} from "@web/core/network/rpc";

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
            "t-on-input": this.debounced(this.refresh, PAUSE),
        },
        "button[type=submit]": {"t-att-disabled": () => this.sending},
    };

    setup() {
        this.sending = false;
        this.asked = 0;
    }

    async willStart() {
        await this.refresh();
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

    show({hidden, required, computed, notes}) {
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
        if (isPreview || this.sending || isBad) {
            inputs.forEach(
                (input) => input.validity.customError && input.reportValidity()
            );
            ev.preventDefault();
            return;
        }
        this.sending = true;
    }
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
