import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/**
 * Chooses what a condition asks of the record, by its label. The choices are the
 * dimensions of the record's model, in the Json field `dimension_options`.
 */
export class DimensionField extends Component {
    static template = "scrm_flow.DimensionField";
    static props = {...standardFieldProps};

    get value() {
        return this.props.record.data[this.props.name] || "";
    }

    /** All choices; what is not there any more stays visible by its key. */
    get options() {
        const options = this.props.record.data.dimension_options || [];
        if (this.value && !options.some(([key]) => key === this.value)) {
            return [...options, [this.value, this.value]];
        }
        return options;
    }

    get label() {
        const option = this.options.find(([key]) => key === this.value);
        return option ? option[1] : "";
    }

    onChange(ev) {
        return this.props.record.update({[this.props.name]: ev.target.value || false});
    }
}

export const dimensionField = {
    component: DimensionField,
    displayName: _t("Dimension"),
    supportedTypes: ["char"],
    fieldDependencies: [{name: "dimension_options", type: "json"}],
};

registry.category("fields").add("scrm_dimension", dimensionField);
