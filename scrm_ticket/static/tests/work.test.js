import {expect, test} from "@odoo/hoot";
import {mountWithCleanup, onRpc} from "@web/../tests/web_test_helpers";
import {Outbox} from "@scrm_ticket/work/outbox";
import {Work} from "@scrm_ticket/work/work";
import {click} from "@odoo/hoot-dom";
import {animationFrame} from "@odoo/hoot-mock";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

defineMailModels();

// Covers in part: E10
test("what the server fails on is put aside, what comes behind it goes out", async () => {
    const outbox = new Outbox();
    for (const number of ["T1", "T2", "T3"]) {
        outbox.add({ticket: 1, number, deed: "note", data: {text: number}});
    }
    let isBroken = true;
    onRpc("/scrm/work/do", async (request) => {
        const {params} = await request.json();
        const {text} = params.data;
        expect.step(text);
        if (text === "T1" && isBroken) {
            throw new Error("broken");
        }
        return {done: "Noted"};
    });
    onRpc("/scrm/work/tasks", () => []);
    await mountWithCleanup(Work);
    await animationFrame();
    expect.verifySteps(["T1", "T2", "T3"]);
    expect(outbox.waiting).toHaveLength(0);
    expect(outbox.aside).toHaveLength(1);
    expect(".o_scrm_work .alert-danger").toHaveText(/1 could not be taken in/);

    isBroken = false;
    await click(".o_scrm_work .alert-danger button");
    await animationFrame();
    await animationFrame();
    expect.verifySteps(["T1"]);
    expect(outbox.aside).toHaveLength(0);
    expect(".o_scrm_work .alert-danger").toHaveCount(0);
});
