import {beforeEach, describe, expect, test} from "@odoo/hoot";
import {allowTranslations} from "@web/../tests/web_test_helpers";
import {ConnectionLostError, RPCError} from "@web/core/network/rpc";
import {FormDesignerModel} from "@scrm_ticket/form_designer/form_designer_model";
import {addField, removeLine, allLines} from "@scrm_ticket/form_designer/form";

describe.current.tags("headless");
beforeEach(allowTranslations);

const field = (key) => ({id: 1, key, type: "text", name: key, options: []});
const loaded = (keys, edition = "first") => ({
    id: 7,
    name: "Repair",
    edition,
    editable: true,
    types: [],
    variants: [],
    catalogue: ["a", "b", "c"].map(field),
    taken_keys: ["a", "b", "c", "old"],
    lines: keys.map((key, n) => ({id: n + 1, section: false, field: field(key)})),
});

/** A model over a server that answers with what is queued. */
async function opened(...answers) {
    const calls = [];
    const orm = {
        async call(_model, method, args) {
            calls.push([method, ...args]);
            const answer = answers.shift();
            if (answer instanceof Error) {
                throw answer;
            }
            return answer;
        },
    };
    const model = new FormDesignerModel(orm, 7);
    await model.load();
    return {model, calls};
}
const keys = (model) => allLines(model.form).map((line) => line.field.key);
const refused = (name, message) =>
    Object.assign(new RPCError(message), {data: {name, message}});

// Covers in part: C01
test("changes are undone and done again, and saved when somebody says so", async () => {
    const {model, calls} = await opened(loaded(["a"]), loaded(["a", "b"], "second"));
    model.edit((form) => addField(form, field("b")));
    expect(keys(model)).toEqual(["a", "b"]);
    expect(model.status).toBe("dirty");
    model.undo();
    expect(keys(model)).toEqual(["a"]);
    model.redo();
    expect(keys(model)).toEqual(["a", "b"]);
    expect(calls.length).toBe(1);
    expect(await model.save()).toBe(true);
    const [method, ids, edition, lines] = calls[1];
    expect([method, ids, edition]).toEqual(["design_form_save", [7], "first"]);
    expect(lines.map((line) => line.field.key)).toEqual(["a", "b"]);
    expect(model.status).toBe("clean");
    expect(model.edition).toBe("second");
});

// Covers in part: C01
test("what cannot be saved stays on the screen, with the reason", async () => {
    const {model} = await opened(
        loaded(["a"]),
        refused("odoo.exceptions.ValidationError", "“a” is wrong."),
        new ConnectionLostError("/web"),
        refused("odoo.addons.scrm_ticket.models.x.StaleForm", "Changed meanwhile.")
    );
    model.edit((form) => addField(form, field("c")));
    expect(await model.save()).toBe(false);
    expect([model.status, model.message]).toEqual(["refused", "“a” is wrong."]);
    expect(await model.save()).toBe(false);
    expect(model.status).toBe("offline");
    expect(await model.save()).toBe(false);
    expect(model.status).toBe("stale");
    expect(keys(model)).toEqual(["a", "c"]);
});

// Covers in part: C01
test("who may not write changes nothing", async () => {
    const {model} = await opened({...loaded(["a", "b"]), editable: false});
    model.edit((form) => removeLine(form, allLines(form)[0].uid));
    expect(keys(model)).toEqual(["a", "b"]);
    expect(model.isDirty).toBe(false);
    expect(model.offered.map((one) => one.key)).toEqual(["c"]);
});

// Covers in part: C01
test("a field of one region is told with its variant", async () => {
    const variants = [
        {id: 4, name: "East", usual: false},
        {id: 5, name: "North", usual: true},
    ];
    const {model} = await opened({...loaded(["a"]), variants});
    expect(model.usualVariant).toBe(5);
    model.edit((form) => addField(form, field("b"), undefined, {variant_id: 5}));
    model.edit((form) => addField(form, field("c")));
    expect(model.lines.map((line) => line.variant_id || false)).toEqual([
        false,
        5,
        false,
    ]);
});
