import {Component, onWillStart, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {deserializeDateTime, toLocaleDateTimeString} from "@web/core/l10n/dates";
import {Dialog} from "@web/core/dialog/dialog";
import {useService} from "@web/core/utils/hooks";
import {ScrmDiagram} from "@scrm_flow/diagram/diagram";
import {drawingOf, showReadable, spanText} from "../service_map/drawing";

const LOOKS = {
    done: {classes: "o_scrm_done", icon: "fa-check", badge: "text-bg-success"},
    now: {
        classes: "o_scrm_now o_scrm_pulse",
        icon: "fa-clock-o",
        badge: "text-bg-info",
    },
    stuck: {
        classes: "o_scrm_fault",
        icon: "fa-exclamation-triangle",
        badge: "text-bg-danger",
    },
    back: {classes: "o_scrm_changed", icon: "fa-undo", badge: "text-bg-warning"},
};

/**
 * The way a record has taken, on the drawing of its flow: what is behind it, how long
 * it took and who did it, where it is now.
 */
export class FlowTravelDialog extends Component {
    static template = "scrm_flow.FlowTravelDialog";
    static components = {Dialog, ScrmDiagram};
    static props = {resModel: String, resId: Number, close: Function};

    setup() {
        this.orm = useService("orm");
        this.state = useState({selected: null});
        this.rowsRef = useRef("rows");
        onWillStart(async () => {
            this.travel = await this.orm.call(this.props.resModel, "scrm_flow_travel", [
                [this.props.resId],
            ]);
            if (this.travel) {
                this.drawing = this.paint(drawingOf(this.travel.drawing));
            }
        });
    }

    get title() {
        return this.travel ? this.travel.flow : _t("Progress");
    }

    paint({nodes, edges}) {
        const taken = new Set(this.travel.edges);
        return {
            nodes: nodes.map((node) => ({...node, ...this.lookOf(node.key)})),
            edges: edges.map((edge) => ({
                ...edge,
                classes: taken.has(edge.key) ? "o_scrm_travelled" : "o_scrm_muted",
            })),
        };
    }

    lookOf(key) {
        const been = this.travel.nodes[key];
        if (!been) {
            return {
                // the log tells no steps of gateways: their lines tell
                classes: this.isPassed(key) ? "o_scrm_done" : "o_scrm_muted",
            };
        }
        const look = LOOKS[been.state];
        const last = been.visits[been.visits.length - 1];
        const late = last.overdue ? "text-bg-danger" : look.badge;
        return {
            classes: look.classes,
            title: this.stateText(been),
            badges: been.hours
                ? [
                      {
                          id: "time",
                          icon: look.icon,
                          text: ` ${spanText(been.hours)}`,
                          title: [this.stateText(been), last.who.join(", ")]
                              .filter(Boolean)
                              .join(", "),
                          classes: late,
                      },
                  ]
                : [],
        };
    }

    isPassed(key) {
        const taken = new Set(this.travel.edges);
        return this.travel.drawing.edges.some(
            (edge) => edge.source === key && taken.has(edge.key)
        );
    }

    stateText(been) {
        const last = been.visits[been.visits.length - 1];
        const text = {
            done: _t("done"),
            now: last.overdue ? _t("overdue") : _t("now"),
            stuck: _t("stuck"),
            back: _t("sent back"),
        }[been.state];
        return been.visits.length > 1
            ? _t("%(state)s, %(count)s times here", {
                  state: text,
                  count: been.visits.length,
              })
            : text;
    }

    /** Where it is now, in one sentence. */
    get headline() {
        const names = new Map(this.travel.drawing.nodes.map((n) => [n.key, n.name]));
        const now = Object.entries(this.travel.nodes).filter(([, been]) =>
            ["now", "stuck"].includes(been.state)
        );
        if (!now.length) {
            return this.travel.state === "cancelled"
                ? _t("The flow was cancelled.")
                : _t("Done.");
        }
        return now
            .map(([key, been]) => {
                const last = been.visits[been.visits.length - 1];
                const words = {
                    node: names.get(key),
                    span: spanText(last.hours),
                    who: last.who.join(", ") || _t("nobody"),
                };
                if (been.state === "stuck") {
                    return _t("Stuck at “%(node)s” for %(span)s.", words);
                }
                return last.overdue
                    ? _t("At “%(node)s” for %(span)s, overdue: %(who)s.", words)
                    : _t("At “%(node)s” for %(span)s: %(who)s.", words);
            })
            .join(" ");
    }

    get isLate() {
        return Object.values(this.travel.nodes).some(
            (been) =>
                been.state === "stuck" || been.visits.some((visit) => visit.overdue)
        );
    }

    /** Every visit of every node, in the order of time. */
    get rows() {
        const {drawing, nodes, earlier} = this.travel;
        const named = [
            ...drawing.nodes
                .filter(({key}) => nodes[key])
                .map(({key, name, type}) => ({key, name, type, ...nodes[key]})),
            ...earlier.map((one) => ({...one, earlier: true})),
        ];
        return named
            .filter(({type}) => !["start", "end"].includes(type))
            .flatMap(({key, name, earlier: gone, visits}) =>
                visits.map((visit) => ({...visit, key, name, earlier: gone}))
            )
            .sort((a, b) => a.since.localeCompare(b.since));
    }

    visitText(visit) {
        if (visit.overdue) {
            return _t("overdue");
        }
        return {
            done: _t("done"),
            open: _t("now"),
            waiting: _t("waits for other branches"),
            incident: _t("stuck"),
            rejected: _t("sent back"),
        }[visit.state];
    }

    time(value) {
        return value
            ? toLocaleDateTimeString(deserializeDateTime(value), {showSeconds: false})
            : "";
    }

    span(hours) {
        return spanText(hours);
    }

    /** On a phone the whole flow would be too small to read: show where it is now. */
    onDiagram(diagram) {
        const keys = Object.keys(this.travel.nodes);
        const now = keys.find((key) => this.travel.nodes[key].state !== "done");
        showReadable(diagram, now || keys[keys.length - 1]);
    }

    onNodeClick(node) {
        this.state.selected = this.travel.nodes[node.key] ? node.key : null;
        this.rowsRef.el
            ?.querySelector(`[data-node-key="${node.key}"]`)
            ?.scrollIntoView({block: "nearest"});
    }
}
