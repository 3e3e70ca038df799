import {
    Component,
    onWillStart,
    useEffect,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {_t} from "@web/core/l10n/translation";
import {useBus, useService} from "@web/core/utils/hooks";
import {useSetupAction} from "@web/search/action_hook";
import {Layout} from "@web/search/layout";
import {standardViewProps} from "@web/views/standard_view_props";
import {FieldSettings} from "./field_settings";
import {FormPreview} from "./form_preview";
import {RightsTable} from "./rights_table";
import {useFormDrag} from "./form_drag";
import * as forms from "./form";

const ICONS = {
    text: "fa-font",
    long_text: "fa-align-left",
    number: "fa-hashtag",
    money: "fa-money",
    date: "fa-calendar",
    datetime: "fa-calendar-check-o",
    time: "fa-clock-o",
    yes_no: "fa-check-square-o",
    choice: "fa-dot-circle-o",
    tags: "fa-tags",
    category: "fa-sitemap",
    record: "fa-link",
    file: "fa-camera",
    formula: "fa-calculator",
    stock: "fa-cubes",
    serial: "fa-barcode",
    history: "fa-history",
};

/** The form designer: what a ticket template asks for, put together with the mouse. */
export class FormDesigner extends Component {
    static template = "scrm_ticket.FormDesigner";
    static components = {FieldSettings, FormPreview, Layout, RightsTable};
    static props = {...standardViewProps, Model: Function, archInfo: {optional: true}};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.rootRef = useRef("root");
        this.state = useState({
            tab: "build",
            selected: null,
            search: "",
            variantId: false,
        });
        this.model = new this.props.Model(this.orm, this.props.resId);
        this.drag = useFormDrag(this.rootRef, (what, place) => this.drop(what, place));
        useBus(this.model.bus, "update", () => this.onModelUpdate());
        onWillStart(async () => {
            if (this.props.resId) {
                await this.model.load();
                this.state.variantId = this.model.usualVariant;
            }
        });
        useExternalListener(window, "keydown", (ev) => this.onKeydown(ev));
        useSetupAction({
            rootRef: this.rootRef,
            beforeLeave: () => this.settle(),
            beforeUnload: (ev) => {
                if (this.model.isDirty) {
                    ev.preventDefault();
                }
            },
        });
        useEffect(
            (name) => name && this.env.config.setDisplayName(_t("Form: %s", name)),
            () => [this.model.info.name]
        );
    }

    onModelUpdate() {
        if (this.state.selected && !this.selectedLine) {
            // saved lines come back as new objects: the same field stays marked
            const same = forms
                .allLines(this.model.form)
                .find((line) => line.field.key === this.selectedKey);
            this.state.selected = same?.uid || null;
        }
        this.render();
    }

    // What is shown -----------------------------------------------------------

    get selectedLine() {
        const line = forms.lineOf(this.model.form, this.state.selected);
        if (line) {
            this.selectedKey = line.field.key;
        }
        return line;
    }

    get offered() {
        const words = this.state.search.trim().toLowerCase();
        return this.model.offered.filter(
            (field) =>
                !words || `${field.name} ${field.key}`.toLowerCase().includes(words)
        );
    }

    icon(type) {
        return ICONS[type] || "fa-square-o";
    }

    typeName(type) {
        return this.model.info.types.find((one) => one.key === type)?.name || type;
    }

    /** Regions of the variant that the line belongs to; "" for a line of all. */
    regionsOf(line) {
        const {variants} = this.model.info;
        return variants.find((one) => one.id === line.variant_id)?.name || "";
    }

    /** Is the line on the form of other regions than those that are looked at? */
    isElsewhere(line) {
        return Boolean(line.variant_id) && line.variant_id !== this.state.variantId;
    }

    setVariant(ev) {
        this.state.variantId = parseInt(ev.target.value) || false;
    }

    hasCondition(line) {
        return (line.shown_when || "[]") !== "[]";
    }

    /** The drop mark stands before this line of this section (or after the last). */
    isPlace(section, index) {
        const {place, what} = this.drag;
        if (!place || place.section !== section.uid) {
            return false;
        }
        const others = section.lines.filter((line) => `line:${line.uid}` !== what);
        const before = others[place.index]?.uid;
        return (section.lines[index]?.uid ?? undefined) === before;
    }

    get statusText() {
        return {
            clean: _t("Saved"),
            dirty: _t("Not saved yet"),
            saving: _t("Saving…"),
            offline: _t("Not saved: no connection"),
            stale: _t("Not saved"),
            refused: _t("Not saved"),
        }[this.model.status];
    }

    // Editing -----------------------------------------------------------------

    /** Do it, or say why not. */
    edit(change) {
        try {
            this.model.edit(change);
            return true;
        } catch (error) {
            if (!(error instanceof forms.Refusal)) {
                throw error;
            }
            this.notification.add(error.message, {type: "warning"});
            return false;
        }
    }

    fieldOf(what) {
        const [kind, key] = what.split(":");
        return kind === "type"
            ? forms.newField(
                  this.model.info.types.find((type) => type.key === key),
                  this.model.takenKeys
              )
            : this.model.info.catalogue.find((field) => field.key === key);
    }

    drop(what, place) {
        const [kind, uid] = what.split(":");
        if (kind === "line") {
            this.edit((form) => forms.moveLine(form, uid, place));
            this.state.selected = uid;
        } else {
            this.add(what, place);
        }
    }

    add(what, place) {
        const field = this.fieldOf(what);
        const values = {variant_id: this.state.variantId};
        if (this.edit((form) => forms.addField(form, field, place, values))) {
            const line = forms
                .allLines(this.model.form)
                .find((one) => one.field.key === field.key);
            this.state.selected = line.uid;
        }
    }

    /** A click in the palette puts it behind the marked field, else at the end. */
    onPaletteClick(what) {
        if (this.drag.wasDropped()) {
            return;
        }
        const section = this.model.form.find((one) =>
            one.lines.some((line) => line.uid === this.state.selected)
        );
        this.add(
            what,
            section && {
                section: section.uid,
                index:
                    section.lines.findIndex((l) => l.uid === this.state.selected) + 1,
            }
        );
    }

    select(uid) {
        if (!this.drag.wasDropped()) {
            this.state.selected = uid;
        }
    }

    remove(uid) {
        this.edit((form) => forms.removeLine(form, uid));
    }

    changeLine(values) {
        this.edit((form) => forms.changeLine(form, this.state.selected, values));
    }

    changeField(values) {
        this.edit((form) =>
            forms.changeField(
                form,
                this.state.selected,
                values,
                this.model.info.taken_keys
            )
        );
    }

    get askable() {
        return forms.askable(this.model.form, this.state.selected);
    }

    addSection() {
        this.edit((form) => forms.addSection(form));
    }

    renameSection(section, ev) {
        const renamed = this.edit((form) =>
            forms.renameSection(form, section.uid, ev.target.value)
        );
        if (!renamed) {
            ev.target.value = section.name;
        }
    }

    moveSection(section, step) {
        this.edit((form) => forms.moveSection(form, section.uid, step));
    }

    removeSection(section) {
        this.edit((form) => forms.removeSection(form, section.uid));
    }

    onKeydown(ev) {
        const typing = ev.target.closest?.(
            "input, textarea, select, .modal, [contenteditable]"
        );
        if (this.state.tab !== "build" || typing || !this.model.info.editable) {
            return;
        }
        const act = this.keyAction(ev);
        if (act) {
            ev.preventDefault();
            act();
        }
    }

    /** What a key does; undefined for nothing. */
    keyAction(ev) {
        if (ev.ctrlKey || ev.metaKey) {
            return {z: () => this.model.undo(), y: () => this.model.redo()}[ev.key];
        }
        const {selected} = this.state;
        if (!selected) {
            return undefined;
        }
        const moves = {
            ArrowUp: () => this.nudge(selected, -1),
            ArrowDown: () => this.nudge(selected, 1),
        };
        const others = {
            Delete: () => this.remove(selected),
            Escape: () => (this.state.selected = null),
        };
        return ev.altKey ? moves[ev.key] : others[ev.key];
    }

    onLineKeydown(uid, ev) {
        if (ev.target === ev.currentTarget && ["Enter", " "].includes(ev.key)) {
            ev.preventDefault();
            this.state.selected = uid;
        }
    }

    nudge(uid, step) {
        this.edit((form) => forms.nudgeLine(form, uid, step));
    }

    // Saving ------------------------------------------------------------------

    save() {
        return this.model.save();
    }

    discard() {
        this.dialog.add(ConfirmationDialog, {
            body: _t("Give up all changes since the form was last saved?"),
            confirmLabel: _t("Give Up Changes"),
            confirm: () => this.model.discard(),
            cancel: () => {
                // the form stays as it is
            },
        });
    }

    /** Before somebody goes elsewhere: nothing that was designed is lost silently. */
    async settle() {
        if (await this.model.save()) {
            return true;
        }
        return new Promise((resolve) => {
            this.dialog.add(
                ConfirmationDialog,
                {
                    body: this.model.message || _t("The form could not be saved."),
                    confirmLabel: _t("Leave without Saving"),
                    cancelLabel: _t("Stay Here"),
                    confirm: () => resolve(true),
                    cancel: () => resolve(false),
                },
                {onClose: () => resolve(false)}
            );
        });
    }

    openTemplates() {
        return this.action.doAction("scrm_ticket.scrm_ticket_template_action", {
            clearBreadcrumbs: true,
        });
    }

    async openSettings() {
        if (await this.settle()) {
            await this.action.doAction(
                {
                    type: "ir.actions.act_window",
                    res_model: "scrm.ticket.template",
                    res_id: this.props.resId,
                    views: [[false, "form"]],
                },
                {stackPosition: "replaceCurrentAction"}
            );
        }
    }
}
