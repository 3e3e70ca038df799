import {Component, xml} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {spanText} from "./drawing";

/** Hours as people say them: 20 min, 3.5 h, 8 d. */
export class SpanField extends Component {
    static template = xml`<span t-out="text" />`;
    static props = {...standardFieldProps};

    get text() {
        return spanText(this.props.record.data[this.props.name] || 0);
    }
}

registry
    .category("formatters")
    .add("scrm_span", (hours) => (hours ? spanText(hours) : ""));

registry.category("fields").add("scrm_span", {
    component: SpanField,
    displayName: _t("Span of Time"),
    supportedTypes: ["float"],
});
