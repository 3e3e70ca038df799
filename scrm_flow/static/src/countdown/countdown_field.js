import {Component, onWillUnmount, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {deserializeDateTime, toLocaleDateTimeString} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** Milliseconds until the clock is looked at again. */
const TICK = 15000;
/** Minutes below which the time left is shown as urgent. */
const URGENT = 60;

/** A moment, as the time that is left until then. */
export class CountdownField extends Component {
    static template = "scrm_flow.CountdownField";
    static props = {...standardFieldProps};

    setup() {
        this.state = useState({now: Date.now()});
        const timer = setInterval(() => (this.state.now = Date.now()), TICK);
        onWillUnmount(() => clearInterval(timer));
    }

    get moment() {
        const value = this.props.record.data[this.props.name];
        return typeof value === "string" ? deserializeDateTime(value) : value;
    }

    /** Whole minutes that are left; negative ones are over. */
    get minutes() {
        return Math.ceil((this.moment.toMillis() - this.state.now) / 60000);
    }

    get words() {
        const minutes = Math.abs(this.minutes);
        const days = Math.floor(minutes / 1440);
        const hours = Math.floor((minutes % 1440) / 60);
        const time = days
            ? _t("%(days)s d %(hours)s h", {days, hours})
            : hours
              ? _t("%(hours)s h %(minutes)s min", {hours, minutes: minutes % 60})
              : _t("%s min", minutes);
        return this.minutes > 0 ? _t("%s left", time) : _t("%s overdue", time);
    }

    get color() {
        if (this.minutes <= 0) {
            return "text-bg-danger";
        }
        return this.minutes < URGENT ? "text-bg-warning" : "text-bg-info";
    }

    get hint() {
        return toLocaleDateTimeString(this.moment, {showSeconds: false});
    }
}

export const countdownField = {
    component: CountdownField,
    displayName: _t("Time Left"),
    supportedTypes: ["datetime"],
};

registry.category("fields").add("scrm_countdown", countdownField);
