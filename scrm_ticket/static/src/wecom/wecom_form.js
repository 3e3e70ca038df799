import {Component} from "@odoo/owl";
import {deserializeDateTime, serializeDateTime} from "@web/core/l10n/dates";

/* global luxon */

const MOMENT = "yyyy-MM-dd'T'HH:mm";

/** The fields of a template, as the server describes them in JSON. */
export class WecomForm extends Component {
    static template = "scrm_ticket.WecomForm";
    static props = {
        fields: Array,
        values: Object,
        state: Object,
        writers: {type: Object, optional: true},
        errors: {type: Object, optional: true},
        onChange: Function,
        onFocus: {type: Function, optional: true},
    };

    get fields() {
        const {hidden} = this.props.state;
        return this.props.fields.filter(
            ({key, type}) => !hidden.includes(key) && type !== "file"
        );
    }

    /** Whether a heading stands above this field. */
    beginsSection(index) {
        const {section} = this.fields[index];
        return section && section !== this.fields[index - 1]?.section;
    }

    isTicked({key}) {
        return Boolean(this.props.values[key]);
    }

    isRequired({key}) {
        return this.props.state.required.includes(key);
    }

    note({key}) {
        return this.props.state.notes?.[key];
    }

    /** What stands in an input. */
    shown(field) {
        const {values, state} = this.props;
        if (field.key in (state.computed || {})) {
            return state.computed[field.key];
        }
        const value = values[field.key];
        if (field.type === "datetime" && value) {
            return deserializeDateTime(value.replace("T", " ")).toFormat(MOMENT);
        }
        return value ?? "";
    }

    inputType({type}) {
        return {date: "date", datetime: "datetime-local", time: "time"}[type] || "text";
    }

    inputMode({type}) {
        return ["number", "money"].includes(type) ? "decimal" : null;
    }

    onInput(field, ev) {
        const {value} = ev.target;
        let said = value;
        if (field.type === "datetime" && value) {
            said = serializeDateTime(luxon.DateTime.fromFormat(value, MOMENT));
        } else if (["record", "stock"].includes(field.type)) {
            said = value ? Number(value) : null;
        }
        this.props.onChange(field.key, said);
    }

    onTick(field, ev) {
        this.props.onChange(field.key, ev.target.checked);
    }

    isPicked(field, option) {
        return (this.props.values[field.key] || []).includes(option.key);
    }

    onPick(field, option, ev) {
        const others = (this.props.values[field.key] || []).filter(
            (key) => key !== option.key
        );
        this.props.onChange(
            field.key,
            ev.target.checked ? [...others, option.key] : others
        );
    }
}
