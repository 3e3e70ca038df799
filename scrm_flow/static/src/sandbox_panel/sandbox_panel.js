import {Component, useSubEnv} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import {getDefaultConfig, View} from "@web/views/view";

/** The form of a sandbox; after each play it tells what happened. */
export class SandboxFormController extends FormController {
    static props = {...FormController.props, beforePlay: Function, onCourse: Function};

    /** What is played is what is drawn, so the drawing is saved first. */
    async beforeExecuteActionButton(clickParams) {
        if (!(await this.props.beforePlay())) {
            return false;
        }
        return super.beforeExecuteActionButton(clickParams);
    }

    async afterExecuteActionButton(clickParams) {
        await super.afterExecuteActionButton(clickParams);
        this.props.onCourse(this.model.root.data.course || null);
    }
}

registry.category("views").add("scrm_flow_sandbox_panel", {
    ...formView,
    Controller: SandboxFormController,
});

/**
 * The sandbox beside the drawing: a record, real or made up, is taken through the
 * draft step by step, with a clock of its own; nothing of it remains.
 */
export class SandboxPanel extends Component {
    static template = "scrm_flow.SandboxPanel";
    static components = {View};
    static props = {
        wizardId: Number,
        course: {type: [Object, {value: null}]},
        beforePlay: Function,
        onCourse: Function,
        showNode: Function,
        close: Function,
    };

    setup() {
        // its name and its pager are not those of the page
        useSubEnv({config: getDefaultConfig()});
        this.viewProps = {
            type: "form",
            jsClass: "scrm_flow_sandbox_panel",
            resModel: "scrm.flow.sandbox.wizard",
            resId: this.props.wizardId,
            context: {form_view_ref: "scrm_flow.scrm_flow_sandbox_wizard_view_panel"},
            display: {controlPanel: false},
            preventCreate: true,
            beforePlay: this.props.beforePlay,
            onCourse: this.props.onCourse,
        };
    }

    get path() {
        return this.props.course?.path || [];
    }
}
