import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {Interaction} from "@web/public/interaction";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/** The request form: says at once when a file is too large, sends only once. */
export class TicketForm extends Interaction {
    static selector = ".o_scrm_form";
    dynamicContent = {
        "input[type=file]": {"t-on-change": this.onFilesChosen},
        _root: {"t-on-submit": this.onSubmit},
        "button[type=submit]": {"t-att-disabled": () => this.sending},
    };

    setup() {
        this.sending = false;
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
        const input = this.el.querySelector("input[type=file]");
        if (this.sending || !input.reportValidity()) {
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
