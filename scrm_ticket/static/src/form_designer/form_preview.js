/* global odoo */
import {
    Component,
    onWillStart,
    useEffect,
    useRef,
    useState,
    useSubEnv,
} from "@odoo/owl";
import {Record} from "@web/model/record";
import {useService} from "@web/core/utils/hooks";
import {FormValuesField} from "../form_values/form_values_field";

/** The form as it would be, saved or not: to colleagues, to customers, on a phone. */
export class FormPreview extends Component {
    static template = "scrm_ticket.FormPreview";
    static components = {FormValuesField, Record};
    static props = {
        templateId: Number,
        lines: Array,
        variantId: {type: [Number, {value: false}]},
    };

    setup() {
        this.orm = useService("orm");
        // the fields shown here are not those of the page's form
        useSubEnv({config: {...this.env.config, viewType: undefined}});
        this.postRef = useRef("post");
        this.csrf = odoo.csrf_token;
        this.state = useState({kind: "portal"});
        this.fields = {
            template_id: {type: "many2one", relation: "scrm.ticket.template"},
            scrm_values: {
                type: "properties",
                definition_record: "template_id",
                definition_record_field: "values_definition",
            },
            scrm_form_state: {type: "json"},
            scrm_currency_id: {type: "many2one", relation: "res.currency"},
        };
        onWillStart(() => this.ask(null));
        useEffect(
            (kind) => {
                if (kind !== "backend") {
                    this.postRef.el?.submit();
                }
            },
            () => [this.state.kind]
        );
    }

    get url() {
        return `/scrm/form_designer/${this.props.templateId}/portal`;
    }

    get form() {
        return JSON.stringify(this.props.lines);
    }

    async ask(values) {
        this.preview = await this.orm.silent.call(
            "scrm.ticket.template",
            "design_form_preview",
            [[this.props.templateId], this.props.lines, values, this.props.variantId]
        );
        this.values = {
            template_id: {id: this.props.templateId, display_name: ""},
            scrm_values: this.preview.definition,
            scrm_form_state: this.preview.state,
            scrm_currency_id: false,
        };
    }

    /** Conditions and formulas answer while one types, as on the ticket itself. */
    get hooks() {
        return {
            onRecordChanged: async (record) => {
                const values = {};
                for (const {name, value} of record.data.scrm_values) {
                    values[name] = value?.id || value;
                }
                const typed = JSON.stringify(values);
                if (typed === this.typed) {
                    return; // the change was the answer itself
                }
                this.typed = typed;
                await this.ask(values);
                // not awaited: it waits for the change that is being told here
                record.update({scrm_form_state: this.preview.state});
            },
        };
    }
}
