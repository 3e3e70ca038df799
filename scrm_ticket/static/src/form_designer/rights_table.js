import {Component, onWillStart, useState} from "@odoo/owl";
import {SelectCreateDialog} from "@web/views/view_dialogs/select_create_dialog";
import {_t} from "@web/core/l10n/translation";
import {useService} from "@web/core/utils/hooks";

const MODEL = "scrm.ticket.template";
const ICONS = {
    hidden: "fa-eye-slash",
    read: "fa-eye",
    edit: "fa-pencil",
    required: "fa-asterisk",
};

/** Who may do what with which field while which node is open. */
export class RightsTable extends Component {
    static template = "scrm_ticket.RightsTable";
    static props = {templateId: Number, fields: Array};

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.state = useState({table: null, audience: "everybody:", busy: false});
        onWillStart(() => this.call("design_rights_load"));
    }

    async call(method, ...args) {
        this.state.busy = true;
        try {
            const table = await this.orm.call(MODEL, method, [
                [this.props.templateId],
                ...args,
            ]);
            // a role stays on offer until the page is left
            const known = new Set(table.audiences.map((one) => this.idOf(one)));
            for (const one of this.added || []) {
                if (!known.has(this.idOf(one))) {
                    table.audiences.push(one);
                }
            }
            this.state.table = table;
        } finally {
            this.state.busy = false;
        }
    }

    idOf({audience, group_id}) {
        return `${audience}:${group_id || ""}`;
    }

    get audience() {
        return this.state.table.audiences.find(
            (one) => this.idOf(one) === this.state.audience
        );
    }

    level(node, field) {
        const {audience, group_id} = this.audience;
        return (
            this.state.table.cells.find(
                (cell) =>
                    cell.node_id === node.id &&
                    cell.field === field.key &&
                    cell.audience === audience &&
                    (cell.group_id || false) === (group_id || false)
            )?.level || ""
        );
    }

    icon(level) {
        return ICONS[level] || "";
    }

    get fields() {
        return this.props.fields.filter(
            (field) => field.id && field.type !== "history"
        );
    }

    get unsaved() {
        return this.props.fields.some((field) => !field.id);
    }

    set(node, field, ev) {
        const {audience, group_id} = this.audience;
        return this.call(
            "design_rights_set",
            node.id,
            field.key,
            audience,
            group_id,
            ev.target.value || false
        );
    }

    makeDraft() {
        return this.call("design_rights_draft");
    }

    addRole() {
        this.dialog.add(SelectCreateDialog, {
            title: _t("Role"),
            resModel: "res.groups",
            multiSelect: false,
            noCreate: true,
            onSelected: async ([id]) => {
                const [group] = await this.orm.read(
                    "res.groups",
                    [id],
                    ["display_name"]
                );
                const role = {
                    audience: "role",
                    group_id: id,
                    name: group.display_name,
                };
                this.added = [...(this.added || []), role];
                if (!this.state.table.audiences.some((a) => a.group_id === id)) {
                    this.state.table.audiences.push(role);
                }
                this.state.audience = this.idOf(role);
            },
        });
    }
}
