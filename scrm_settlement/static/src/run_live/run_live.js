import {Component, onWillUnmount, xml} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

/** Milliseconds between two looks at a run that goes on. */
const EVERY = 2000;

/** Lets the form of a settlement run follow the run without a reload by hand. */
export class RunLive extends Component {
    static template = xml`<span/>`;
    static props = {...standardWidgetProps};

    setup() {
        this.isLooking = false;
        const timer = browser.setInterval(() => this.look(), EVERY);
        onWillUnmount(() => browser.clearInterval(timer));
    }

    async look() {
        const {record} = this.props;
        if (
            this.isLooking ||
            record.data.state !== "running" ||
            document.visibilityState !== "visible"
        ) {
            return;
        }
        this.isLooking = true;
        try {
            if (!(await record.isDirty())) {
                await record.load();
            }
        } finally {
            this.isLooking = false;
        }
    }
}

registry.category("view_widgets").add("scrm_settlement_run_live", {component: RunLive});
