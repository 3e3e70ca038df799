import {beforeEach, describe, expect, test} from "@odoo/hoot";
import {allowTranslations} from "@web/../tests/web_test_helpers";
import * as forms from "@scrm_ticket/form_designer/form";

describe.current.tags("headless");
beforeEach(allowTranslations);

const field = (key, more = {}) => ({
    id: 1,
    key,
    type: "text",
    name: key,
    options: [],
    ...more,
});
const line = (key, section, more = {}) => ({
    id: 1,
    section,
    shown_when: "[]",
    required_when: "[]",
    field: field(key),
    ...more,
});
const shape = (form) =>
    form.map(({name, lines}) => [name, ...lines.map((one) => one.field.key)]);
const uidOf = (form, key) =>
    forms.allLines(form).find((one) => one.field.key === key).uid;

// Covers in part: C01
test("a form is read in sections and told line by line", () => {
    const form = forms.formFrom([
        line("a", false),
        line("b", "When"),
        line("c", "When"),
    ]);
    expect(shape(form)).toEqual([
        ["", "a"],
        ["When", "b", "c"],
    ]);
    const told = forms.linesOf(form);
    expect(told.map((one) => one.section)).toEqual([false, "When", "When"]);
    expect("uid" in told[0]).toBe(false);
    expect(shape(forms.formFrom([]))).toEqual([[""]]);
});

// Covers in part: C01
test("lines move within and between sections", () => {
    const form = forms.formFrom([line("a"), line("b"), line("c", "When")]);
    const [first, second] = form;
    const down = forms.moveLine(form, uidOf(form, "a"), {
        section: first.uid,
        index: 1,
    });
    expect(shape(down)).toEqual([
        ["", "b", "a"],
        ["When", "c"],
    ]);
    const over = forms.moveLine(form, uidOf(form, "a"), {
        section: second.uid,
        index: 1,
    });
    expect(shape(over)).toEqual([
        ["", "b"],
        ["When", "c", "a"],
    ]);
    const nudged = forms.nudgeLine(form, uidOf(form, "b"), 1);
    expect(shape(nudged)).toEqual([
        ["", "a"],
        ["When", "b", "c"],
    ]);
    expect(forms.nudgeLine(form, uidOf(form, "a"), -1)).toBe(form);
    expect(shape(form)[0]).toEqual(["", "a", "b"]);
});

// Covers in part: C01
test("a field is on the form once, and stays while others ask for it", () => {
    const asks = "[('scrm_values.a', '=', 'x')]";
    const form = forms.formFrom([line("a"), line("b", false, {shown_when: asks})]);
    expect(() => forms.addField(form, field("a"))).toThrow(/is on the form already/);
    expect(() => forms.removeLine(form, uidOf(form, "a"))).toThrow(
        /“b” depends on “a”/
    );
    const without = forms.removeLine(form, uidOf(form, "b"));
    expect(shape(forms.removeLine(without, uidOf(without, "a")))).toEqual([[""]]);
});

// Covers in part: C01
test("a new field takes its key from its label, and conditions follow", () => {
    const type = {key: "choice", name: "Choice"};
    let form = forms.formFrom([line("service")]);
    const made = forms.newField(type, new Set(["choice_1"]));
    expect(made.key).toBe("choice_2");
    form = forms.addField(form, made);
    form = forms.addField(form, field("when"));
    form = forms.changeLine(form, uidOf(form, "when"), {
        shown_when: forms.conditionText({key: "choice_2", op: "is", value: "option_1"}),
    });
    form = forms.changeField(form, uidOf(form, "choice_2"), {name: "Service"}, []);
    expect(forms.allLines(form).map((one) => one.field.key)).toEqual([
        "service",
        "service_2",
        "when",
    ]);
    expect(forms.simpleCondition(forms.allLines(form)[2].shown_when)).toEqual({
        key: "service_2",
        op: "is",
        value: "option_1",
    });
    // a label without Latin letters gives no key; saved fields keep theirs
    form = forms.changeField(form, uidOf(form, "service_2"), {name: "服务"}, []);
    expect(forms.allLines(form)[1].field.key).toBe("choice_1");
    form = forms.changeField(form, uidOf(form, "service"), {name: "Other"}, []);
    expect(forms.allLines(form)[0].field.key).toBe("service");
});

// Covers in part: C01
test("sections: added, renamed, moved, removed with their fields kept", () => {
    let form = forms.formFrom([line("a"), line("b", "When")]);
    form = forms.addSection(form);
    expect(form.at(-1).name).toBe("Section 3");
    const [first, when, third] = form.map((section) => section.uid);
    expect(() => forms.renameSection(form, third, "When")).toThrow(/already/);
    expect(() => forms.renameSection(form, third, " ")).toThrow(/without a heading/);
    expect(() => forms.moveSection(form, first, 1)).toThrow(/without a heading/);
    expect(shape(forms.moveSection(form, third, -1)).map(([name]) => name)).toEqual([
        "",
        "Section 3",
        "When",
    ]);
    expect(shape(forms.removeSection(form, when))).toEqual([
        ["", "a", "b"],
        ["Section 3"],
    ]);
    expect(shape(forms.removeSection(form, first))).toEqual([
        ["When", "a", "b"],
        ["Section 3"],
    ]);
});

// Covers in part: C01
test("conditions of one field are read and written, others are left alone", () => {
    const round = (condition, type) =>
        forms.simpleCondition(forms.conditionText(condition, type));
    const is = {key: "a", op: "is", value: "x"};
    expect(round(is)).toEqual(is);
    expect(round({key: "a", op: "above", value: "3"}, "number").value).toBe(3);
    expect(round({key: "a", op: "filled", value: ""}).op).toBe("filled");
    expect(round({key: "a", op: "is_not", value: ""}, "yes_no").value).toBe(true);
    expect(forms.simpleCondition("[]")).toBe(null);
    expect(forms.simpleCondition("[('priority', '=', '1')]")).toBe(undefined);
    expect(
        forms.simpleCondition(
            "['|', ('scrm_values.a', '=', 1), ('scrm_values.b', '=', 1)]"
        )
    ).toBe(undefined);
    expect(forms.simpleCondition("not a domain (")).toBe(undefined);
});
