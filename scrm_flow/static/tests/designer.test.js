/* global Response */
import {expect, test} from "@odoo/hoot";
import {press, queryAllAttributes, queryOne} from "@odoo/hoot-dom";
import {advanceTime, animationFrame} from "@odoo/hoot-mock";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {RPCError} from "@web/core/network/rpc";

class FlowVersion extends models.Model {
    _name = "scrm.flow.version";

    name = fields.Char();
    _records = [{id: 1, name: "Repair, version 2"}];
}

class FlowNode extends models.Model {
    _name = "scrm.flow.node";

    name = fields.Char();
    _records = [{id: 2, name: "Visit"}];
    _views = {form: `<form><field name="name" /></form>`};
}

defineMailModels();
defineModels([FlowVersion, FlowNode]);

const DRAWING = {
    name: "Repair, version 2",
    model: "order",
    state: "draft",
    editable: true,
    revision: 4,
    nodes: [
        {id: 1, key: "start_1", name: "Start", type: "start", x: 0, y: 10},
        {id: 2, key: "visit", name: "Visit", type: "user_task", x: 200, y: 0},
        {id: 3, key: "end_1", name: "End", type: "end", x: 400, y: 10},
    ],
    transitions: [
        {id: 7, key: "go", name: "", source: "start_1", target: "visit"},
        {id: 8, key: "done", name: "Done", source: "visit", target: "end_1"},
    ],
    faults: [],
    types: [
        {key: "user_task", name: "User Task"},
        {key: "end", name: "End"},
    ],
    versions: [],
};

/**
 * Open the designer over a server that answers what the test says.
 *
 * @param {Object} more what is different about the drawing
 * @param {Function} answer what the server says to a saving besides; may throw
 * @returns {Promise<Object[]>} the operations that were saved
 */
async function openDesigner(more = {}, answer = () => ({})) {
    const saved = [];
    let {revision} = DRAWING;
    onRpc("scrm.flow.version", "design_load", () => ({...DRAWING, ...more}));
    onRpc("scrm.flow.version", "design_apply", ({args}) => {
        const [, , operations] = args;
        const told = answer();
        if (told instanceof Response) {
            return told;
        }
        saved.push(...operations);
        revision++;
        const added = operations.filter((one) => one.op === "add_node");
        return {
            revision,
            faults: [],
            ids: {
                nodes: Object.fromEntries(added.map((one, n) => [one.key, 50 + n])),
                transitions: {},
            },
            removed: {nodes: {}, transitions: {}},
            ...told,
        };
    });
    await mountView({
        type: "form",
        resModel: "scrm.flow.version",
        resId: 1,
        arch: `<form js_class="scrm_flow_designer" />`,
    });
    await animationFrame();
    return saved;
}

const keys = () => queryAllAttributes(".o_scrm_node", "data-node-key");
const node = (key) => `.o_scrm_node[data-node-key=${key}]`;
const marked = () =>
    queryAllAttributes(".o_scrm_node.o_scrm_selected", "data-node-key");

async function settle() {
    await advanceTime(500);
    await animationFrame();
}

function refused(message) {
    return Object.assign(new RPCError(message), {
        data: {name: "odoo.exceptions.UserError", message},
    });
}

// Covers in part: C01
test("designer: everything with the keyboard alone", async () => {
    const saved = await openDesigner();
    // a node from the palette goes behind the one that is marked
    queryOne(node("visit")).focus();
    await press("Enter");
    await animationFrame();
    expect(marked()).toEqual(["visit"]);
    expect(".o_scrm_inspector").toHaveAttribute("aria-label", "Visit");
    await press("Escape");
    await animationFrame();
    expect(".o_scrm_inspector").toHaveCount(0);
    queryOne(node("visit")).focus();
    await press(["shift", "Enter"]);
    queryOne(".o_scrm_palette_item[data-type=user_task]").focus();
    await press("Enter");
    await animationFrame();
    expect(keys()).toEqual(["start_1", "visit", "end_1", "user_task_1"]);
    expect(marked()).toEqual(["user_task_1"]);
    await settle();
    expect(saved.map((one) => one.op)).toEqual(["add_node", "add_transition"]);
    // moved, connected with another one, and all of it taken back
    await press("ArrowDown");
    await press(["shift", "ArrowRight"]);
    await settle();
    const places = saved.slice(2).map((one) => one.places.user_task_1);
    expect(places[1][0] - places[0][0]).toBe(50);
    queryOne(node("end_1")).focus();
    await press(["shift", "Enter"]);
    await animationFrame();
    expect(marked()).toEqual(["end_1", "user_task_1"]);
    expect(".o_scrm_edge").toHaveCount(3);
    await press(["ctrl", "l"]);
    await animationFrame();
    expect(".o_scrm_edge").toHaveCount(4);
    for (let count = 0; count < 4; count++) {
        await press(["ctrl", "z"]);
    }
    await animationFrame();
    expect(keys()).toEqual(["start_1", "visit", "end_1"]);
    await press(["ctrl", "y"]);
    await animationFrame();
    expect(keys()).toInclude("user_task_1");
    // everything marked, and deleted
    await press(["ctrl", "a"]);
    await animationFrame();
    expect(marked()).toHaveLength(4);
    await press("Delete");
    await animationFrame();
    expect(keys()).toEqual([]);
    await press(["ctrl", "z"]);
    await animationFrame();
    expect(keys()).toHaveLength(4);
    await settle();
});

// Covers in part: C01
test("designer: copied nodes keep the line between them", async () => {
    const saved = await openDesigner();
    queryOne(node("visit")).focus();
    await press(["shift", "Enter"]);
    queryOne(node("end_1")).focus();
    await press(["shift", "Enter"]);
    await press(["ctrl", "c"]);
    await press(["ctrl", "v"]);
    await animationFrame();
    expect(keys()).toEqual(["start_1", "visit", "end_1", "visit_1", "end_2"]);
    expect(".o_scrm_edge").toHaveCount(3);
    expect(marked()).toEqual(["visit_1", "end_2"]);
    await settle();
    expect(saved[0].copy_of).toEqual({version_id: 1, key: "visit"});
});

// Covers in part: C01
test("designer: impossible lines are refused with a reason", async () => {
    const saved = await openDesigner();
    async function connect(source, target) {
        await press("Escape");
        for (const key of [source, target]) {
            queryOne(node(key)).focus();
            await press(["shift", "Enter"]);
        }
        await press(["ctrl", "l"]);
        await animationFrame();
    }
    await connect("visit", "start_1");
    await connect("end_1", "visit");
    await connect("start_1", "visit");
    expect(".o_scrm_edge").toHaveCount(2);
    const [into, out, twice] = document.querySelectorAll(".o_notification_content");
    expect(into).toHaveText("Nothing leads into the start “Start”.");
    expect(out).toHaveText("Nothing leaves the end “End”.");
    expect(twice).toHaveText("“Start” leads to “Visit” already.");
    await settle();
    expect(saved).toEqual([]);
});

// Covers in part: C01
test("designer: what running records need comes back, with the server's reason", async () => {
    await openDesigner({}, () => {
        throw refused("“Visit” has open steps.");
    });
    queryOne(node("visit")).focus();
    await press("Delete");
    await animationFrame();
    expect(keys()).toEqual(["start_1", "end_1"]);
    await settle();
    expect(keys()).toEqual(["start_1", "visit", "end_1"]);
    expect(".o_scrm_notice[role=alert]").toHaveText("“Visit” has open steps.");
    expect(".o_scrm_status").toHaveAttribute("data-status", "refused");
});

// Covers in part: C01
test("designer: without the server the drawing goes on", async () => {
    let isAway = true;
    const saved = await openDesigner({}, () =>
        isAway ? new Response("", {status: 502}) : {}
    );
    queryOne(node("visit")).focus();
    await press("ArrowDown");
    await settle();
    expect(".o_scrm_notice[role=alert]").toHaveText(/your changes are kept here/);
    await press("ArrowDown");
    expect(saved).toEqual([]);
    isAway = false;
    await advanceTime(4000);
    await animationFrame();
    expect(".o_scrm_notice").toHaveCount(0);
    expect(saved.map((one) => one.places.visit)).toEqual([
        [200, 10],
        [200, 20],
    ]);
});

// Covers in part: C01
test("designer: a drawing one may not change is only looked at", async () => {
    const why = "You may look at this flow. Flow managers may change it.";
    const saved = await openDesigner({editable: false, why_not: why});
    expect(".o_scrm_readonly[role=status]").toHaveText(why);
    expect(".o_scrm_palette").toHaveCount(0);
    expect(".o_scrm_node_handle").toHaveCount(0);
    queryOne(node("visit")).focus();
    for (const key of ["ArrowDown", "Delete", ["ctrl", "a"], "Delete", ["ctrl", "z"]]) {
        await press(key);
    }
    await settle();
    expect(keys()).toEqual(["start_1", "visit", "end_1"]);
    expect(saved).toEqual([]);
});

// Covers in part: C01
test("designer: what is seen is told to those who do not see it", async () => {
    await openDesigner({
        faults: [
            {node: "visit", text: "“Visit” has no handler", problem: "No handler"},
        ],
    });
    expect(".o_scrm_diagram").toHaveAttribute("aria-label", "Repair, version 2");
    expect(".o_scrm_palette").toHaveAttribute("aria-label", "Nodes to draw");
    expect(".o_scrm_tools").toHaveAttribute("role", "toolbar");
    expect(queryOne(node("visit")).getAttribute("aria-label")).toMatch(/No handler/);
    const silent = [...document.querySelectorAll(".o_scrm_designer button")].filter(
        (button) => !(button.ariaLabel || button.textContent.trim())
    );
    expect(silent).toEqual([]);
    expect(".o_scrm_faults").toHaveCount(1);
    await contains(".o_scrm_tools [aria-label='Mark with a frame']").click();
    expect(".o_scrm_tools [aria-label='Mark with a frame']").toHaveClass("active");
});
