import {Component, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/**
 * The ways to go on that are open to the current user, a button each. Reads the
 * Json field `scrm_flow_actions` and completes the step on the server.
 */
export class FlowButtons extends Component {
    static template = "scrm_flow.FlowButtons";
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        this.state = useState({busy: false});
    }

    get actions() {
        return this.props.record.data[this.props.name] || [];
    }

    async complete(action, transition) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        const record = this.props.record;
        try {
            if (!(await record.save())) {
                return;
            }
            await this.orm.call(
                record.resModel,
                "scrm_step_complete",
                [[record.resId]],
                {
                    transition_key: transition.key,
                    step_id: action.step_id,
                }
            );
        } finally {
            // also after a refusal: somebody else may have been faster
            this.state.busy = false;
            await record.load();
        }
    }
}

export const flowButtons = {
    component: FlowButtons,
    displayName: _t("Flow Buttons"),
    supportedTypes: ["json"],
};

registry.category("fields").add("scrm_flow_buttons", flowButtons);
