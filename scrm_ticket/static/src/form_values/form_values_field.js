import {
    PropertiesField,
    propertiesField,
} from "@web/views/fields/properties/properties_field";
import {FormPropertyValue} from "./form_property_value";
import {registry} from "@web/core/registry";

/**
 * The filled-in form of a ticket. Its fields come from the template's lines, so
 * nobody changes them here. Which ones are shown and required, and what formulas
 * give, the server says after every change.
 */
export class FormValuesField extends PropertiesField {
    static template = "scrm_ticket.FormValuesField";
    static components = {...PropertiesField.components, FormPropertyValue};

    async checkDefinitionWriteAccess() {
        return false;
    }

    /** Each heading of the form begins a group, which is there while a field is. */
    get groupedPropertiesList() {
        const properties = this.propertiesList;
        if (!properties.some((property) => property.scrm_section)) {
            return super.groupedPropertiesList;
        }
        const groups = [];
        let section = null;
        for (const property of properties) {
            if (section !== (property.scrm_section || "")) {
                section = property.scrm_section || "";
                groups.push({
                    title: section,
                    name: null,
                    elements: [],
                    invisibleLabel: !section,
                });
            }
            groups.at(-1).elements.push(property);
        }
        return groups.filter((group) => group.elements.some((p) => !this.isHidden(p)));
    }

    get formState() {
        return (
            this.props.record.data.scrm_form_state || {
                hidden: [],
                required: [],
                computed: {},
                notes: {},
            }
        );
    }

    isHidden(field) {
        return this.formState.hidden.includes(field.name);
    }

    isRequired(field) {
        return this.formState.required.includes(field.name);
    }

    valueOf(field) {
        const computed = this.formState.computed;
        return field.name in computed ? computed[field.name] : field.value;
    }

    noteOf(field) {
        return this.formState.notes[field.name];
    }
}

export const formValuesField = {
    ...propertiesField,
    component: FormValuesField,
};

registry.category("fields").add("scrm_form_values", formValuesField);
