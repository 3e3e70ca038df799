/* global luxon */
import {Component, onMounted, onWillStart, onWillUnmount, useState} from "@odoo/owl";
import {ConnectionLostError, RPCError, rpc} from "@web/core/network/rpc";
import {Outbox, smaller} from "./outbox";
import {SignatureDialog} from "@web/core/signature/signature_dialog";
import {_t} from "@web/core/l10n/translation";
import {deserializeDateTime, toLocaleDateTimeString} from "@web/core/l10n/dates";
import {isBarcodeScannerSupported} from "@web/core/barcode/barcode_video_scanner";
import {registry} from "@web/core/registry";
import {scanBarcode} from "@web/core/barcode/barcode_dialog";
import {useService} from "@web/core/utils/hooks";

/** New steps are asked for this often, in milliseconds. */
const EVERY = 15000;

/** Who has to log in again loses nothing: all waits until then. */
const LOGIN = "odoo.http.SessionExpiredException";

/** What an engineer has to do, on a phone; also without a connection. */
export class Work extends Component {
    static template = "scrm_ticket.Work";
    static props = {};

    setup() {
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.outbox = new Outbox();
        this.canScan = isBarcodeScannerSupported();
        this.state = useState({
            tasks: this.outbox.read("tasks", []),
            drafts: this.outbox.read("drafts", {}),
            waiting: this.outbox.waiting.length,
            aside: this.outbox.aside.length,
            isOnline: true,
            isLoaded: false,
            isSending: false,
            open: null,
        });
        const update = () => this.update();
        onWillStart(() => this.update());
        onMounted(() => {
            this.timer = setInterval(() => {
                if (document.visibilityState === "visible") {
                    this.update();
                }
            }, EVERY);
            window.addEventListener("online", update);
            document.addEventListener("visibilitychange", update);
        });
        onWillUnmount(() => {
            clearInterval(this.timer);
            window.removeEventListener("online", update);
            document.removeEventListener("visibilitychange", update);
        });
    }

    // What there is to do

    get groups() {
        const end = luxon.DateTime.now().endOf("day");
        const isToday = ({due}) => !due || deserializeDateTime(due) <= end;
        const {tasks} = this.state;
        return [
            {key: "today", name: _t("Today"), tasks: tasks.filter(isToday)},
            {key: "later", name: _t("Later"), tasks: tasks.filter((t) => !isToday(t))},
        ].filter((group) => group.tasks.length);
    }

    due(task) {
        return task.due
            ? toLocaleDateTimeString(deserializeDateTime(task.due), {
                  showSeconds: false,
              })
            : "";
    }

    isLate(task) {
        return (
            Boolean(task.due) && deserializeDateTime(task.due) < luxon.DateTime.now()
        );
    }

    toggle(task) {
        this.state.open = this.state.open === task.step ? null : task.step;
    }

    /** What was typed on a ticket and not sent yet. */
    draft(task) {
        return this.state.drafts[task.ticket] || {note: "", code: "", quantity: "1"};
    }

    type(task, name, value) {
        this.state.drafts[task.ticket] = {...this.draft(task), [name]: value};
        this.outbox.write("drafts", this.state.drafts);
    }

    /** Send what waits, then ask what there is to do. */
    async update() {
        await this.send();
        if (this.outbox.waiting.length) {
            return;
        }
        try {
            this.state.tasks = await rpc("/scrm/work/tasks", {}, {silent: true});
            this.outbox.write("tasks", this.state.tasks);
            this.state.isOnline = true;
            this.state.isLoaded = true;
        } catch (error) {
            this.lost(error);
        }
    }

    /** Send what was put aside once more, then all the rest. */
    async sendAside() {
        this.outbox.takeBack();
        this.state.aside = this.outbox.aside.length;
        await this.update();
    }

    /**
     * Send what waits, in order. What the server refuses is shown and given up; what
     * it fails on is shown and put aside, for what comes behind it must go out.
     */
    async send() {
        if (this.state.isSending) {
            return;
        }
        this.state.isSending = true;
        try {
            for (const deed of this.outbox.waiting) {
                const {key, ticket, number, deed: name, data} = deed;
                let answer = null;
                try {
                    answer = await rpc(
                        "/scrm/work/do",
                        {key, ticket, deed: name, data},
                        {silent: true}
                    );
                } catch (error) {
                    if (!(error instanceof RPCError) || error.exceptionName === LOGIN) {
                        throw error;
                    }
                    this.outbox.setAside(deed);
                    this.notification.add(
                        _t(
                            "%s: this could not be taken in. It is kept on this phone.",
                            number
                        ),
                        {type: "danger", sticky: true}
                    );
                    continue;
                }
                this.outbox.remove(key);
                if (answer.refused) {
                    this.notification.add(`${number}: ${answer.refused}`, {
                        type: "danger",
                        sticky: true,
                    });
                } else {
                    this.notification.add(`${number}: ${answer.done}`, {
                        type: "success",
                    });
                }
            }
            this.state.isOnline = true;
        } catch (error) {
            this.lost(error);
        } finally {
            this.state.isSending = false;
            this.state.waiting = this.outbox.waiting.length;
            this.state.aside = this.outbox.aside.length;
        }
    }

    lost(error) {
        if (!(error instanceof ConnectionLostError)) {
            throw error;
        }
        this.state.isOnline = false;
    }

    /**
     * Do something now, or as soon as there is a connection.
     *
     * @returns {Boolean} false when the phone has no room left for it
     */
    async act(task, deed, data = {}) {
        const {ticket, number} = task;
        if (!this.outbox.add({ticket, number, deed, data})) {
            this.notification.add(
                _t("This phone has no room left. Find a connection first."),
                {type: "danger"}
            );
            return false;
        }
        this.state.waiting = this.outbox.waiting.length;
        await this.update();
        return true;
    }

    // Deeds

    accept(task) {
        return this.act(task, "accept", {step: task.step});
    }

    async complete(task, way) {
        if (await this.note(task)) {
            await this.act(task, "complete", {step: task.step, way: way.key});
        }
    }

    /** Send the note, if there is one. */
    async note(task) {
        const text = this.draft(task).note.trim();
        if (!text) {
            return true;
        }
        const isKept = await this.act(task, "note", {text});
        if (isKept) {
            this.type(task, "note", "");
        }
        return isKept;
    }

    async onPhoto(task, ev) {
        const input = ev.target;
        for (const file of input.files) {
            try {
                await this.act(task, "photo", {
                    name: file.name.replace(/\.\w+$/, "") + ".jpg",
                    data: await smaller(file),
                });
            } catch (error) {
                if (error instanceof window.DOMException) {
                    this.notification.add(_t("This is no picture."), {type: "danger"});
                } else {
                    throw error;
                }
            }
        }
        input.value = "";
    }

    async scan(task) {
        try {
            const code = await scanBarcode(this.env);
            this.type(task, "code", code);
        } catch (error) {
            this.notification.add(error.message, {type: "warning"});
        }
    }

    async part(task) {
        const {code, quantity} = this.draft(task);
        const number = parseFloat(String(quantity).replace(",", "."));
        if (!code.trim() || !(number > 0)) {
            this.notification.add(_t("Write the code and how many."), {
                type: "warning",
            });
            return;
        }
        if (await this.act(task, "part", {code: code.trim(), quantity: number})) {
            this.type(task, "code", "");
            this.type(task, "quantity", "1");
        }
    }

    sign(task) {
        this.dialog.add(SignatureDialog, {
            defaultName: task.customer,
            nameAndSignatureProps: {mode: "draw", displaySignatureRatio: 2},
            uploadSignature: ({name, signatureImage}) =>
                this.act(task, "sign", {
                    name,
                    data: signatureImage.split(",").pop(),
                }),
        });
    }
}

registry.category("public_components").add("scrm_ticket.work", Work);
