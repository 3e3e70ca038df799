import {Component, useState} from "@odoo/owl";
import {Dialog} from "@web/core/dialog/dialog";
import {RecordSelector} from "@web/core/record_selectors/record_selector";

/**
 * Asks what an operation needs besides the click: to which node, to whom, why.
 */
export class FlowOperationDialog extends Component {
    static template = "scrm_flow.FlowOperationDialog";
    static components = {Dialog, RecordSelector};
    static props = {
        operation: Object,
        confirm: Function,
        close: Function,
    };

    setup() {
        const nodes = this.props.operation.nodes || [];
        // the node that was done last is the one most often meant
        this.state = useState({
            busy: false,
            node: nodes.length ? nodes[nodes.length - 1].key : false,
            user: false,
            reason: "",
        });
    }

    asks(what) {
        return this.props.operation.asks.includes(what);
    }

    /** What else happens when the work goes back to the chosen node. */
    get note() {
        const nodes = this.props.operation.nodes || [];
        return nodes.find((node) => node.key === this.state.node)?.note;
    }

    get isComplete() {
        return (
            (!this.asks("node") || Boolean(this.state.node)) &&
            (!this.asks("user") || Boolean(this.state.user)) &&
            (!this.asks("reason") || Boolean(this.state.reason.trim()))
        );
    }

    setUser(userId) {
        this.state.user = userId;
    }

    async confirm() {
        const answers = {};
        if (this.asks("node")) {
            answers.node_key = this.state.node;
        }
        if (this.asks("user")) {
            answers.user_id = this.state.user;
        }
        if (this.asks("reason")) {
            answers.reason = this.state.reason;
        }
        this.state.busy = true;
        try {
            await this.props.confirm(answers);
        } finally {
            this.props.close();
        }
    }
}
