import {
    checkDatasets,
    checkLabels,
    setupChartJsForTests,
} from "@web/../tests/views/graph/graph_test_helpers";
import {
    defineModels,
    fields,
    makeMockEnv,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {expect, test} from "@odoo/hoot";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {formatRate} from "@scrm_opportunity/rate/rate_formatter";
import {queryAllTexts} from "@odoo/hoot-dom";

setupChartJsForTests();

class Answer extends models.Model {
    _name = "scrm.test.answer";

    day = fields.Date();
    rate = fields.Float({aggregator: "avg"});
    _records = [
        {id: 1, day: "2026-01-05"},
        {id: 2, day: "2026-02-05"},
    ];
}

defineMailModels();
defineModels([Answer]);

function group(rate, month) {
    const found = {__count: 1, __extra_domain: [], "rate:avg": rate};
    return month ? {...found, "day:month": month} : found;
}

const MONTHS = [
    ["2026-01-01", "January 2026"],
    ["2026-02-01", "February 2026"],
    ["2026-03-01", "March 2026"],
];

test("nothing measured is no zero", async () => {
    await makeMockEnv();
    expect(String(formatRate(false))).toBe("none yet");
    expect(String(formatRate(undefined))).toBe("none yet");
    expect(formatRate(0)).toBe("0%");
    expect(formatRate(0.5)).toBe("50%");
});

test("a table says so where nobody has answered", async () => {
    onRpc("formatted_read_grouping_sets", () => [
        [group(0)],
        [group(false, MONTHS[0]), group(0, MONTHS[1])],
    ]);
    await mountView({
        type: "pivot",
        resModel: Answer._name,
        arch: `
            <pivot>
                <field name="day" interval="month" type="row"/>
                <field name="rate" type="measure" widget="scrm_rate"/>
            </pivot>`,
    });
    expect(queryAllTexts(".o_pivot_cell_value")).toEqual([
        "0.00%",
        "none yet",
        "0.00%",
    ]);
});

test("a line leaves out the time without answers", async () => {
    onRpc("formatted_read_group", () => [
        group(0.2, MONTHS[0]),
        group(false, MONTHS[1]),
        group(0.5, MONTHS[2]),
    ]);
    const view = await mountView({
        type: "graph",
        resModel: Answer._name,
        arch: `
            <graph type="line" js_class="scrm_rate_graph">
                <field name="day" interval="month"/>
                <field name="rate" type="measure" widget="scrm_rate"/>
            </graph>`,
    });
    checkLabels(view, ["January 2026", "March 2026"]);
    checkDatasets(view, "data", {data: [0.2, 0.5]});
});
