import {Component, markup, useState} from "@odoo/owl";
import {KeepLast} from "@web/core/utils/concurrency";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useRecordObserver} from "@web/model/relational_model/utils";
import {useService} from "@web/core/utils/hooks";

/**
 * What the customer did with us lately, asked for when somebody looks: the page of a
 * notebook that is not open costs nothing.
 */
export class Portrait extends Component {
    static template = "scrm_ticket.Portrait";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({isLoading: true, html: ""});
        this.shown = false;
        useRecordObserver((record) => {
            this.show(this.partnerId(record)); // nobody waits for it
        });
    }

    /** The customer of the record, or the record when it is one. */
    partnerId(record) {
        return record.resModel === "res.partner"
            ? record.resId
            : record.data.partner_id?.id;
    }

    async show(partnerId) {
        if (partnerId === this.shown) {
            return;
        }
        this.shown = partnerId;
        this.state.html = "";
        this.state.isLoading = Boolean(partnerId);
        if (!partnerId) {
            return;
        }
        const html = await this.keepLast.add(
            this.orm.call("res.partner", "scrm_portrait", [partnerId])
        );
        this.state.html = html && markup(html);
        this.state.isLoading = false;
    }
}

registry.category("view_widgets").add("scrm_portrait", {component: Portrait});
