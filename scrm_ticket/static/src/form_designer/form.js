/**
 * The form of a template as the designer keeps it, and what can be done to it.
 *
 * A form is a list of sections `{uid, name, lines}`, a line is `{uid, id, field,
 * required, required_when, shown_when, default_kind, default_value, variant_id}`, its
 * field what the catalogue knows of it. Nothing is changed in place: every function gives a new
 * form.
 */
import {Domain} from "@web/core/domain";
import {_t} from "@web/core/l10n/translation";

export const PREFIX = "scrm_values.";
export const OPTION_TYPES = ["choice", "tags", "category"];
/** Types that store nothing one could ask for. */
const UNASKED = ["history"];

let number = 0;
export const newUid = () => `u${++number}`;

/** Why something cannot be done, in words for people. */
export class Refusal extends Error {}

const NEW_LINE = {
    id: false,
    required: false,
    required_when: "[]",
    shown_when: "[]",
    default_kind: false,
    default_value: false,
    variant_id: false,
};

/** @param {Object[]} lines as the server has them */
export function formFrom(lines) {
    const sections = [];
    for (const {section, ...line} of lines) {
        const name = section || "";
        if (!sections.length || sections.at(-1).name !== name) {
            sections.push({uid: newUid(), name, lines: []});
        }
        sections.at(-1).lines.push({...line, uid: newUid()});
    }
    return sections.length ? sections : [{uid: newUid(), name: "", lines: []}];
}

/** The form as the server takes it. */
export function linesOf(form) {
    return form.flatMap((section) =>
        section.lines.map(({uid: _uid, ...line}) => ({
            ...line,
            section: section.name || false,
        }))
    );
}

export const allLines = (form) => form.flatMap((section) => section.lines);
export const lineOf = (form, uid) => allLines(form).find((line) => line.uid === uid);

/** A key nobody has, from a label if that gives one. */
export function freeKey(label, taken, fallback) {
    const plain = (label || "")
        .normalize("NFKD")
        .replace(/\p{M}/gu, "")
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "_")
        .replace(/^[_0-9]+|_+$/g, "")
        .replace(/_html$/, "")
        .slice(0, 40);
    const base = plain || fallback;
    if (plain && !taken.has(plain)) {
        return plain;
    }
    let count = plain ? 2 : 1;
    while (taken.has(`${base}_${count}`)) {
        count++;
    }
    return `${base}_${count}`;
}

/** A field that is in no catalogue yet. */
export function newField(type, taken) {
    const options = OPTION_TYPES.includes(type.key)
        ? [1, 2].map((n) => ({
              id: false,
              key: `option_${n}`,
              name: _t("Option %s", n),
              depth: 0,
          }))
        : [];
    return {
        id: false,
        key: freeKey("", taken, type.key),
        type: type.key,
        name: type.name,
        help: false,
        format: false,
        mask: false,
        minimum: false,
        maximum: false,
        max_length: 0,
        formula: type.key === "formula" ? "0" : false,
        digits: 2,
        record_model: type.key === "record" ? "res.partner" : false,
        record_domain: "[]",
        record_public: false,
        options,
        used: 0,
    };
}

/**
 * @param {Object[]} form
 * @param {Object} field
 * @param {{section: String, index: Number}} [place] where; the end by default
 * @param {Object} [values] of the line
 * @throws {Refusal} the form has it already
 */
export function addField(form, field, place, values = {}) {
    if (allLines(form).some((line) => line.field.key === field.key)) {
        throw new Refusal(_t("“%s” is on the form already.", field.name));
    }
    return putLine(form, {...NEW_LINE, ...values, uid: newUid(), field}, place);
}

function putLine(form, line, place) {
    const uid = place?.section || form.at(-1).uid;
    return form.map((section) => {
        if (section.uid !== uid) {
            return section;
        }
        const lines = [...section.lines];
        lines.splice(place?.index ?? lines.length, 0, line);
        return {...section, lines};
    });
}

/** @param {{section: String, index: Number}} place counted without the line itself */
export function moveLine(form, uid, place) {
    const line = lineOf(form, uid);
    return putLine(withoutLine(form, uid), line, place);
}

function withoutLine(form, uid) {
    return form.map((section) => ({
        ...section,
        lines: section.lines.filter((line) => line.uid !== uid),
    }));
}

/** One place up or down, into the next section at its border. */
export function nudgeLine(form, uid, step) {
    const at = form.findIndex((section) =>
        section.lines.some((line) => line.uid === uid)
    );
    const index = form[at].lines.findIndex((line) => line.uid === uid) + step;
    if (index >= 0 && index < form[at].lines.length) {
        return moveLine(form, uid, {section: form[at].uid, index});
    }
    const next = form[at + step];
    if (!next) {
        return form;
    }
    const end = step > 0 ? 0 : next.lines.length;
    return moveLine(form, uid, {section: next.uid, index: end});
}

/** The other fields of the form that ask for this one. */
export function askedBy(form, key) {
    const condition = new RegExp(`['"]scrm_values\\.${key}['"]`);
    const formula = new RegExp(`\\b${key}\\b`);
    return allLines(form).filter(
        (line) =>
            line.field.key !== key &&
            (condition.test(line.shown_when || "") ||
                condition.test(line.required_when || "") ||
                (line.field.type === "formula" &&
                    formula.test(line.field.formula || "")))
    );
}

/** @throws {Refusal} another field depends on it */
export function removeLine(form, uid) {
    const {field} = lineOf(form, uid);
    const [asking] = askedBy(form, field.key);
    if (asking) {
        throw new Refusal(
            _t("“%(other)s” depends on “%(field)s”. Change that first.", {
                other: asking.field.name,
                field: field.name,
            })
        );
    }
    return withoutLine(form, uid);
}

export function changeLine(form, uid, values) {
    return form.map((section) => ({
        ...section,
        lines: section.lines.map((line) =>
            line.uid === uid ? {...line, ...values} : line
        ),
    }));
}

/**
 * Change what the catalogue knows of a field. A field that is not saved yet takes its
 * key from its label; conditions and formulas follow.
 */
export function changeField(form, uid, values, taken) {
    const {field} = lineOf(form, uid);
    const changed = {...field, ...values};
    if (!field.id && "name" in values) {
        const others = new Set(taken);
        for (const line of allLines(form)) {
            if (line.uid !== uid) {
                others.add(line.field.key);
            }
        }
        changed.key = freeKey(values.name, others, field.type);
    }
    const result = changeLine(form, uid, {field: changed});
    return changed.key === field.key
        ? result
        : renameKey(result, field.key, changed.key);
}

function renameKey(form, before, after) {
    const quoted = new RegExp(`(['"])scrm_values\\.${before}\\1`, "g");
    const bare = new RegExp(`\\b${before}\\b`, "g");
    const asked = (text) => (text || "[]").replace(quoted, `$1${PREFIX}${after}$1`);
    return form.map((section) => ({
        ...section,
        lines: section.lines.map((line) => ({
            ...line,
            shown_when: asked(line.shown_when),
            required_when: asked(line.required_when),
            field:
                line.field.type === "formula" && !line.field.id
                    ? {
                          ...line.field,
                          formula: (line.field.formula || "").replace(bare, after),
                      }
                    : line.field,
        })),
    }));
}

// Sections ------------------------------------------------------------------------

function checkName(form, name, uid) {
    const plain = name.trim();
    const isFirst = form[0]?.uid === uid;
    if (!plain && !isFirst) {
        throw new Refusal(_t("Only the first section can be without a heading."));
    }
    if (plain && form.some((s) => s.uid !== uid && s.name === plain)) {
        throw new Refusal(_t("The form has a section “%s” already.", plain));
    }
    return plain;
}

export function addSection(form) {
    const taken = new Set(form.map((section) => section.name));
    let count = form.length + 1;
    while (taken.has(String(_t("Section %s", count)))) {
        count++;
    }
    const name = String(_t("Section %s", count));
    return [...form, {uid: newUid(), name, lines: []}];
}

/** @throws {Refusal} another section has this heading */
export function renameSection(form, uid, name) {
    const plain = checkName(form, name, uid);
    return form.map((section) =>
        section.uid === uid ? {...section, name: plain} : section
    );
}

/** @throws {Refusal} a section without heading would not be the first */
export function moveSection(form, uid, step) {
    const at = form.findIndex((section) => section.uid === uid);
    const to = at + step;
    if (to < 0 || to >= form.length) {
        return form;
    }
    const moved = [...form];
    moved.splice(to, 0, ...moved.splice(at, 1));
    if (moved.slice(1).some((section) => !section.name)) {
        throw new Refusal(_t("Only the first section can be without a heading."));
    }
    return moved;
}

/** Its fields go to the section before it, of the first to the next one. */
export function removeSection(form, uid) {
    if (form.length === 1) {
        return renameSection(form, uid, "");
    }
    const at = form.findIndex((section) => section.uid === uid);
    const heir = form[at ? at - 1 : 1].uid;
    const {lines} = form[at];
    return form
        .filter((section) => section.uid !== uid)
        .map((section) =>
            section.uid === heir
                ? {
                      ...section,
                      lines: at
                          ? [...section.lines, ...lines]
                          : [...lines, ...section.lines],
                  }
                : section
        );
}

// Conditions ----------------------------------------------------------------------

/**
 * A condition that asks for one field of the form: `{key, op, value}`; null for none,
 * undefined for one that is more than that.
 */
export function simpleCondition(text) {
    let list = [];
    try {
        list = new Domain(text || "[]").toList();
    } catch {
        return undefined;
    }
    if (!list.length) {
        return null;
    }
    const [leaf] = list;
    if (list.length > 1 || !Array.isArray(leaf) || !leaf[0].startsWith?.(PREFIX)) {
        return undefined;
    }
    const [path, operator, value] = leaf;
    const key = path.slice(PREFIX.length);
    if (value === false && ["=", "!="].includes(operator)) {
        return {key, op: operator === "=" ? "empty" : "filled", value: ""};
    }
    const op = {"=": "is", "!=": "is_not", ">": "above", "<": "below", in: "in"}[
        operator
    ];
    return op && op !== "in" ? {key, op, value} : undefined;
}

export function conditionText({key, op, value}, type) {
    const path = PREFIX + key;
    if (op === "empty" || op === "filled") {
        return new Domain([[path, op === "empty" ? "=" : "!=", false]]).toString();
    }
    const operator = {is: "=", is_not: "!=", above: ">", below: "<"}[op];
    let plain = value;
    if (["number", "money", "formula"].includes(type)) {
        plain = Number(value) || 0;
    } else if (type === "yes_no") {
        plain = true;
    }
    return new Domain([[path, operator, plain]]).toString();
}

/** The fields one can ask for in a condition of this line. */
export function askable(form, uid) {
    return allLines(form)
        .filter((line) => line.uid !== uid && !UNASKED.includes(line.field.type))
        .map((line) => line.field);
}
