import {expect, test} from "@odoo/hoot";
import {queryAllTexts, queryOne} from "@odoo/hoot-dom";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Order extends models.Model {
    _name = "order";

    name = fields.Char();
    scrm_progress = fields.Generic({type: "json"});
    scrm_flow_actions = fields.Generic({type: "json"});

    _records = [
        {
            id: 1,
            name: "Order",
            scrm_progress: [
                {
                    key: "triage",
                    name: "Triage",
                    state: "done",
                    since: "2026-03-02 02:00:00",
                    until: "2026-03-02 03:00:00",
                    handlers: ["Ann"],
                    private: false,
                },
                {
                    key: "visit",
                    name: "Visit",
                    state: "now",
                    since: "2026-03-02 03:00:00",
                    until: false,
                    handlers: ["Bob", "Cid"],
                    private: true,
                },
                {
                    key: "end",
                    name: "End",
                    state: "next",
                    since: false,
                    until: false,
                    handlers: [],
                    private: false,
                },
            ],
            scrm_flow_actions: [
                {
                    step_id: 7,
                    node: "Visit",
                    node_key: "visit",
                    transitions: [
                        {key: "visited", name: "Visited", primary: true},
                        {key: "back", name: "Send back", primary: false},
                    ],
                    operations: [
                        {
                            key: "claim",
                            name: "Claim",
                            method: "scrm_step_claim",
                            args: {step_id: 7},
                            asks: [],
                            direct: true,
                        },
                        {
                            key: "reject",
                            name: "Return",
                            method: "scrm_step_reject",
                            args: {step_id: 7},
                            asks: ["node", "reason"],
                            nodes: [
                                {key: "intake", name: "Intake", note: "Others stop."},
                                {key: "triage", name: "Triage"},
                            ],
                            direct: false,
                        },
                    ],
                },
            ],
        },
        {
            id: 5,
            name: "Handler picked by hand",
            scrm_progress: false,
            scrm_flow_actions: [
                {
                    step_id: 9,
                    node: "Triage",
                    node_key: "triage",
                    transitions: [
                        {
                            key: "assign",
                            name: "Assign",
                            primary: true,
                            asks: ["user"],
                            domain: [["id", "in", [5]]],
                        },
                    ],
                },
            ],
        },
        {id: 2, name: "Never started", scrm_progress: false, scrm_flow_actions: false},
        {
            id: 3,
            name: "Late",
            scrm_progress: [
                {
                    key: "triage",
                    name: "Triage",
                    state: "done",
                    since: "2026-03-02 02:00:00",
                    until: "2026-03-02 03:00:00",
                    handlers: [],
                    private: false,
                },
                {
                    key: "visit",
                    name: "Visit",
                    state: "now",
                    since: "2026-03-02 03:00:00",
                    until: false,
                    handlers: [],
                    private: false,
                    deadline: "2026-03-02 12:00:00",
                    overdue: true,
                },
            ],
            scrm_flow_actions: false,
        },
        {
            id: 4,
            name: "Refund",
            scrm_progress: [
                {
                    key: "review",
                    name: "Review",
                    state: "now",
                    since: "2026-03-02 03:00:00",
                    until: false,
                    handlers: ["Bob", "Eve"],
                    private: false,
                    votes: [
                        {name: "Ann", state: "approved", comment: "Fine"},
                        {name: "Bob", state: "asked", comment: ""},
                        {name: "Eve", state: "asked", comment: ""},
                    ],
                },
                {
                    key: "parts",
                    name: "Parts",
                    state: "now",
                    since: "2026-03-02 03:00:00",
                    until: false,
                    handlers: [],
                    private: false,
                    called: [
                        {
                            name: "Purchase",
                            state: "running",
                            node: "Order",
                            handlers: ["Li"],
                            reason: "",
                        },
                        {
                            name: "Transport",
                            state: "incident",
                            node: "Plan",
                            handlers: [],
                            reason: "No truck",
                        },
                    ],
                },
            ],
            scrm_flow_actions: [
                {
                    step_id: 9,
                    node: "Review",
                    node_key: "review",
                    transitions: [],
                    operations: [
                        {
                            key: "vote_0",
                            name: "Approve",
                            method: "scrm_step_vote",
                            args: {decision: "approved", step_id: 9},
                            asks: [],
                            direct: true,
                            secondary: false,
                        },
                        {
                            key: "vote_1",
                            name: "Reject",
                            method: "scrm_step_vote",
                            args: {decision: "rejected", step_id: 9},
                            asks: ["reason"],
                            direct: true,
                            secondary: true,
                        },
                    ],
                },
            ],
        },
        {
            id: 6,
            name: "In two branches",
            scrm_progress: ["pay", "pack", "ready"].map((key) => ({
                key,
                name: key,
                state: "now",
                since: "2026-03-02 02:00:00",
                until: false,
                handlers: [],
                private: false,
                waits: key === "ready",
            })),
            scrm_flow_actions: ["pay", "pack"].map((key, index) => ({
                step_id: index,
                node: key,
                node_key: key,
                transitions: [{key, name: `Done with ${key}`, primary: true}],
                operations: [],
            })),
        },
    ];
}

defineMailModels();
defineModels([Order]);

const ARCH = `
    <form>
        <field name="name"/>
        <field name="scrm_progress" widget="scrm_flow_bar"/>
        <field name="scrm_flow_actions" widget="scrm_flow_buttons"/>
    </form>`;

function mount(resId) {
    return mountView({resModel: "order", type: "form", resId, arch: ARCH});
}

// Covers: H25
test("the bar shows what is done, who has it now and what follows", async () => {
    await mount(1);
    expect(queryAllTexts(".o_scrm_flow_bar_name")).toEqual(["Triage", "Visit", "End"]);
    expect(".o_scrm_flow_bar_done[data-key=triage] .fa-check").toHaveCount(1);
    expect("[data-key=visit][aria-current=step]").toHaveCount(1);
    expect("[data-key=visit] .o_scrm_flow_bar_handlers").toHaveText("Bob, Cid");
    expect("[data-key=visit] .fa-eye-slash").toHaveCount(1);
    expect(".o_scrm_flow_bar_next[data-key=end]").toHaveCount(1);
});

test("on a narrow screen what is now is seen first", async () => {
    const arch = `
        <form>
            <div style="width: 120px"><field name="scrm_progress" widget="scrm_flow_bar"/></div>
        </form>`;
    await mountView({resModel: "order", type: "form", resId: 1, arch});
    const [bar, visit] = [".o_field_scrm_flow_bar", "[data-key=visit]"].map((one) =>
        queryOne(one).getBoundingClientRect()
    );
    expect(queryOne(".o_field_scrm_flow_bar").scrollLeft).toBeGreaterThan(0);
    expect(visit.left).toBeGreaterThan(bar.left - 1);
    expect(visit.right).toBeLessThan(bar.right + 1);
});

test("a step past its deadline is marked, and says since when", async () => {
    await mount(3);
    expect("[data-key=visit]").toHaveClass("o_scrm_flow_bar_overdue");
    expect("[data-key=triage]").not.toHaveClass("o_scrm_flow_bar_overdue");
    expect(queryOne("[data-key=visit]").title).toMatch(/overdue since/);
});

test("an approval shows who decided what and who is still asked", async () => {
    await mount(4);
    expect(queryAllTexts("[data-key=review] li")).toEqual([
        "approved\nAnn",
        "asked\nBob",
        "asked\nEve",
    ]);
    expect("[data-vote=approved] .fa-check").toHaveCount(1);
    expect(queryOne("[data-vote=approved]").title).toBe("Ann: approved\nFine");
    expect(".o_scrm_flow_bar_handlers").toHaveCount(0);
});

// Covers in part: H22
test("a caller shows how far those are that it waits for", async () => {
    await mount(4);
    expect(queryAllTexts("[data-key=parts] li")).toEqual([
        "in progress\nPurchase",
        "stuck\nTransport",
    ]);
    expect(queryOne("[data-called=running]").title).toBe(
        "Purchase: in progress\nOrder: Li"
    );
    expect(queryOne("[data-called=incident]").title).toBe(
        "Transport: stuck\nPlan\nNo truck"
    );
});

test("approving asks nothing, rejecting asks why", async () => {
    onRpc("order", "scrm_step_vote", ({kwargs}) => {
        expect.step([kwargs.step_id, kwargs.decision, kwargs.reason]);
        return {node: "review", state: "running"};
    });
    await mount(4);
    expect("[data-operation=vote_0]").toHaveClass("btn-primary");
    expect("[data-operation=vote_1]").toHaveClass("btn-secondary");
    await contains("[data-operation=vote_0]").click();
    expect.verifySteps([[9, "approved", undefined]]);
    await contains("[data-operation=vote_1]").click();
    await contains("#o_scrm_flow_reason").edit("No receipt");
    await contains(".modal-footer .btn-primary").click();
    expect.verifySteps([[9, "rejected", "No receipt"]]);
});

test("every branch is shown, the join that waits for them too", async () => {
    await mount(6);
    expect(".o_scrm_flow_bar_now").toHaveCount(3);
    expect(queryOne(".o_scrm_flow_bar [data-key=ready]").title).toMatch(
        /waits for other branches/
    );
    expect(queryOne(".o_scrm_flow_bar [data-key=pay]").title).not.toMatch(/waits/);
    expect(queryAllTexts(".o_scrm_flow_buttons .text-muted")).toEqual(["pay", "pack"]);
    expect(queryAllTexts(".o_scrm_flow_buttons button")).toEqual([
        "Done with pay",
        "Done with pack",
    ]);
});

test("nothing is shown for a record without a flow", async () => {
    await mount(2);
    expect(".o_scrm_flow_bar").toHaveCount(0);
    expect(".o_scrm_flow_buttons button").toHaveCount(0);
});

test("a button saves the record and completes its step once", async () => {
    onRpc("order", "web_save", () => {
        expect.step("save");
    });
    onRpc("order", "scrm_step_complete", ({args, kwargs}) => {
        expect.step([args[0], kwargs.transition_key, kwargs.step_id]);
        return {node: false, state: "done"};
    });
    await mount(1);
    expect(queryAllTexts(".o_scrm_flow_buttons button")).toEqual([
        "Visited",
        "Send back",
        "Claim",
        "More",
    ]);
    expect("button[data-key=visited]").toHaveClass("btn-primary");
    await contains(".o_field_widget[name=name] input").edit("Changed");
    await contains("button[data-key=back]").click();
    expect.verifySteps(["save", [[1], "back", 7]]);
});

test("what asks for nothing is done at once", async () => {
    onRpc("order", "scrm_step_claim", ({args, kwargs}) => {
        expect.step([args[0], kwargs.step_id]);
        return {node: "visit", state: "running"};
    });
    await mount(1);
    await contains("button[data-operation=claim]").click();
    expect.verifySteps([[[1], 7]]);
});

// Covers in part: H01
test("who picks the next handler is asked before the step is completed", async () => {
    onRpc("order", "scrm_step_complete", () => {
        expect.step("completed");
    });
    await mount(5);
    await contains("button[data-key=assign]").click();
    expect(".modal-title").toHaveText("Assign");
    expect(".modal .o_record_selector").toHaveCount(1);
    expect(".modal-footer .btn-primary").toHaveAttribute("disabled");
    expect.verifySteps([]);
});

test("a dialog asks for the node and the reason", async () => {
    onRpc("order", "scrm_step_reject", ({kwargs}) => {
        expect.step([kwargs.step_id, kwargs.node_key, kwargs.reason]);
        return {node: "intake", state: "running"};
    });
    await mount(1);
    await contains(".o_scrm_flow_more").click();
    await contains("[data-operation=reject]").click();
    expect(".modal-title").toHaveText("Return");
    expect(".modal-footer .btn-primary").toHaveAttribute("disabled");
    expect("#o_scrm_flow_node").toHaveValue("triage");
    expect(".o_scrm_flow_note").toHaveCount(0);
    await contains("#o_scrm_flow_node").select("intake");
    expect(".o_scrm_flow_note").toHaveText("Others stop.");
    await contains("#o_scrm_flow_reason").edit("Wrong house");
    await contains(".modal-footer .btn-primary").click();
    expect.verifySteps([[7, "intake", "Wrong house"]]);
    expect(".modal").toHaveCount(0);
});
