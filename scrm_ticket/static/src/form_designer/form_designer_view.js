import {registry} from "@web/core/registry";
import {FormDesigner} from "./form_designer";
import {FormDesignerModel} from "./form_designer_model";

/** `<form js_class="scrm_form_designer">` on `scrm.ticket.template`. */
export const formDesignerView = {
    type: "form",
    searchMenuTypes: [],
    Controller: FormDesigner,
    Model: FormDesignerModel,
    props: (genericProps, view) => ({...genericProps, Model: view.Model}),
};

registry.category("views").add("scrm_form_designer", formDesignerView);
