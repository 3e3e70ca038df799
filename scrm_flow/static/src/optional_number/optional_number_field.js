import {
    FloatTimeField,
    floatTimeField,
} from "@web/views/fields/float_time/float_time_field";
import {IntegerField, integerField} from "@web/views/fields/integer/integer_field";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/*
 * Numbers of which 0 means that there is none: a deadline, a limit. Instead of 0 they
 * show their placeholder, which says what happens then.
 */

export class OptionalTimeField extends FloatTimeField {
    static template = "scrm_flow.OptionalTimeField";
    static props = {
        ...FloatTimeField.props,
        placeholder: {type: String, optional: true},
    };

    get formattedValue() {
        return this.props.record.data[this.props.name] ? super.formattedValue : "";
    }
}

export class OptionalIntegerField extends IntegerField {
    static template = "scrm_flow.OptionalIntegerField";
    static props = {
        ...IntegerField.props,
        placeholder: {type: String, optional: true},
    };

    get formattedValue() {
        return this.value ? super.formattedValue : "";
    }
}

/** The same field, with the placeholder of the view. */
function optional(field, component, displayName) {
    return {
        ...field,
        component,
        displayName,
        extractProps: (fieldInfo, dynamicInfo) => ({
            ...field.extractProps(fieldInfo, dynamicInfo),
            placeholder: fieldInfo.placeholder,
        }),
    };
}

export const optionalTimeField = optional(
    floatTimeField,
    OptionalTimeField,
    _t("Time, or None")
);
export const optionalIntegerField = optional(
    integerField,
    OptionalIntegerField,
    _t("Integer, or None")
);

registry.category("fields").add("scrm_optional_time", optionalTimeField);
registry.category("fields").add("scrm_optional_integer", optionalIntegerField);
