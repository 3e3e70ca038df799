import {defineModels, fields, models, mountView} from "@web/../tests/web_test_helpers";
import {expect, test} from "@odoo/hoot";
import {advanceTime, animationFrame, mockDate} from "@odoo/hoot-mock";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {queryOne} from "@odoo/hoot-dom";

class Work extends models.Model {
    _name = "scrm.test.work";

    due = fields.Datetime({string: "Time Left"});

    _records = [{id: 1, due: "2026-03-02 10:00:00"}];
}

defineMailModels();
defineModels([Work]);

// Covers in part: N14
test("the time that is left runs down and turns red", async () => {
    mockDate("2026-03-02 07:40:00", +0);
    await mountView({
        type: "form",
        resModel: "scrm.test.work",
        resId: 1,
        arch: `<form><field name="due" widget="scrm_countdown" readonly="1"/></form>`,
    });
    expect(".o_scrm_countdown").toHaveText("2 h 20 min left");
    expect(".o_scrm_countdown").toHaveClass("text-bg-info");
    await advanceTime(90 * 60 * 1000);
    await animationFrame();
    expect(".o_scrm_countdown").toHaveText("50 min left");
    expect(".o_scrm_countdown").toHaveClass("text-bg-warning");
    await advanceTime(51 * 60 * 1000);
    await animationFrame();
    expect(queryOne(".o_scrm_countdown").textContent).toMatch(/^1 min overdue$/);
    expect(".o_scrm_countdown").toHaveClass("text-bg-danger");
});
