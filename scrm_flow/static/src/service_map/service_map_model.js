import {markRaw} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {drawingOf, Kept, percentText, spanText} from "./drawing";

export const COLOURS = ["red", "yellow", "green"];
const LOOKS = {
    red: {icon: "fa-exclamation-circle", classes: "text-bg-danger"},
    yellow: {icon: "fa-hourglass-half", classes: "text-bg-warning"},
    green: {icon: "fa-check", classes: "text-bg-success"},
};
const NOTHING = {red: 0, yellow: 0, green: 0, stuck: 0};
const HEATS = 4;

/**
 * What a service map shows: asks the server, and turns its answers into nodes with
 * badges. Knows no component.
 */
export class ServiceMapModel {
    constructor(orm) {
        this.orm = orm;
        this.flows = [];
        this.flow = null;
        this.version = null;
        this.filters = [];
        this.mine = [];
        this.chosen = {};
        this.mode = "live";
        this.periods = {live: {days: 1}, times: {days: 30}};
        this.split = "";
        this.mineOnly = false;
        this.onlyMine = false;
        this.counts = null;
        this.times = null;
        this.kept = markRaw(new Kept());
        this.asked = 0;
    }

    get period() {
        return this.periods[this.mode];
    }

    async loadFlows() {
        this.flows = await this.orm.call("scrm.flow", "map_flows", []);
    }

    /** The drawing and what is on it; the filters of another flow are forgotten. */
    async loadFlow(flowId) {
        this.chosen = {};
        this.split = "";
        this.counts = this.times = null;
        this.kept = markRaw(new Kept());
        const answer = await this.orm.call("scrm.flow", "map_read", [[flowId]], {
            filters: {},
            period: this.periods.live,
        });
        this.flow = answer.flow;
        this.version = answer.version;
        if (!this.version) {
            return;
        }
        this.drawing = markRaw(drawingOf(answer.drawing));
        this.filters = answer.filters.filter(({options}) => options.length);
        this.mine = answer.mine;
        // the server tells nothing of the rest, whatever is asked for
        this.onlyMine = answer.only_mine;
        this.mineOnly =
            this.onlyMine || Boolean(this.mineByDefault && this.mine.length);
        this.counts = answer;
        if (this.mode === "times") {
            await this.refresh();
        }
    }

    /** Ask anew; an answer that a later question has overtaken is dropped. */
    async refresh() {
        const number = ++this.asked;
        const live = this.mode === "live";
        const answer = await this.orm.silent.call(
            "scrm.flow",
            live ? "map_counts" : "map_times",
            [[this.flow.id]],
            {
                filters: this.chosen,
                period: this.period,
                ...(live ? {} : {split: this.split || false}),
            }
        );
        if (number !== this.asked) {
            return false;
        }
        this[live ? "counts" : "times"] = answer;
        return true;
    }

    setFilter(name, value) {
        const chosen = {...this.chosen};
        if (value === "") {
            delete chosen[name];
        } else {
            const {options} = this.filters.find((one) => one.name === name);
            chosen[name] = options.find(([key]) => String(key) === value)[0];
        }
        this.chosen = chosen;
    }

    // What is drawn -----------------------------------------------------------

    get nodes() {
        const shown = this.mode === "live" ? this.liveLook : this.timeLook;
        return this.kept.of(
            this.drawing.nodes.map((node) => {
                const look = shown.call(this, node);
                const classes = [look.classes];
                if (this.mineOnly && !this.isShown(node.key)) {
                    return {...node, classes: "o_scrm_muted"};
                }
                if (this.mineOnly) {
                    classes.push("o_scrm_map_mine");
                }
                return {...node, ...look, classes: classes.join(" ")};
            })
        );
    }

    isShown(key) {
        return !this.mineOnly || this.mine.includes(key);
    }

    countsOf(key) {
        return this.counts?.nodes[key] || NOTHING;
    }

    liveLook({key}) {
        const counts = this.countsOf(key);
        const first = COLOURS.find((colour) => counts[colour]);
        return {
            classes: first ? `o_scrm_map_${first}` : "",
            badges: COLOURS.filter((colour) => counts[colour]).map((colour) => ({
                id: colour,
                text: ` ${counts[colour]}`,
                title: countText(colour, counts, this.isToday),
                icon: LOOKS[colour].icon,
                classes: `${LOOKS[colour].classes} o_scrm_map_badge_${colour}`,
            })),
        };
    }

    timeLook({key}) {
        const row = this.times?.nodes.find((one) => one.key === key);
        if (!row || !row.hours) {
            return {classes: "", badges: []};
        }
        const heat = Math.min(HEATS, 1 + Math.floor(row.share * HEATS));
        const worst = this.times.worst.key === key ? "o_scrm_map_worst" : "";
        return {
            classes: `o_scrm_map_heat_${heat} ${worst}`,
            badges: [
                {
                    id: "time",
                    text: `${spanText(row.median)} · ${percentText(row.share)}`,
                    title: timeText(row),
                    classes: worst ? "text-bg-danger" : "text-bg-secondary",
                },
            ],
        };
    }

    // What is said ------------------------------------------------------------

    get isToday() {
        return this.period.days === 1;
    }

    /** Of all nodes that are shown, those beside the drawing included. */
    get total() {
        const total = {...NOTHING};
        for (const one of this.shownCounts) {
            for (const name of Object.keys(total)) {
                total[name] += one[name];
            }
        }
        return total;
    }

    get shownCounts() {
        const all = this.counts ? Object.values(this.counts.nodes) : [];
        return [...all, ...this.elsewhere].filter((one) => this.isShown(one.key));
    }

    get elsewhere() {
        return this.counts?.elsewhere || [];
    }

    get headline() {
        if (this.mode === "times") {
            return this.timeHeadline;
        }
        const worst = this.shownCounts.reduce(
            (found, one) => (one.red > (found?.red || 0) ? one : found),
            null
        );
        if (worst) {
            return _t("Most trouble at “%(node)s”: %(what)s.", {
                node: worst.name,
                what: countText("red", worst),
            });
        }
        return this.total.yellow
            ? _t("Nothing is late. %s waiting.", this.total.yellow)
            : _t("Nothing is late, nothing waits.");
    }

    get timeHeadline() {
        const worst = this.times?.worst;
        if (!worst) {
            return _t("No step ended in this period.");
        }
        return _t(
            "The bottleneck is “%(node)s”: %(share)s of all time. Half of its steps take more than %(median)s, one in ten more than %(p90)s.",
            {
                node: worst.name,
                share: percentText(worst.share),
                median: spanText(worst.median),
                p90: spanText(worst.p90),
            }
        );
    }

    get legend() {
        const total = this.total;
        return COLOURS.map((colour) => ({
            colour,
            ...LOOKS[colour],
            count: total[colour],
            text: colourText(colour, this.isToday),
        }));
    }
}

export function colourText(colour, isToday = true) {
    return {
        red: _t("overdue or stuck"),
        yellow: _t("waiting"),
        green: isToday ? _t("done today") : _t("done in the period"),
    }[colour];
}

/** A count in words: of red ones, how many are stuck. */
export function countText(colour, counts, isToday = true) {
    if (colour === "yellow") {
        return _t("%s waiting", counts.yellow);
    }
    if (colour === "green") {
        return isToday
            ? _t("%s done today", counts.green)
            : _t("%s done in the period", counts.green);
    }
    const late = counts.red - counts.stuck;
    return [
        late && _t("%s overdue", late),
        counts.stuck && _t("%s stuck", counts.stuck),
    ]
        .filter(Boolean)
        .join(", ");
}

export function timeText(row) {
    return _t(
        "%(count)s steps; half of them over %(median)s, one in ten over %(p90)s; %(share)s of all time",
        {
            count: row.count,
            median: spanText(row.median),
            p90: spanText(row.p90),
            share: percentText(row.share),
        }
    );
}
