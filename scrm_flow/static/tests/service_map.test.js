import {expect, test} from "@odoo/hoot";
import {queryAllTexts, queryFirst, queryOne} from "@odoo/hoot-dom";
import {advanceTime, animationFrame} from "@odoo/hoot-mock";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {
    contains,
    getService,
    makeMockEnv,
    mockService,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import {browser} from "@web/core/browser/browser";
import {WebClient} from "@web/webclient/webclient";
import {drawingOf, Kept, spanText} from "@scrm_flow/service_map/drawing";
import {APART, SETTLED} from "@scrm_flow/service_map/flow_moves";
import {countText} from "@scrm_flow/service_map/service_map_model";
import {FlowTravelDialog} from "@scrm_flow/flow_travel/flow_travel_dialog";

defineMailModels();

const DRAWING = {
    placed: false,
    nodes: [
        {key: "start", name: "Start", type: "start", x: 0, y: 0, private: false},
        {key: "visit", name: "Visit", type: "user_task", x: 0, y: 0, private: false},
        {key: "bill", name: "Bill", type: "user_task", x: 0, y: 0, private: false},
        {key: "end", name: "End", type: "end", x: 0, y: 0, private: false},
    ],
    edges: [
        {key: "begin", name: "", source: "start", target: "visit"},
        {key: "visited", name: "Done", source: "visit", target: "bill"},
        {key: "billed", name: "", source: "bill", target: "end"},
    ],
};

function counts(visit, bill, elsewhere = []) {
    return {nodes: {visit, bill}, elsewhere, total: {}, worst: false};
}

const COUNTS = counts(
    {key: "visit", name: "Visit", red: 3, yellow: 2, green: 0, stuck: 1},
    {key: "bill", name: "Bill", red: 0, yellow: 0, green: 4, stuck: 0},
    [{key: "old", name: "Old way", red: 0, yellow: 1, green: 0, stuck: 0}]
);

const ROW = {
    key: "bill",
    name: "Bill",
    on_drawing: true,
    count: 5,
    median: 3,
    p90: 72,
    hours: 40,
    share: 0.8,
};
const TIMES = {nodes: [ROW], worst: ROW, hours: 50, count: 5, split: []};

function answers({read, more, flows, times = TIMES, now = () => COUNTS} = {}) {
    onRpc("scrm.flow", "map_flows", () => flows || [{id: 7, name: "Service"}]);
    onRpc(
        "scrm.flow",
        "map_read",
        () =>
            read || {
                flow: {id: 7, name: "Service", model: "x"},
                version: 2,
                drawing: DRAWING,
                filters: [
                    {name: "store_id", label: "Store", options: [[4, "Pudong"]]},
                    {name: "team_id", label: "Team", options: []},
                ],
                mine: ["bill"],
                ...COUNTS,
                ...more,
            }
    );
    onRpc("scrm.flow", "map_counts", ({kwargs}) => {
        expect.step(["counts", kwargs.filters, kwargs.period]);
        return now();
    });
    onRpc("scrm.flow", "map_times", ({kwargs}) => {
        expect.step(["times", kwargs.period, kwargs.split]);
        return times;
    });
}

async function openMap() {
    browser.localStorage.removeItem("scrm_flow.map");
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "scrm_flow_map",
        name: "Service Map",
    });
    await animationFrame();
}

function badges(key) {
    return queryAllTexts(`.o_scrm_node[data-node-key=${key}] .badge`);
}

// Covers in part: V02
test("counts are painted on the drawing and told in words", async () => {
    onRpc("has_group", () => true);
    answers();
    await openMap();
    expect(badges("visit")).toEqual(["3", "2"]);
    expect(badges("bill")).toEqual(["4"]);
    expect(badges("start")).toEqual([]);
    expect(".o_scrm_map_headline").toHaveText(
        "Most trouble at “Visit”: 2 overdue, 1 stuck."
    );
    expect(queryAllTexts(".o_scrm_map_legend button")).toEqual([
        "3 overdue or stuck",
        "3 waiting",
        "4 done today",
    ]);
    const label = queryOne(".o_scrm_node[data-node-key=visit]").ariaLabel;
    expect(label).toMatch(/2 overdue, 1 stuck/);
    expect(".o_scrm_map_elsewhere").toHaveText(/Old way/);
    expect(queryAllTexts("select[name]")).toHaveLength(1);
});

test("what moves elsewhere is seen without a reload", async () => {
    let visit = COUNTS.nodes.visit;
    answers({now: () => counts(visit, COUNTS.nodes.bill)});
    onRpc("has_group", () => true);
    const listeners = [];
    mockService("bus_service", {
        addChannel: (channel) => expect.step(channel),
        deleteChannel: () => {},
        subscribe: (type, listener) => {
            if (type === "scrm_flow/moved") {
                listeners.push(listener);
            }
        },
        unsubscribe: () => {},
        addEventListener: () => {},
        removeEventListener: () => {},
        start: () => {},
    });
    const moved = (flowId) => listeners.forEach((listener) => listener(flowId));
    await openMap();
    expect.verifySteps(["scrm.flow_7"]);
    visit = {...visit, red: 4};
    moved(8);
    await advanceTime(SETTLED);
    expect.verifySteps([]);
    moved(7);
    moved(7);
    await advanceTime(APART);
    await animationFrame();
    expect.verifySteps([["counts", {}, {days: 1}]]);
    expect(badges("visit")).toEqual(["4", "2"]);
    // what was not told is seen by looking again
    visit = {...visit, red: 5};
    await advanceTime(SETTLED - APART);
    await animationFrame();
    expect.verifySteps([["counts", {}, {days: 1}]]);
    expect(badges("visit")).toEqual(["5", "2"]);
    // A window that nobody sees asks for nothing until it is seen again
    const show = (state) => {
        patchWithCleanup(document, {visibilityState: state});
        document.dispatchEvent(new Event("visibilitychange"));
    };
    visit = {...visit, red: 6};
    show("hidden");
    moved(7);
    await advanceTime(SETTLED);
    expect.verifySteps([]);
    show("visible");
    await animationFrame();
    expect.verifySteps([["counts", {}, {days: 1}]]);
    expect(badges("visit")).toEqual(["6", "2"]);
});

test("a filter and a period ask anew", async () => {
    answers();
    onRpc("has_group", () => true);
    await openMap();
    await contains("select[name=store_id]").select("4");
    expect.verifySteps([["counts", {store_id: 4}, {days: 1}]]);
    await contains(".o_scrm_map_period").select("7");
    expect.verifySteps([["counts", {store_id: 4}, {days: 7}]]);
    expect(".o_scrm_map_legend button[data-colour=green]").toHaveText(
        "4 done in the period"
    );
    await contains("select[name=store_id]").select("");
    expect.verifySteps([["counts", {}, {days: 7}]]);
});

// Covers in part: V04
test("the bottleneck is named and compared", async () => {
    const part = {...TIMES, value: 4, label: "Pudong"};
    answers({times: {...TIMES, split: [part]}});
    onRpc("has_group", () => true);
    await openMap();
    await contains(".o_scrm_map_times").click();
    expect.verifySteps([["times", {days: 30}, false]]);
    expect(".o_scrm_map_headline").toHaveText(
        "The bottleneck is “Bill”: 80 % of all time. " +
            "Half of its steps take more than 3 h, one in ten more than 3 d."
    );
    expect(badges("bill")).toEqual(["3 h · 80 %"]);
    expect(".o_scrm_node[data-node-key=bill]").toHaveClass("o_scrm_map_worst");
    expect(queryAllTexts(".o_scrm_map_table tbody td")).toEqual([
        "5",
        "3 h",
        "3 d",
        "80 %",
    ]);
    await contains(".o_scrm_map_split").select("store_id");
    expect.verifySteps([["times", {days: 30}, "store_id"]]);
    expect(".o_scrm_map_table h4").toHaveText(/Pudong/);
});

test("a click on a number lists its records", async () => {
    answers();
    onRpc("has_group", () => true);
    onRpc("scrm.flow", "map_records", ({args}) => {
        expect.step(args);
        return {type: "ir.actions.act_window_close"};
    });
    await openMap();
    await contains(".o_scrm_map_legend button[data-colour=yellow]").click();
    expect.verifySteps([[[7], false, "yellow"]]);
    const badge = queryFirst(".o_scrm_map_badge_red");
    expect(badge.closest(".o_scrm_node").dataset.nodeKey).toBe("visit");
    await contains(".o_scrm_node[data-node-key=visit]").focus();
    await contains(".o_scrm_node[data-node-key=visit]").press("Enter");
    expect.verifySteps([[[7], "visit", false]]);
    await contains(".o_scrm_node[data-node-key=bill]").press("Enter");
    expect.verifySteps([[[7], "bill", "green"]]);
});

// Covers in part: V06
test("who works on some nodes sees those first", async () => {
    answers();
    onRpc("has_group", () => false);
    await openMap();
    expect(".o_scrm_map_mine_toggle").toHaveAttribute("aria-pressed", "true");
    expect(".o_scrm_node[data-node-key=visit]").toHaveClass("o_scrm_muted");
    expect(badges("visit")).toEqual([]);
    expect(badges("bill")).toEqual(["4"]);
    expect(".o_scrm_map_headline").toHaveText("Nothing is late, nothing waits.");
    await contains(".o_scrm_map_mine_toggle").click();
    expect(badges("visit")).toEqual(["3", "2"]);
});

// Covers in part: V06
test("where boards are cut by post there is nothing else to switch to", async () => {
    answers({more: {only_mine: true}});
    await openMap();
    expect(".o_scrm_map_mine_toggle").toHaveCount(0);
    expect(".o_scrm_node[data-node-key=visit]").toHaveClass("o_scrm_muted");
    expect(".o_scrm_node[data-node-key=bill]").toHaveClass("o_scrm_map_mine");
});

test("without a published flow it says what to do", async () => {
    answers({flows: []});
    onRpc("has_group", () => true);
    await openMap();
    expect(".o_scrm_map_empty h3").toHaveText("No flow is published yet");
    expect(".o_scrm_map_empty button").toHaveText("Open Flows");
    expect(".o_scrm_diagram").toHaveCount(0);
});

test("a flow without a version says so", async () => {
    answers({read: {flow: {id: 7, name: "Service"}, version: false}});
    onRpc("has_group", () => false);
    await openMap();
    expect(".o_scrm_map_empty h3").toHaveText("“Service” has no published version");
    expect(".o_scrm_map_empty button").toHaveCount(0);
});

test("spans and counts in words", async () => {
    await makeMockEnv(); // loads translations
    expect([0.5, 1, 7.46, 30, 60].map((hours) => String(spanText(hours)))).toEqual([
        "30 min",
        "1 h",
        "7.5 h",
        "30 h",
        "2.5 d",
    ]);
    expect(String(countText("red", {red: 2, stuck: 2}))).toBe("2 stuck");
    expect(String(countText("red", {red: 2, stuck: 0}))).toBe("2 overdue");
    expect(String(countText("green", {green: 1}, false))).toBe("1 done in the period");
});

test("a drawing without places gets some, and keeps what has not changed", () => {
    const {nodes, edges} = drawingOf(DRAWING);
    const places = nodes.map(({x}) => x);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(new Set(places).size).toBe(4);
    expect(new Set([...nodes, ...edges].map(({id}) => id)).size).toBe(7);
    const kept = new Kept();
    const first = kept.of(nodes.map((node) => ({...node})));
    const second = kept.of(
        nodes.map((node) => ({
            ...node,
            classes: node.key === "visit" ? "x" : undefined,
        }))
    );
    expect(second.map((node, index) => node === first[index])).toEqual([
        true,
        false,
        true,
        true,
    ]);
});

const TRAVEL = {
    flow: "Service",
    version: 2,
    state: "running",
    started: "2026-03-02 02:00:00",
    ended: false,
    drawing: DRAWING,
    nodes: {
        start: {
            state: "done",
            hours: 0,
            visits: [visitOf("done", 0, [], "2026-03-02 02:00:00")],
        },
        visit: {
            state: "done",
            hours: 3,
            visits: [
                visitOf("rejected", 1, ["Ann"], "2026-03-02 02:00:00"),
                visitOf("done", 2, ["Bob"], "2026-03-02 03:00:00"),
            ],
        },
        bill: {
            state: "now",
            hours: 50,
            visits: [
                {...visitOf("open", 50, ["Cid"], "2026-03-02 05:00:00"), overdue: true},
            ],
        },
    },
    edges: ["begin", "visited"],
    earlier: [
        {
            key: "old",
            name: "Old way",
            state: "done",
            hours: 1,
            visits: [visitOf("done", 1, ["Eve"], "2026-03-02 01:00:00")],
        },
    ],
};

function visitOf(state, hours, who, since) {
    const until = state === "open" ? false : since;
    return {state, hours, who, since, until, deadline: false, overdue: false};
}

// Covers in part: V03
test("the way of a record on the drawing", async () => {
    onRpc("order", "scrm_flow_travel", ({args}) => {
        expect.step(args[0]);
        return TRAVEL;
    });
    await mountWithCleanup(WebClient);
    getService("dialog").add(FlowTravelDialog, {resModel: "order", resId: 5});
    await animationFrame();
    await animationFrame();
    expect.verifySteps([[5]]);
    expect(".o_scrm_travel_headline").toHaveText("At “Bill” for 2.1 d, overdue: Cid.");
    expect(badges("visit")).toEqual(["3 h"]);
    expect(".o_scrm_node[data-node-key=bill]").toHaveClass("o_scrm_pulse");
    expect(".o_scrm_node[data-node-key=end]").toHaveClass("o_scrm_muted");
    expect(".o_scrm_edge.o_scrm_travelled").toHaveCount(2);
    expect(queryAllTexts(".o_scrm_travel_rows tbody th")).toEqual([
        "Old way (earlier version)",
        "Visit",
        "Visit",
        "Bill",
    ]);
    await contains(".o_scrm_node[data-node-key=visit]").press("Enter");
    expect(".o_scrm_travel_rows tr.table-active").toHaveCount(2);
    expect(".o_scrm_travel_rows tr.table-active td:first").toHaveText("Ann");
});
