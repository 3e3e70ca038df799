import {describe, expect, test} from "@odoo/hoot";
import {advanceTime, Deferred} from "@odoo/hoot-mock";
import {allowTranslations} from "@web/../tests/web_test_helpers";
import {ConnectionLostError, RPCError} from "@web/core/network/rpc";
import {
    apply,
    applyAll,
    graphFrom,
    newKey,
    pasteOperations,
    Refusal,
    whyNotConnect,
} from "@scrm_flow/designer/graph";
import {DesignerModel} from "@scrm_flow/designer/designer_model";

describe.current.tags("headless");

const NODES = [
    {id: 1, key: "start_1", name: "Start", type: "start", x: 0, y: 10},
    {id: 2, key: "visit", name: "Visit", type: "user_task", x: 200, y: 0},
    {id: 3, key: "end_1", name: "End", type: "end", x: 400, y: 10},
];
const WAYS = [
    {id: 7, key: "go", name: "", source: "start_1", target: "visit"},
    {id: 8, key: "done", name: "Done", source: "visit", target: "end_1"},
];

const small = () => graphFrom({nodes: NODES, transitions: WAYS});
const node = (graph, key) => graph.nodes.find((one) => one.key === key);

test("graph: an operation changes nothing in place and says how to undo it", () => {
    const graph = small();
    const moved = apply(graph, {op: "move", places: {visit: [210, 30]}});
    expect(node(graph, "visit").x).toBe(200);
    expect(node(moved.graph, "visit").x).toBe(210);
    expect(node(moved.graph, "end_1")).toBe(node(graph, "end_1"));
    const back = applyAll(moved.graph, moved.inverse);
    expect(back.graph).toEqual(graph);
});

test("graph: a removed node comes back with its transitions", () => {
    const graph = small();
    const {graph: without, inverse} = apply(graph, {
        op: "remove",
        nodes: ["visit"],
        transitions: [],
    });
    expect(without.nodes.map((one) => one.key)).toEqual(["start_1", "end_1"]);
    expect(without.edges).toEqual([]);
    const {graph: again} = applyAll(without, inverse);
    expect(again.edges.map((edge) => edge.key).sort()).toEqual(["done", "go"]);
    expect(inverse.every((operation) => operation.restore)).toBe(true);
});

test("graph: what cannot be is refused with its reason", () => {
    allowTranslations();
    const graph = small();
    const [start, visit, end] = graph.nodes;
    expect(whyNotConnect(graph, visit, start)).toBe(
        "Nothing leads into the start “Start”."
    );
    expect(whyNotConnect(graph, end, visit)).toBe("Nothing leaves the end “End”.");
    expect(whyNotConnect(graph, start, visit)).toBe(
        "“Start” leads to “Visit” already."
    );
    expect(whyNotConnect(graph, visit, visit)).toBe("“Visit” cannot lead to itself.");
    expect(whyNotConnect(graph, start, end)).toBe("");
    const second = {op: "add_node", key: "s", type: "start", name: "S", x: 0, y: 0};
    expect(() => apply(graph, second)).toThrow(Refusal);
    const lost = {op: "add_transition", key: "n", source: "visit", target: "attic"};
    expect(() => apply(graph, lost)).toThrow(Refusal);
});

test("graph: keys are new, copies keep the lines between them", () => {
    expect(newKey([{key: "visit_1"}], "visit")).toBe("visit_2");
    expect(newKey([{key: "visit_1"}], "visit_1")).toBe("visit_2");
    const graph = small();
    const operations = pasteOperations(graph, {version_id: 5, ...graph}, 40);
    expect(operations.map((one) => one.key)).toEqual(["visit_1", "end_2", "done_1"]);
    expect(operations[0].copy_of).toEqual({version_id: 5, key: "visit"});
    expect([operations[0].x, operations[0].y]).toEqual([240, 40]);
    expect(applyAll(graph, operations).graph.nodes.length).toBe(5);
});

/** A model whose server answers what the test says; `sent` is what it was asked. */
async function modelWith(answer = () => ({}), nodes = NODES) {
    const sent = [];
    let revision = 4;
    const call = async (_model, method, args) => {
        if (method === "design_load") {
            return {
                editable: true,
                revision,
                nodes,
                transitions: WAYS,
                faults: [],
                types: [],
                versions: [],
            };
        }
        sent.push({revision: args[1], operations: args[2]});
        const more = await answer(sent.length);
        revision++;
        return {
            revision,
            faults: [],
            ids: {nodes: {}, transitions: {}},
            removed: {nodes: {}, transitions: {}},
            ...more,
        };
    };
    const model = new DesignerModel({call, silent: {call}}, 1);
    await model.load();
    return {model, sent};
}

const move = (x) => ({op: "move", places: {visit: [x, 0]}});

test("model: changes are saved a moment later, together", async () => {
    const {model, sent} = await modelWith();
    model.edit([move(210)]);
    model.edit([move(220)]);
    expect(model.status).toBe("saving");
    expect(sent).toEqual([]);
    await advanceTime(500);
    expect(sent).toEqual([{revision: 4, operations: [move(210), move(220)]}]);
    expect([model.status, model.revision]).toEqual(["saved", 5]);
});

test("model: undo and redo, a new change forgets what was undone", async () => {
    const {model} = await modelWith();
    const x = () => node(model.graph, "visit").x;
    model.edit([move(210)]);
    model.edit([move(220)]);
    model.undo();
    expect(x()).toBe(210);
    model.undo();
    expect(x()).toBe(200);
    model.redo();
    expect(x()).toBe(210);
    model.edit([move(300)]);
    model.redo();
    expect(x()).toBe(300);
    expect(model.redoStack).toEqual([]);
    await advanceTime(500);
});

test("model: undoing a removal sends along what the server knew of it", async () => {
    const visit = {values: {handler_rule: "people"}, translations: {}};
    const {model, sent} = await modelWith((number) =>
        number === 1 ? {removed: {nodes: {visit}, transitions: {}}} : {}
    );
    model.edit([{op: "remove", nodes: ["visit"], transitions: []}]);
    await advanceTime(500);
    model.undo();
    await advanceTime(500);
    expect(sent[1].operations[0].restore).toBe(true);
    expect(sent[1].operations[0].removed).toEqual(visit);
});

test("model: without connection nothing is lost, and it is tried again", async () => {
    const {model, sent} = await modelWith((number) => {
        if (number < 3) {
            throw new ConnectionLostError("/web/dataset/call_kw");
        }
    });
    model.edit([move(210)]);
    await advanceTime(500);
    expect(model.status).toBe("offline");
    model.edit([move(220)]);
    expect(node(model.graph, "visit").x).toBe(220);
    await advanceTime(500);
    expect(model.status).toBe("offline");
    await advanceTime(3500);
    expect(model.status).toBe("saved");
    expect(sent[2].operations).toEqual([move(210), move(220)]);
});

function serverError(name, message) {
    const error = new RPCError(message);
    error.data = {name, message};
    return error;
}

test("model: an older edition is not saved; its changes can be kept or given up", async () => {
    const {model, sent} = await modelWith((number) => {
        if (number === 1) {
            throw serverError("odoo.addons.scrm_flow.x.StaleDrawing", "Changed");
        }
    });
    model.edit([move(210)]);
    await advanceTime(500);
    expect(model.status).toBe("stale");
    expect(model.editable).toBe(false);
    await advanceTime(5000);
    expect(sent.length).toBe(1);
    await model.rebase();
    await advanceTime(500);
    expect(sent[1].operations).toEqual([move(210)]);
    expect(model.status).toBe("saved");
});

test("model: what the server refuses is taken back and told", async () => {
    const {model} = await modelWith(() => {
        throw serverError("odoo.exceptions.UserError", "Not like this");
    });
    model.edit([move(210)]);
    await advanceTime(500);
    expect([model.status, model.message]).toEqual(["refused", "Not like this"]);
    expect(node(model.graph, "visit").x).toBe(200);
});

test("model: somebody else's change is loaded, or told when something is unsaved", async () => {
    const {model} = await modelWith();
    const before = node(model.graph, "visit");
    model.heard({revision: 9, user: "Ann"});
    await advanceTime(0);
    expect(model.status).toBe("saved");
    expect(node(model.graph, "visit")).toBe(before);
    model.edit([move(210)]);
    model.heard({revision: 10, user: "Ann"});
    expect([model.status, model.changedBy]).toEqual(["stale", "Ann"]);
    await model.discard();
    expect(node(model.graph, "visit").x).toBe(200);
});

test("model: a form that saves is not mistaken for somebody else", async () => {
    const {model, sent} = await modelWith();
    const form = new Deferred();
    model.edit([move(210)]);
    const done = model.around(() => form);
    await advanceTime(10);
    expect(sent.length).toBe(1);
    model.heard({revision: 99, user: "Me"});
    form.resolve(true);
    expect(await done).toBe(true);
    expect(model.status).toBe("saved");
});

test("model: places that were never stored are stored with the first change", async () => {
    const unplaced = NODES.map((one) => ({...one, x: 0, y: 0}));
    const {model, sent} = await modelWith(() => ({}), unplaced);
    expect(new Set(model.graph.nodes.map((one) => one.x)).size).toBe(3);
    await advanceTime(1000);
    expect(sent).toEqual([]);
    model.edit([{op: "rename", key: "visit", name: "Visit at home"}]);
    await advanceTime(500);
    const [placing, renaming] = sent[0].operations;
    expect(Object.keys(placing.places)).toEqual(["start_1", "visit", "end_1"]);
    expect(renaming.op).toBe("rename");
});
