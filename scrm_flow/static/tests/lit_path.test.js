import {describe, expect, test} from "@odoo/hoot";
import {wrapped} from "@scrm_flow/diagram/diagram_edge";
import {litPath} from "@scrm_flow/sandbox_panel/lit_path";

describe.current.tags("headless");

// Covers in part: C01, F16
test("the path of a sandbox is lit on the drawing", () => {
    const lit = litPath({
        path: [{key: "start"}, {key: "visit"}, {key: "check"}, {key: "repair"}],
        steps: [
            {node: "visit", state: "done", transition: "visited"},
            {node: "check", state: "open", transition: false},
            {node: "repair", state: "incident", transition: false},
        ],
        conditions: [
            {key: "asked_and_true", holds: true},
            {key: "asked_and_false", holds: false},
        ],
        stuck: [{node: "repair"}],
    });
    expect(lit.node("start")).toBe("o_scrm_done");
    expect(lit.node("check")).toMatch(/o_scrm_now/);
    expect(lit.node("repair")).toBe("o_scrm_fault");
    expect(lit.node("end")).toBe("o_scrm_muted");
    const way = (key, source, target) => lit.edge({key, source, target});
    expect(way("visited", "visit", "check")).toBe("o_scrm_travelled");
    expect(way("begin", "start", "visit")).toBe("o_scrm_travelled");
    expect(way("asked_and_true", "check", "repair")).toBe("o_scrm_travelled");
    expect(way("asked_and_false", "visit", "repair")).toBe("o_scrm_muted");
    expect(way("visited", "visit", "end")).toBe("o_scrm_muted");
    expect(litPath(null)).toBe(null);
});

// Covers in part: C01
test("names of lines stay between the shapes", () => {
    expect(wrapped("Yes", 72)).toEqual(["Yes"]);
    expect(wrapped("Appointment confirmed", 74)).toEqual(["Appointment", "confirmed"]);
    expect(wrapped("预约已经由客户确认", 72)).toEqual(["预约已经由客", "户确认"]);
    const long = wrapped("Appointment confirmed with everybody in the house", 72);
    expect(long.length).toBe(3);
    expect(long[2]).toMatch(/…$/);
    expect(wrapped("", 72)).toEqual([]);
});
