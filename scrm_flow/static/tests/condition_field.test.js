import {expect, test} from "@odoo/hoot";
import {queryAllTexts, waitFor} from "@odoo/hoot-dom";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Rule extends models.Model {
    _name = "rule";

    name = fields.Char();
    model = fields.Char();
    condition = fields.Char();
    hours = fields.Float();
    load = fields.Integer();

    _records = [
        {id: 1, name: "Empty", model: "rule", condition: "[]", hours: 0, load: 0},
        {
            id: 2,
            name: "Filled",
            model: "rule",
            condition: "[('name', '=', 'Large')]",
            hours: 1.5,
            load: 3,
        },
    ];
}

defineMailModels();
defineModels([Rule]);

const FORM = `
    <form>
        <field name="model" invisible="1" />
        <field name="condition" widget="scrm_condition"
            options="{'model': 'model'}" placeholder="Never" />
        <field name="hours" widget="scrm_optional_time" placeholder="No deadline" />
        <field name="load" widget="scrm_optional_integer" placeholder="Any number" />
    </form>`;

const mount = (resId, readonly = false) =>
    mountView({resModel: "rule", type: "form", resId, readonly, arch: FORM});

test("an empty condition says what it means, and can be set in a dialog", async () => {
    onRpc("/web/domain/validate", () => true);
    await mount(1);
    expect(".o_scrm_condition > span").toHaveText("Never");
    expect(".o_scrm_condition_clear").toHaveCount(0);
    await contains(".o_scrm_condition_edit").click();
    expect(".modal .o_tree_editor_condition").toHaveCount(1);
    await contains(".modal-footer .btn-primary").click();
    await waitFor(".o_scrm_condition .badge");
    expect(".o_scrm_condition_clear").toHaveCount(1);
});

test("a condition is read in words, and removed with one click", async () => {
    await mount(2);
    await waitFor(".o_scrm_condition .badge");
    expect(queryAllTexts(".o_scrm_condition .badge")).toEqual(["Name = Large"]);
    await contains(".o_scrm_condition_clear").click();
    expect(".o_scrm_condition > span").toHaveText("Never");
});

test("numbers of which 0 means none show what happens then", async () => {
    await mount(1);
    expect("[name=hours] input").toHaveValue("");
    expect("[name=hours] input").toHaveAttribute("placeholder", "No deadline");
    expect("[name=load] input").toHaveAttribute("placeholder", "Any number");
    await contains("[name=load] input").edit("4");
    expect("[name=load] input").toHaveValue("4");
    await contains("[name=load] input").edit("0");
    expect("[name=load] input").toHaveValue("");
});

test("who may only read reads the same", async () => {
    await mount(1, true);
    expect(".o_scrm_condition_edit").toHaveCount(0);
    expect("[name=hours] span").toHaveText("No deadline");
    expect("[name=load] span").toHaveText("Any number");
});

test("numbers that are set are shown", async () => {
    await mount(2);
    expect("[name=hours] input").toHaveValue("01:30");
    expect("[name=load] input").toHaveValue("3");
});
