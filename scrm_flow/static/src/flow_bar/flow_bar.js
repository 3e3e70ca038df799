import {Component, useEffect, useRef} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {deserializeDateTime, toLocaleDateTimeString} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {FlowTravelDialog} from "../flow_travel/flow_travel_dialog";

/**
 * Shows how far a record has come in its flow: what is done, who has it now, and
 * what probably follows. Reads the Json field `scrm_progress`. A click opens the
 * drawing with the way it took.
 */
export class FlowBar extends Component {
    static template = "scrm_flow.FlowBar";
    static props = {...standardFieldProps};

    setup() {
        this.dialog = useService("dialog");
        this.rootRef = useRef("root");
        useEffect(
            () => this.showNow(),
            () => [this.props.record.resId, this.keyOfNow]
        );
    }

    get keyOfNow() {
        return this.items.find((item) => item.state === "now")?.key;
    }

    /** Where the bar is wider than the screen, what is now is seen first. */
    showNow() {
        const now = this.rootRef.el?.querySelector(".o_scrm_flow_bar_now");
        if (now) {
            const scroller = this.rootRef.el.parentElement;
            const middle = (element) => {
                const {left, width} = element.getBoundingClientRect();
                return left + width / 2;
            };
            scroller.scrollLeft += middle(now) - middle(scroller);
        }
    }

    openTravel() {
        const {resModel, resId} = this.props.record;
        if (resId) {
            this.dialog.add(FlowTravelDialog, {resModel, resId});
        }
    }

    get items() {
        return this.props.record.data[this.props.name] || [];
    }

    /** Who and when, for somebody who wants to know more about one node. */
    hint(item) {
        const lines = [];
        if (item.handlers.length) {
            lines.push(item.handlers.join(", "));
        }
        if (item.since) {
            lines.push(_t("since %s", this.time(item.since)));
        }
        if (item.until) {
            lines.push(_t("until %s", this.time(item.until)));
        }
        if (item.deadline) {
            lines.push(
                item.overdue
                    ? _t("overdue since %s", this.time(item.deadline))
                    : _t("due on %s", this.time(item.deadline))
            );
        }
        if (item.paused) {
            lines.push(_t("clock paused: %s", item.paused));
        }
        if (item.waits) {
            lines.push(_t("waits for other branches"));
        }
        if (item.private) {
            lines.push(_t("hidden from customers"));
        }
        return lines.join("\n");
    }

    time(value) {
        return toLocaleDateTimeString(deserializeDateTime(value), {showSeconds: false});
    }

    voteLabel(vote) {
        return {
            waiting: _t("not asked yet"),
            asked: _t("asked"),
            approved: _t("approved"),
            rejected: _t("rejected"),
        }[vote.state];
    }

    voteIcon(vote) {
        return {
            waiting: "fa-circle-thin text-muted",
            asked: "fa-clock-o text-info",
            approved: "fa-check text-success",
            rejected: "fa-times text-danger",
        }[vote.state];
    }

    voteHint(vote) {
        const label = `${vote.name}: ${this.voteLabel(vote)}`;
        return vote.comment ? `${label}\n${vote.comment}` : label;
    }

    calledLabel(one) {
        return {
            running: _t("in progress"),
            frozen: _t("frozen"),
            incident: _t("stuck"),
            done: _t("done"),
            cancelled: _t("cancelled"),
        }[one.state];
    }

    calledIcon(one) {
        return {
            running: "fa-clock-o text-info",
            frozen: "fa-snowflake-o text-danger",
            incident: "fa-exclamation-triangle text-danger",
            done: "fa-check text-success",
            cancelled: "fa-ban text-muted",
        }[one.state];
    }

    /** How far a called flow is, and who has it. */
    calledHint(one) {
        const place = [one.node, one.handlers.join(", ")].filter(Boolean).join(": ");
        const label = `${one.name}: ${this.calledLabel(one)}`;
        return [label, place, one.reason].filter(Boolean).join("\n");
    }

    stateLabel(item) {
        return {done: _t("done"), now: _t("now"), next: _t("next")}[item.state];
    }
}

export const flowBar = {
    component: FlowBar,
    displayName: _t("Flow Progress"),
    supportedTypes: ["json"],
};

registry.category("fields").add("scrm_flow_bar", flowBar);
