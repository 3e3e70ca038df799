import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {DomainSelectorDialog} from "@web/core/domain_selector_dialog/domain_selector_dialog";
import {useService} from "@web/core/utils/hooks";
import {conditionText, freeKey, OPTION_TYPES, simpleCondition} from "./form";

const NUMBERS = ["number", "money", "formula"];
const TEXTS = ["text", "long_text", "serial"];
const WITHOUT_DEFAULT = ["formula", "file", "history", "record", "stock"];

/** Which conditions can be asked of a type of field. */
function operators(type) {
    const words = {
        is: _t("is"),
        is_not: _t("is not"),
        above: _t("is above"),
        below: _t("is below"),
        filled: _t("is filled in"),
        empty: _t("is empty"),
    };
    let keys = ["is", "is_not", "filled", "empty"];
    if (NUMBERS.includes(type)) {
        keys = ["is", "is_not", "above", "below", "filled", "empty"];
    } else if (type === "yes_no") {
        keys = ["is", "is_not"];
    } else if (["tags", "file", "record", "stock"].includes(type)) {
        keys = ["filled", "empty"];
    } else if (["date", "datetime"].includes(type)) {
        keys = ["above", "below", "filled", "empty"];
        words.above = _t("is after");
        words.below = _t("is before");
    }
    return keys.map((key) => ({key, name: words[key]}));
}

/** The settings of the field that is marked on the form. */
export class FieldSettings extends Component {
    static template = "scrm_ticket.FieldSettings";
    static props = {
        line: Object,
        info: Object,
        askable: Array,
        readonly: Boolean,
        changeLine: Function,
        changeField: Function,
        remove: Function,
        close: Function,
    };

    setup() {
        this.formulaExample = "floor_area * 12.5 + IF(urgent, 50, 0)";
        this.dialog = useService("dialog");
    }

    get field() {
        return this.props.line.field;
    }

    get typeName() {
        return this.props.info.types.find((one) => one.key === this.field.type).name;
    }

    get has() {
        const {type} = this.field;
        return {
            options: OPTION_TYPES.includes(type),
            format: type === "text",
            maxLength: TEXTS.includes(type),
            limits: ["number", "money", "date"].includes(type),
            formula: type === "formula",
            record: type === "record",
            offered: ["record", "stock"].includes(type),
            required: !["formula", "history"].includes(type),
            default: !WITHOUT_DEFAULT.includes(type),
            answer: type !== "history",
        };
    }

    get defaultKinds() {
        const {type} = this.field;
        const fits = {
            text: true,
            long_text: true,
            date: ["constant", "today", "record"],
            datetime: ["constant", "today", "record"],
            record: ["newest", "record"],
        }[type] || ["constant", "record"];
        return this.props.info.default_kinds.filter(
            ({key}) =>
                (fits === true && !["today", "newest"].includes(key)) ||
                fits.includes?.(key)
        );
    }

    // The catalogue's side ----------------------------------------------------

    setField(name, ev) {
        this.props.changeField({[name]: ev.target.value.trim() || false});
    }

    setLabel(ev) {
        const name = ev.target.value.trim();
        if (name) {
            this.props.changeField({name});
        } else {
            ev.target.value = this.field.name;
        }
    }

    setNumber(name, ev) {
        this.props.changeField({[name]: Math.max(0, parseInt(ev.target.value) || 0)});
    }

    setFieldFlag(name, ev) {
        this.props.changeField({[name]: ev.target.checked});
    }

    setType(ev) {
        const type = ev.target.value;
        const options = OPTION_TYPES.includes(type)
            ? this.field.options.length
                ? this.field.options
                : [{id: false, key: "option_1", name: _t("Option %s", 1), depth: 0}]
            : [];
        this.props.changeField({
            type,
            options,
            format: false,
            mask: false,
            minimum: false,
            maximum: false,
            max_length: 0,
            formula: type === "formula" ? "0" : false,
            record_model: type === "record" ? "res.partner" : false,
        });
        this.props.changeLine({default_kind: false, default_value: false});
    }

    // Options -----------------------------------------------------------------

    get optionKeys() {
        return new Set(this.field.options.map((option) => option.key));
    }

    setOption(index, ev) {
        const name = ev.target.value.trim();
        const old = this.field.options[index];
        if (!name) {
            ev.target.value = old.name;
            return;
        }
        const changed = {...old, name};
        if (!old.id) {
            const others = this.optionKeys;
            others.delete(old.key);
            changed.key = freeKey(name, others, "option");
        }
        const options = [...this.field.options];
        options[index] = changed;
        this.props.changeField({options});
    }

    addOption() {
        const count = this.field.options.length + 1;
        this.props.changeField({
            options: [
                ...this.field.options,
                {
                    id: false,
                    key: freeKey("", this.optionKeys, "option"),
                    name: _t("Option %s", count),
                    depth: 0,
                },
            ],
        });
    }

    moveOption(index, step) {
        const options = [...this.field.options];
        options.splice(index + step, 0, ...options.splice(index, 1));
        this.props.changeField({options});
    }

    removeOption(index) {
        this.props.changeField({
            options: this.field.options.filter((_option, at) => at !== index),
        });
    }

    /** Enter makes the next option, so that a list is typed without the mouse. */
    onOptionKeydown(index, ev) {
        if (ev.key === "Enter") {
            this.setOption(index, ev);
            if (index === this.field.options.length - 1) {
                this.addOption();
                const list = ev.target.closest(".o_scrm_fd_options");
                requestAnimationFrame(() => {
                    const inputs = list.querySelectorAll("input");
                    inputs[inputs.length - 1]?.select();
                });
            }
        }
    }

    // This form's side --------------------------------------------------------

    setLineFlag(name, ev) {
        this.props.changeLine({[name]: ev.target.checked});
    }

    setVariant(ev) {
        this.props.changeLine({variant_id: parseInt(ev.target.value) || false});
    }

    setDefaultKind(ev) {
        const kind = ev.target.value || false;
        const isChoice = this.field.type === "choice";
        const first = isChoice ? this.field.options[0]?.key : "";
        this.props.changeLine({
            default_kind: kind,
            default_value:
                kind === "constant"
                    ? {yes_no: "yes"}[this.field.type] || first || ""
                    : false,
        });
    }

    setDefaultValue(ev) {
        this.props.changeLine({default_value: ev.target.value.trim() || false});
    }

    // Conditions --------------------------------------------------------------

    condition(name) {
        return simpleCondition(this.props.line[name]);
    }

    asked(key) {
        return this.props.askable.find((field) => field.key === key);
    }

    operators(key) {
        return operators(this.asked(key)?.type);
    }

    /** Ask for another field: with the first condition and value that fit it. */
    setConditionField(name, ev) {
        const key = ev.target.value;
        if (!key) {
            this.props.changeLine({[name]: "[]"});
            return;
        }
        const field = this.asked(key);
        const [{key: op}] = operators(field.type);
        this.setCondition(name, {key, op, value: field.options[0]?.key ?? ""});
    }

    setCondition(name, change) {
        const wanted = {...this.condition(name), ...change};
        const text = conditionText(wanted, this.asked(wanted.key)?.type);
        this.props.changeLine({[name]: text});
    }

    openCondition(name, title) {
        this.dialog.add(DomainSelectorDialog, {
            resModel: "helpdesk.ticket",
            domain: this.props.line[name] || "[]",
            title,
            onConfirm: (domain) => this.props.changeLine({[name]: domain}),
        });
    }
}
