import {registry} from "@web/core/registry";
import {
    PropertiesField,
    propertiesField,
} from "@web/views/fields/properties/properties_field";

/**
 * The filled-in form of a ticket. Its fields come from the template's lines, so
 * nobody changes them here, and required ones carry a mark.
 */
export class FormValuesField extends PropertiesField {
    static template = "scrm_ticket.FormValuesField";

    async checkDefinitionWriteAccess() {
        return false;
    }
}

export const formValuesField = {
    ...propertiesField,
    component: FormValuesField,
};

registry.category("fields").add("scrm_form_values", formValuesField);
