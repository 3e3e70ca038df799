import {Component, onWillStart, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {useService} from "@web/core/utils/hooks";
import {Layout} from "@web/search/layout";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {ScrmDiagram} from "@scrm_flow/diagram/diagram";
import {percentText, showReadable, spanText} from "./drawing";
import {useFlowMoves} from "./flow_moves";
import {COLOURS, ServiceMapModel, timeText} from "./service_map_model";

const {DateTime} = window.luxon;

const REMEMBERED = "scrm_flow.map";

/**
 * The newest drawing of a flow with what is going on painted on it, live; or with the
 * time that its nodes take. A click on a node lists its records.
 */
export class ServiceMap extends Component {
    static template = "scrm_flow.ServiceMap";
    static components = {Layout, ScrmDiagram};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.model = useState(new ServiceMapModel(this.orm));
        this.state = useState({flowId: null, error: null, filtersOpen: false});
        this.listen = useFlowMoves(() => this.refresh());
        this.display = {controlPanel: {}};
        onWillStart(() => this.start());
    }

    async start() {
        this.isManager = await user.hasGroup("scrm_flow.group_manager");
        // who only works on some nodes sees those first
        this.model.mineByDefault = !this.isManager;
        await this.guarded(() => this.model.loadFlows());
        const {flows} = this.model;
        const remembered = this.remembered;
        if (["live", "times"].includes(remembered.mode)) {
            this.model.mode = remembered.mode;
        }
        const wanted = this.props.action.params?.flow_id;
        const known = flows.find((flow) => flow.id === remembered.flowId);
        const flowId = wanted || known?.id || flows[0]?.id;
        if (flowId) {
            await this.openFlow(flowId);
        }
    }

    get remembered() {
        try {
            return JSON.parse(browser.localStorage.getItem(REMEMBERED)) || {};
        } catch {
            return {}; // written by something else
        }
    }

    remember() {
        browser.localStorage.setItem(
            REMEMBERED,
            JSON.stringify({flowId: this.state.flowId, mode: this.model.mode})
        );
    }

    /** Show why the server refuses instead of an empty drawing. */
    async guarded(ask) {
        try {
            await ask();
            this.state.error = null;
        } catch (error) {
            if (!error.data?.message) {
                throw error;
            }
            this.state.error = error.data.message;
        }
    }

    async openFlow(flowId) {
        this.state.flowId = flowId;
        await this.guarded(() => this.model.loadFlow(flowId));
        this.listen(this.state.error || !this.model.version ? null : flowId);
        this.remember();
    }

    async refresh() {
        if (this.model.version) {
            await this.guarded(() => this.model.refresh());
        }
    }

    // What people choose ------------------------------------------------------

    onFlow(ev) {
        return this.openFlow(Number(ev.target.value));
    }

    async setMode(mode) {
        this.model.mode = mode;
        this.remember();
        await this.refresh();
        this.look();
    }

    onFilter(name, ev) {
        this.model.setFilter(name, ev.target.value);
        return this.refresh();
    }

    get periods() {
        return [
            {days: 1, label: _t("Today")},
            {days: 7, label: _t("Last 7 days")},
            {days: 30, label: _t("Last 30 days")},
            {days: 90, label: _t("Last 90 days")},
            {days: 365, label: _t("Last year")},
        ];
    }

    onPeriod(ev) {
        const days = Number(ev.target.value);
        const today = DateTime.now().toISODate();
        const period = days ? {days} : {from: today, to: today};
        this.model.periods = {...this.model.periods, [this.model.mode]: period};
        return this.refresh();
    }

    onDay(side, ev) {
        const period = {...this.model.period, [side]: ev.target.value};
        if (period.from > period.to) {
            // the other end comes along
            period[side === "from" ? "to" : "from"] = ev.target.value;
        }
        this.model.periods = {...this.model.periods, [this.model.mode]: period};
        return ev.target.value ? this.refresh() : undefined;
    }

    onSplit(ev) {
        this.model.split = ev.target.value;
        return this.refresh();
    }

    toggleMine() {
        this.model.mineOnly = !this.model.mineOnly;
    }

    get filterCount() {
        return Object.keys(this.model.chosen).length;
    }

    /** On a phone the whole flow would be too small to read. */
    onDiagram(diagram) {
        this.diagram = diagram;
        this.look();
    }

    look() {
        const {mode, times, mine} = this.model;
        if (this.diagram) {
            const worst = mode === "times" && times?.worst;
            showReadable(this.diagram, worst ? worst.key : mine[0]);
        }
    }

    // What is behind it -------------------------------------------------------

    async onNodeClick(node, ev) {
        const badge = ev.target.closest?.(".badge");
        const colour = COLOURS.find((one) =>
            badge?.classList.contains(`o_scrm_map_badge_${one}`)
        );
        await this.openRecords(node.key, node.name, colour);
    }

    async openRecords(key, name, colour) {
        const {model} = this;
        const live = model.mode === "live";
        if (live && key) {
            const counts =
                model.elsewhere.find((one) => one.key === key) || model.countsOf(key);
            const open = counts.red + counts.yellow;
            if (!open && !counts.green) {
                this.notification.add(_t("Nothing waits at “%s”.", name), {
                    type: "info",
                });
                return;
            }
            colour ||= open ? undefined : "green";
        }
        const args = [[model.flow.id], key];
        const action = await this.orm.call(
            "scrm.flow",
            live ? "map_records" : "map_time_records",
            live ? [...args, colour || false] : args,
            {filters: model.chosen, period: model.period}
        );
        await this.action.doAction(action);
    }

    openFlowForm() {
        return this.action.doAction(
            this.state.flowId
                ? {
                      type: "ir.actions.act_window",
                      res_model: "scrm.flow",
                      res_id: this.state.flowId,
                      views: [[false, "form"]],
                  }
                : "scrm_flow.scrm_flow_action"
        );
    }

    span(hours) {
        return spanText(hours);
    }

    percent(share) {
        return percentText(share);
    }

    timeText(row) {
        return timeText(row);
    }
}

registry.category("actions").add("scrm_flow_map", ServiceMap);
