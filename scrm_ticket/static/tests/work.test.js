import {advanceTime, animationFrame} from "@odoo/hoot-mock";
import {click, edit} from "@odoo/hoot-dom";
import {describe, expect, test} from "@odoo/hoot";
import {
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import {Outbox} from "@scrm_ticket/work/outbox";
import {Work} from "@scrm_ticket/work/work";
import {browser} from "@web/core/browser/browser";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");
defineMailModels();

const TASK = {
    ticket: 1,
    number: "T1",
    name: "Stove",
    customer: "Pia",
    phone: "",
    address: "",
    map: "",
    text: "",
    values: [],
    parts: [],
    signed: "",
    step: 7,
    node: "Visit",
    due: null,
    accept: true,
    ways: [{key: "done", name: "Done"}],
};

/**
 * A server that can be away.
 *
 * @returns {Object} `isAway`; `done`: what it did, in order; `answer`: function
 */
function makeServer() {
    const server = {isAway: false, done: [], answer: () => ({done: "Done"})};
    const away = () => new window.Response("", {status: 502});
    const reply = (result) =>
        new window.Response(JSON.stringify({jsonrpc: "2.0", result}), {
            headers: {"Content-Type": "application/json"},
        });
    const route = (url, act) =>
        onRpc(
            url,
            async (request) =>
                server.isAway ? away() : reply(act((await request.json()).params)),
            {pure: true}
        );
    route("/scrm/work/tasks", () => [TASK]);
    route("/scrm/work/do", (params) => {
        server.done.push(params);
        return server.answer(params);
    });
    return server;
}

/** What was asked of the server was answered and is on the screen. */
async function settle() {
    for (let i = 0; i < 4; i++) {
        await animationFrame();
    }
}

async function openTask() {
    await mountWithCleanup(Work);
    await settle();
    await click("button[aria-expanded]");
    await animationFrame();
}

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

// Covers in part: E10
test("without a connection what is done waits, what is typed stays", async () => {
    const server = makeServer();
    await openTask();
    server.isAway = true;
    await click("[name=note]");
    await edit("The pipe was loose.");
    await click("button:contains(Accept)");
    await settle();
    expect(server.done).toEqual([]);
    expect(".o_scrm_work .alert-warning").toHaveText(/No connection.*1 not sent yet/s);
    // the phone was closed and opened again: it shows what it knew, with what was typed
    const kept = new Outbox();
    const [waiting] = kept.waiting;
    expect([waiting.deed, waiting.ticket]).toEqual(["accept", 1]);
    expect(kept.read("tasks", [])).toEqual([TASK]);
    expect(kept.read("drafts", {})[1].note).toBe("The pipe was loose.");

    server.isAway = false;
    await advanceTime(15000);
    await settle();
    expect(server.done.map(({deed}) => deed)).toEqual(["accept"]);
    expect(server.done[0].key).toBe(waiting.key);
    expect(".o_scrm_work .alert-warning").toHaveCount(0);
    expect("[name=note]").toHaveValue("The pipe was loose.");
});

// Covers in part: E10
test("opened without a connection, the page shows what the phone knows", async () => {
    const server = makeServer();
    const outbox = new Outbox();
    outbox.write("tasks", [TASK]);
    outbox.write("drafts", {1: {note: "Loose", code: "P-1", quantity: "2"}});
    server.isAway = true;
    await openTask();
    expect(".o_scrm_task").toHaveText(/T1/);
    expect("[name=note]").toHaveValue("Loose");
    expect("[name=code]").toHaveValue("P-1");
    expect(".o_scrm_work .alert-warning").toHaveText(/No connection/);
});

// Covers in part: E10
test("a login that has ended loses nothing: all waits until there is one", async () => {
    const server = makeServer();
    await openTask();
    const error = {
        code: 100,
        message: "Odoo Session Expired",
        data: {name: "odoo.http.SessionExpiredException", message: "Session expired"},
    };
    onRpc(
        "/scrm/work/do",
        () => new window.Response(JSON.stringify({jsonrpc: "2.0", error})),
        {pure: true}
    );
    expect.errors(1);
    await click("button:contains(Accept)");
    await settle();
    expect.verifyErrors([/Session Expired/i]);
    expect(server.done).toEqual([]);
    expect(new Outbox().waiting).toHaveLength(1);
    expect(new Outbox().aside).toHaveLength(0);
});

// Covers in part: E10
test("what the server refuses is shown with its reason and given up", async () => {
    const server = makeServer();
    server.answer = () => ({refused: "No part has the code “P-9”."});
    await openTask();
    await click("[name=code]");
    await edit("P-9");
    await click("form button[type=submit]");
    await settle();
    expect(server.done[0].data).toEqual({code: "P-9", quantity: 1});
    expect(".o_notification").toHaveText(/T1: No part has the code “P-9”/);
    expect(new Outbox().waiting).toEqual([]);
});

// Covers in part: E10
test("a part without a code or number is asked for before anything is sent", async () => {
    const server = makeServer();
    await openTask();
    await click("[name=quantity]");
    await edit("0");
    await click("form button[type=submit]");
    await settle();
    expect(".o_notification").toHaveText(/Write the code and how many/);
    expect(server.done).toEqual([]);
});

// Covers in part: E10
test("a note goes out before the step is completed; a full phone says so", async () => {
    const server = makeServer();
    await openTask();
    await click("[name=note]");
    await edit("All well");
    await click("button:contains(Done)");
    await settle();
    expect(server.done.map(({deed}) => deed)).toEqual(["note", "complete"]);
    expect(server.done[1].data).toEqual({step: 7, way: "done"});
    expect(new Set(server.done.map(({key}) => key)).size).toBe(2);

    patchWithCleanup(browser.localStorage, {
        setItem(name) {
            if (name.startsWith("scrm_work")) {
                throw new Error("full");
            }
        },
    });
    await click("button:contains(Accept)");
    await settle();
    expect(".o_notification:last").toHaveText(/This phone has no room left/);
    expect(server.done).toHaveLength(2);
});
