import {
    Component,
    onWillStart,
    onWillUnmount,
    useEffect,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {Dropdown} from "@web/core/dropdown/dropdown";
import {DropdownItem} from "@web/core/dropdown/dropdown_item";
import {useBus, useService} from "@web/core/utils/hooks";
import {useSetupAction} from "@web/search/action_hook";
import {Layout} from "@web/search/layout";
import {standardViewProps} from "@web/views/standard_view_props";
import {ScrmDiagram} from "../diagram/diagram";
import {Decoration} from "./decoration";
import {Inspector} from "./inspector";
import {onDesignerKey} from "./keys";
import {Palette} from "./palette";
import {Pencil} from "./pencil";
import {litPath} from "../sandbox_panel/lit_path";
import {SandboxPanel} from "../sandbox_panel/sandbox_panel";

/** The flow designer: draws a version of a flow, with the settings beside it. */
export class DesignerController extends Component {
    static template = "scrm_flow.Designer";
    static components = {
        Dropdown,
        DropdownItem,
        Inspector,
        Layout,
        Palette,
        SandboxPanel,
        ScrmDiagram,
    };
    static props = {...standardViewProps, Model: Function, archInfo: {optional: true}};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.busService = useService("bus_service");
        this.rootRef = useRef("root");
        this.state = useState({
            selectedIds: [],
            inspected: null,
            marquee: false,
            sandbox: null,
        });
        this.decoration = new Decoration();
        this.model = new this.props.Model(this.orm, this.props.resId);
        this.pencil = new Pencil(this);
        useBus(this.model.bus, "update", () => this.onModelUpdate());
        useBus(this.model.bus, "changed_elsewhere", () => this.onChangedElsewhere());
        onWillStart(() => this.props.resId && this.model.load());
        useExternalListener(window, "keydown", (ev) => onDesignerKey(this, ev));
        this.listen();
        useSetupAction({
            rootRef: this.rootRef,
            beforeLeave: () => this.settle(),
            beforeUnload: (ev) => {
                if (this.model.pending.length) {
                    this.model.save();
                    ev.preventDefault();
                }
            },
        });
        useEffect(
            (name) => this.env.config.setDisplayName(name),
            () => [this.model.info.name]
        );
    }

    /** Hear when somebody else changes this draft. */
    listen() {
        const channel = `scrm.flow.version_${this.props.resId}`;
        const heard = (payload) => {
            if (payload.version_id === this.props.resId) {
                this.model.heard(payload);
            }
        };
        this.busService.addChannel(channel);
        this.busService.subscribe("scrm_flow_drawing", heard);
        onWillUnmount(() => {
            this.busService.unsubscribe("scrm_flow_drawing", heard);
            this.busService.deleteChannel(channel);
            clearTimeout(this.model.timer);
        });
    }

    async onChangedElsewhere() {
        this.notification.add(
            _t("%s has changed this drawing.", this.model.changedBy),
            {
                type: "info",
            }
        );
        if (this.inspected) {
            await this.inspector?.refresh();
        }
    }

    onModelUpdate() {
        const {nodes, edges} = this.model.graph;
        const there = new Set([...nodes, ...edges].map((part) => part.id));
        if (this.state.selectedIds.some((id) => !there.has(id))) {
            this.state.selectedIds = this.state.selectedIds.filter((id) =>
                there.has(id)
            );
        }
        if (this.state.inspected && !there.has(this.state.inspected)) {
            this.state.inspected = null;
        }
        this.render();
    }

    // What is shown -----------------------------------------------------------

    get nodes() {
        return this.decoration.nodes(this.model, this.compared, this.lit);
    }

    get edges() {
        return this.decoration.edges(this.model, this.compared, this.lit);
    }

    get statusText() {
        return {
            saved: _t("All changes saved"),
            saving: _t("Saving…"),
            offline: _t("Not saved: no connection"),
            stale: _t("Not saved"),
            refused: _t("Last change not saved"),
        }[this.model.status];
    }

    get statusIcon() {
        return {
            saved: "fa-check text-success",
            saving: "fa-circle-o-notch fa-spin",
            offline: "fa-chain-broken text-danger",
            stale: "fa-exclamation-triangle text-danger",
            refused: "fa-exclamation-triangle text-danger",
        }[this.model.status];
    }

    get staleText() {
        const who = this.model.changedBy;
        return who
            ? _t(
                  "%s has changed this draft meanwhile. Your last changes are not saved.",
                  who
              )
            : _t(
                  "Somebody has changed this draft meanwhile. Your last changes are not saved."
              );
    }

    /** What the inspector shows: model, id, name and faults; null for nothing. */
    get inspected() {
        const {nodes, edges} = this.model.graph;
        const id = this.state.inspected;
        const node = nodes.find((one) => one.id === id);
        if (node?.resId) {
            return {
                resModel: "scrm.flow.node",
                resId: node.resId,
                title: node.name,
                faults: this.model.faults.filter((fault) => fault.node === node.key),
            };
        }
        const edge = edges.find((one) => one.id === id);
        if (edge?.resId) {
            const name = (end) => nodes.find((one) => one.id === end)?.name || "";
            return {
                resModel: "scrm.flow.transition",
                resId: edge.resId,
                title: edge.name || `${name(edge.source)} → ${name(edge.target)}`,
                faults: [],
            };
        }
        return null;
    }

    // Marking and inspecting --------------------------------------------------

    get selectedNodes() {
        const {selectedIds} = this.state;
        return this.model.graph.nodes.filter((node) => selectedIds.includes(node.id));
    }

    get selectedEdges() {
        const {selectedIds} = this.state;
        return this.model.graph.edges.filter((edge) => selectedIds.includes(edge.id));
    }

    select(ids) {
        this.state.selectedIds = ids;
    }

    async onPartClick(part, ev) {
        if (part.ghost) {
            return;
        }
        if (ev.shiftKey) {
            const marked = this.state.selectedIds;
            this.select(
                marked.includes(part.id)
                    ? marked.filter((id) => id !== part.id)
                    : [...marked, part.id]
            );
            return;
        }
        this.select([part.id]);
        await this.inspect(part);
    }

    async inspect(part) {
        if (this.state.inspected === part.id || !(await this.commitInspector())) {
            return;
        }
        if (!part.resId) {
            await this.model.save(); // it was just drawn
        }
        this.state.inspected = part.id;
    }

    registerInspector(inspector) {
        this.inspector = inspector;
    }

    /** Save the open form; false when it cannot be saved like this. */
    async commitInspector() {
        return !this.inspected || !this.inspector || (await this.inspector.commit());
    }

    async closeInspector() {
        if (await this.commitInspector()) {
            this.state.inspected = null;
        }
    }

    async onBackgroundClick() {
        this.select([]);
        await this.closeInspector();
    }

    onMarquee(nodes, ev) {
        const ids = nodes.filter((node) => !node.ghost).map((node) => node.id);
        const before = ev.shiftKey && this.state.marquee ? this.state.selectedIds : [];
        this.select([...new Set([...before, ...ids])]);
        this.state.marquee = false;
    }

    register(diagram) {
        this.diagram = diagram;
    }

    // The rest of the toolbar -------------------------------------------------

    /** Is everything saved, so that one may go on elsewhere? */
    async settle() {
        return (await this.commitInspector()) && (await this.model.save());
    }

    /** Do what a button of the form does with this version, and load again afterwards. */
    async callAction(method) {
        if (await this.settle()) {
            await this.action.doActionButton({
                type: "object",
                name: method,
                resModel: "scrm.flow.version",
                resId: this.props.resId,
                context: {scrm_drawing: true},
                onClose: () => this.model.reload(),
            });
        }
    }

    publish() {
        return this.callAction("action_publish_dialog");
    }

    /** Open the sandbox beside the drawing. */
    async tryOut() {
        if (this.state.sandbox || !(await this.settle())) {
            return;
        }
        this.state.inspected = null;
        const action = await this.orm.call("scrm.flow.version", "action_try_out", [
            [this.props.resId],
        ]);
        const [{course}] = await this.orm.read(
            action.res_model,
            [action.res_id],
            ["course"]
        );
        this.state.sandbox = action.res_id;
        this.onCourse(course);
    }

    onCourse(course) {
        this.course = course || this.course;
        this.lit = litPath(this.course);
        this.render();
    }

    closeSandbox() {
        this.state.sandbox = null;
        this.course = null;
        this.lit = null;
    }

    showNode(key) {
        const node = this.model.graph.nodes.find((one) => one.key === key);
        if (node) {
            this.select([node.id]);
            this.diagram.reveal(node.id);
        }
    }

    async insertBlock() {
        if (!(await this.settle())) {
            return;
        }
        const [edge] = this.selectedEdges;
        await this.action.doAction("scrm_flow.scrm_flow_block_insert_action", {
            additionalContext: {
                default_version_id: this.props.resId,
                default_transition_id: edge?.resId || false,
            },
            onClose: () => this.model.reload(),
        });
    }

    async openDraft() {
        const id =
            this.model.info.draft_id ||
            (await this.orm.call("scrm.flow.version", "design_new_draft", [
                [this.props.resId],
            ]));
        const action = await this.orm.call("scrm.flow.version", "action_design", [
            [id],
        ]);
        await this.action.doAction(action, {stackPosition: "replaceCurrentAction"});
    }

    async compareWith(version) {
        if (!(await this.settle())) {
            return;
        }
        const found = await this.orm.call("scrm.flow.version", "design_compare", [
            [this.props.resId],
            version.id,
        ]);
        this.compared = {...found, name: version.name};
        this.render();
    }

    stopComparing() {
        this.compared = null;
        this.render();
    }

    async showFault(fault) {
        const node = this.model.graph.nodes.find((one) => one.key === fault.node);
        if (node) {
            this.select([node.id]);
            this.diagram.reveal(node.id);
            await this.inspect(node);
        }
    }
}
