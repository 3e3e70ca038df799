import {EventBus} from "@odoo/owl";
import {ConnectionLostError, RPCError} from "@web/core/network/rpc";
import {allLines, formFrom, linesOf, Refusal} from "./form";

const MODEL = "scrm.ticket.template";

/**
 * The form of a template while it is being designed. A form is live for everybody once
 * it is saved, so nothing is saved before somebody says so. `status`: clean, dirty,
 * saving, offline, stale (somebody else has changed it), refused.
 */
export class FormDesignerModel {
    constructor(orm, templateId) {
        this.orm = orm;
        this.templateId = templateId;
        this.bus = new EventBus();
        this.info = {types: [], catalogue: [], variants: []};
        this.form = [];
        this.forget();
    }

    forget() {
        this.undoStack = [];
        this.redoStack = [];
        this.status = "clean";
        this.message = "";
    }

    async load() {
        this.take(await this.orm.call(MODEL, "design_form_load", [[this.templateId]]));
    }

    take({lines, edition, ...info}) {
        this.info = info;
        this.edition = edition;
        this.form = formFrom(lines);
        this.forget();
        this.bus.trigger("update");
    }

    get isDirty() {
        return this.status !== "clean";
    }

    get lines() {
        return linesOf(this.form);
    }

    /** The regional variant of the store where most tickets begin; false for none. */
    get usualVariant() {
        return this.info.variants.find((variant) => variant.usual)?.id || false;
    }

    get takenKeys() {
        return new Set([
            ...this.info.taken_keys,
            ...allLines(this.form).map((line) => line.field.key),
        ]);
    }

    /** Fields of the catalogue that are not on the form. */
    get offered() {
        const here = new Set(allLines(this.form).map((line) => line.field.key));
        return this.info.catalogue.filter((field) => !here.has(field.key));
    }

    /**
     * @param {Function} change form -> form
     * @throws {Refusal} nothing has been done
     */
    edit(change) {
        const changed = change(this.form);
        if (changed === this.form || !this.info.editable) {
            return;
        }
        this.undoStack.push(this.form);
        this.redoStack = [];
        this.show(changed);
    }

    show(form) {
        this.form = form;
        this.status = this.status === "stale" ? "stale" : "dirty";
        this.message = this.status === "stale" ? this.message : "";
        this.bus.trigger("update");
    }

    undo() {
        this.step(this.undoStack, this.redoStack);
    }

    redo() {
        this.step(this.redoStack, this.undoStack);
    }

    step(from, to) {
        if (from.length) {
            to.push(this.form);
            this.show(from.pop());
        }
    }

    /** @returns {Promise<boolean>} is everything saved now? */
    async save() {
        if (!this.isDirty) {
            return true;
        }
        if (this.status === "saving") {
            return false;
        }
        this.status = "saving";
        this.bus.trigger("update");
        try {
            this.take(
                await this.orm.call(MODEL, "design_form_save", [
                    [this.templateId],
                    this.edition,
                    this.lines,
                ])
            );
            return true;
        } catch (error) {
            this.notSaved(error);
            return false;
        }
    }

    /** What was designed stays on the screen, with what is wrong with it. */
    notSaved(error) {
        if (error instanceof ConnectionLostError) {
            this.status = "offline";
        } else if (error instanceof RPCError) {
            this.status = error.data?.name?.endsWith("StaleForm") ? "stale" : "refused";
            this.message = error.data?.message || error.message;
        } else {
            this.status = "dirty";
            throw error;
        }
        this.bus.trigger("update");
    }

    async discard() {
        await this.load();
    }
}

export {Refusal};
