import {Component, markup, useState} from "@odoo/owl";
import {KeepLast} from "@web/core/utils/concurrency";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useFlowMoves} from "@scrm_flow/service_map/flow_moves";
import {useRecordObserver} from "@web/model/relational_model/utils";
import {useService} from "@web/core/utils/hooks";

/**
 * What purchasing, the warehouse and the carrier do for the ticket. It looks again when
 * something moves on the ticket's flow, and its goods.
 */
export class Supply extends Component {
    static template = "scrm_ticket.Supply";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({html: ""});
        this.listen = useFlowMoves(() => this.show());
        useRecordObserver((record) => {
            this.show(record.resId); // nobody waits for it
        });
    }

    async show(ticketId = this.props.record.resId) {
        if (!ticketId) {
            this.state.html = "";
            return;
        }
        const found = await this.keepLast.add(
            this.orm.silent.call("helpdesk.ticket", "scrm_supply", [ticketId])
        );
        this.state.html = markup(found.html);
        this.listen(found.flow);
    }
}

registry.category("view_widgets").add("scrm_supply", {component: Supply});
