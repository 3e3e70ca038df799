import {Component, useState} from "@odoo/owl";
import {Dropdown} from "@web/core/dropdown/dropdown";
import {DropdownItem} from "@web/core/dropdown/dropdown_item";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {FlowOperationDialog} from "./flow_operation_dialog";

/**
 * The ways to go on that are open to the current user, a button each, and what else
 * he or she may do with the step or the flow. Reads the Json field
 * `scrm_flow_actions`; the server does what is asked.
 */
export class FlowButtons extends Component {
    static template = "scrm_flow.FlowButtons";
    static components = {Dropdown, DropdownItem};
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.state = useState({busy: false});
    }

    get actions() {
        return this.props.record.data[this.props.name] || [];
    }

    direct(action) {
        return (action.operations || []).filter((operation) => operation.direct);
    }

    more(action) {
        return (action.operations || []).filter((operation) => !operation.direct);
    }

    async complete(action, transition) {
        const args = {transition_key: transition.key, step_id: action.step_id};
        if (transition.asks) {
            // the handler of what follows is picked by hand
            this.dialog.add(FlowOperationDialog, {
                operation: transition,
                confirm: ({user_id: handlerId}) =>
                    this.call("scrm_step_complete", {...args, handler_id: handlerId}),
            });
        } else {
            await this.call("scrm_step_complete", args);
        }
    }

    async operate(operation) {
        const confirm = (answers = {}) =>
            this.call(operation.method, {...operation.args, ...answers});
        if (operation.asks.length) {
            this.dialog.add(FlowOperationDialog, {operation, confirm});
        } else {
            await confirm();
        }
    }

    async call(method, args) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        const record = this.props.record;
        try {
            if (!(await record.save())) {
                return;
            }
            await this.orm.call(record.resModel, method, [[record.resId]], args);
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
