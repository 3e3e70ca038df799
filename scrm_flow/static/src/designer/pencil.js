import {_t} from "@web/core/l10n/translation";
import {GRID} from "../diagram/gestures";
import {shapeOf} from "../diagram/node_shapes";
import {keyOf, newKey, pasteOperations, Refusal, whyNotConnect} from "./graph";

/** How far to the right of a node the next one is put, in drawing units. */
const BESIDE = 180;
/** What was copied; kept while the page is open, so also for another flow. */
let clipboard = null;

/** What people do with mouse and keys, as operations on the drawing. */
export class Pencil {
    /** @param {Object} designer the `DesignerController` */
    constructor(designer) {
        this.designer = designer;
        // handed out as they are
        this.whyNotConnect = this.whyNotConnect.bind(this);
        this.onConnect = this.onConnect.bind(this);
        this.onNodesMoved = this.onNodesMoved.bind(this);
        this.dropFromPalette = this.dropFromPalette.bind(this);
        this.addFromPalette = this.addFromPalette.bind(this);
    }

    /** Do it, or say why not. */
    edit(operations) {
        try {
            this.designer.model.edit(operations);
            return true;
        } catch (error) {
            if (!(error instanceof Refusal)) {
                throw error;
            }
            this.designer.notification.add(error.message, {type: "warning"});
            return false;
        }
    }

    whyNotConnect(source, target) {
        return whyNotConnect(this.designer.model.graph, source, target);
    }

    onConnect(source, target) {
        this.edit([this.wayBetween(source, target)]);
    }

    wayBetween(source, target) {
        return {
            op: "add_transition",
            key: newKey(
                this.designer.model.graph.edges,
                `${source.key}_to_${target.key}`
            ),
            source: source.key,
            target: target.key,
        };
    }

    onNodesMoved(moved) {
        const places = {};
        for (const {id, x, y} of moved) {
            const key = keyOf(this.designer.model.graph, id);
            if (key) {
                places[key] = [x, y];
            }
        }
        if (Object.keys(places).length) {
            this.edit([{op: "move", places}]);
        }
    }

    nodeAt(type, [x, y]) {
        const {width, height} = shapeOf(type.key);
        const snap = (value) => Math.round(value / GRID) * GRID;
        return {
            op: "add_node",
            key: newKey(this.designer.model.graph.nodes, type.key),
            type: type.key,
            name: type.name,
            x: snap(x - width / 2),
            y: snap(y - height / 2),
        };
    }

    dropFromPalette(type, ev) {
        const point = this.designer.diagram.pointAt(ev);
        if (point) {
            this.addNode(this.nodeAt(type, point));
        }
    }

    /** From the palette by a click: behind the marked node, else in the middle. */
    addFromPalette(type) {
        const [before] = this.designer.selectedNodes;
        if (this.designer.selectedNodes.length !== 1) {
            const {x, y, width, height} = this.designer.diagram.viewport.box;
            this.addNode(this.nodeAt(type, [x + width / 2, y + height / 2]));
            return;
        }
        const {width, height} = shapeOf(before.type);
        const place = [before.x + width / 2 + BESIDE, before.y + height / 2];
        while (
            this.designer.model.graph.nodes.some((node) => this.covers(node, place))
        ) {
            place[1] += 120;
        }
        this.addNode(this.nodeAt(type, place), before);
    }

    covers(node, [x, y]) {
        const {width, height} = shapeOf(node.type);
        return (
            Math.abs(node.x + width / 2 - x) < 90 &&
            Math.abs(node.y + height / 2 - y) < 60
        );
    }

    addNode(operation, before = null) {
        const operations = [operation];
        const node = {...operation, id: "new"};
        if (before && !this.whyNotConnect(before, node)) {
            operations.push(this.wayBetween(before, node));
        }
        if (this.edit(operations)) {
            const added = this.designer.model.graph.nodes.at(-1);
            this.designer.select([added.id]);
            this.designer.diagram.reveal(added.id);
        }
    }

    removeSelected() {
        const nodes = this.designer.selectedNodes.map((node) => node.key);
        const transitions = this.designer.selectedEdges.map((edge) => edge.key);
        if (nodes.length || transitions.length) {
            this.edit([{op: "remove", nodes, transitions}]);
        }
    }

    moveSelected(x, y) {
        const places = {};
        for (const node of this.designer.selectedNodes) {
            places[node.key] = [node.x + x, node.y + y];
        }
        if (Object.keys(places).length) {
            this.edit([{op: "move", places}]);
        }
    }

    connectSelected() {
        const {nodes} = this.designer.model.graph;
        const [source, target] = this.designer.state.selectedIds.map((id) =>
            nodes.find((node) => node.id === id)
        );
        if (source && target) {
            this.edit([this.wayBetween(source, target)]);
        }
    }

    copySelected() {
        if (this.designer.selectedNodes.length) {
            const {edges} = this.designer.model.graph;
            clipboard = {
                version_id: this.designer.props.resId,
                model: this.designer.model.info.model,
                nodes: this.designer.selectedNodes,
                edges,
                times: 0,
            };
        }
    }

    paste() {
        if (!clipboard) {
            return;
        }
        if (clipboard.model !== this.designer.model.info.model) {
            const text = _t(
                "Nodes can be pasted into flows for the same records only."
            );
            this.designer.notification.add(text, {type: "warning"});
            return;
        }
        clipboard.times++;
        const shift = clipboard.times * 4 * GRID;
        const operations = pasteOperations(this.designer.model.graph, clipboard, shift);
        if (this.edit(operations)) {
            const keys = operations
                .filter((o) => o.op === "add_node")
                .map((o) => o.key);
            const {nodes} = this.designer.model.graph;
            this.designer.select(
                nodes.filter((n) => keys.includes(n.key)).map((n) => n.id)
            );
        }
    }

    selectAll() {
        this.designer.select(this.designer.model.graph.nodes.map((node) => node.id));
    }
}
