import {Component, onWillUpdateProps, useState, useSubEnv} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useBus} from "@web/core/utils/hooks";
import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import {getDefaultConfig, View} from "@web/views/view";

/** The form of a node or transition, without a control panel of its own. */
export class InspectorController extends FormController {
    static template = "scrm_flow.InspectorForm";
    static props = {...FormController.props, register: Function};

    setup() {
        super.setup();
        this.typing = useState({now: false});
        useBus(this.model.bus, "FIELD_IS_DIRTY", (ev) => (this.typing.now = ev.detail));
        this.props.register(this);
    }

    get isChanged() {
        return this.canEdit && (this.model.root.dirty || this.typing.now);
    }
}

registry.category("views").add("scrm_flow_inspector", {
    ...formView,
    Controller: InspectorController,
});

/**
 * The settings of what is marked in the drawing, in Odoo's own form: a panel beside
 * the drawing, on a phone a sheet over it.
 */
export class Inspector extends Component {
    static template = "scrm_flow.Inspector";
    static components = {View};
    static props = {
        resModel: String,
        resId: Number,
        title: String,
        readonly: Boolean,
        faults: Array,
        around: Function,
        register: Function,
        close: Function,
    };

    setup() {
        // its name and its pager are not those of the page
        useSubEnv({config: getDefaultConfig()});
        this.form = null;
        this.viewProps = this.propsOf(this.props);
        onWillUpdateProps((next) => {
            const names = ["resModel", "resId", "readonly"];
            if (names.some((name) => next[name] !== this.props[name])) {
                this.viewProps = this.propsOf(next);
            }
        });
        this.props.register(this);
    }

    /**
     * Made once for each form that is shown: for new objects it would load again, and
     * what is being typed would be gone.
     */
    propsOf({resModel, resId, readonly}) {
        const name = resModel.replaceAll(".", "_");
        return {
            type: "form",
            jsClass: "scrm_flow_inspector",
            resModel,
            resId,
            context: {form_view_ref: `scrm_flow.${name}_view_form`},
            display: {controlPanel: false},
            preventCreate: true,
            preventEdit: readonly,
            readonly,
            register: (form) => (this.form = form),
            saveRecord: (record, params) =>
                this.props.around(() => record.save({...params})),
        };
    }

    /** Show what is stored now, unless something is being changed in the form. */
    async refresh() {
        const record = this.form?.model.root;
        if (record && record.resId === this.props.resId && !(await record.isDirty())) {
            await record.load();
        }
    }

    /** Save what was changed in the form; false: it cannot be saved like this. */
    async commit() {
        const record = this.form?.model.root;
        if (!record || !(await record.isDirty())) {
            return true;
        }
        return this.form.save();
    }
}
