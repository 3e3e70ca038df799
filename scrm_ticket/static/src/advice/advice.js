import {Component, useState} from "@odoo/owl";
import {KeepLast} from "@web/core/utils/concurrency";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useRecordObserver} from "@web/model/relational_model/utils";
import {useService} from "@web/core/utils/hooks";

const NOTHING = {asked: "", replies: [], causes: []};

/** What to answer, and what the cause may be; asked for when somebody looks. */
export class Advice extends Component {
    static template = "scrm_ticket.Advice";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({isLoading: true, ...NOTHING});
        this.shown = null;
        useRecordObserver((record) => {
            if (record.resId !== this.shown) {
                this.shown = record.resId;
                this.show(); // nobody waits for it
            }
        });
    }

    async show() {
        Object.assign(this.state, NOTHING, {isLoading: Boolean(this.shown)});
        if (this.shown) {
            const found = await this.keepLast.add(
                this.orm.call("helpdesk.ticket", "scrm_advice", [this.shown])
            );
            Object.assign(this.state, found, {isLoading: false});
        }
    }

    /** The composer opens with the reply in it. */
    async use(reply) {
        const action = await this.orm.call("helpdesk.ticket", "scrm_use_reply", [
            this.shown,
            reply.id,
            reply.id ? "" : reply.text,
        ]);
        this.action.doAction(action, {onClose: () => this.props.record.load()});
    }

    async decline(reply) {
        this.state.replies = this.state.replies.filter((one) => one !== reply);
        await this.orm.call("helpdesk.ticket", "scrm_decline_reply", [
            this.shown,
            reply.id,
        ]);
    }

    percent(share) {
        return `${Math.round(share * 100)} %`;
    }
}

registry.category("view_widgets").add("scrm_advice", {component: Advice});
