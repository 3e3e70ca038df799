import {registry} from "@web/core/registry";
import {DesignerController} from "./designer_controller";
import {DesignerModel} from "./designer_model";

/** `<form js_class="scrm_flow_designer">` on `scrm.flow.version`. */
export const designerView = {
    type: "form",
    searchMenuTypes: [],
    Controller: DesignerController,
    Model: DesignerModel,
    props: (genericProps, view) => ({...genericProps, Model: view.Model}),
};

registry.category("views").add("scrm_flow_designer", designerView);
