import {
    Component,
    onMounted,
    onPatched,
    onWillUnmount,
    useEffect,
    useExternalListener,
    useRef,
} from "@odoo/owl";
import {boundsOf, boxOf} from "./geometry";
import {drawLine, Gestures, placeOf} from "./gestures";
import {DiagramEdge} from "./diagram_edge";
import {DiagramNode} from "./diagram_node";
import {Minimap} from "./minimap";
import {Routes} from "./routes";
import {shapeOf} from "./node_shapes";
import {Slide} from "./slide";
import {Viewport} from "./viewport";

const ZOOM_STEP = 1.25;
/** Names can still be read. */
const FIRST_ZOOM = 0.55;
let nextId = 1;

/**
 * A drawing of nodes and the lines between them, to look at or to draw in. It knows
 * no server: whoever uses it gives nodes and edges and hears what people do.
 *
 * Nodes are `{id, key, name, type, x, y}` (upper left corner, BPMN coordinates, see
 * `layout.js` for nodes without a place), and optionally
 * - `typeName`, `title`: told by screen readers and on hover;
 * - `classes`: more CSS classes, e.g. `o_scrm_done`, `o_scrm_now`, `o_scrm_fault`,
 *   `o_scrm_added`, `o_scrm_removed`, `o_scrm_changed`, `o_scrm_muted`;
 * - `badges`: `[{id, text, icon, title, classes}]`, at its upper right corner.
 * Edges are `{id, key, source, target, name}` with ids of nodes, and optionally
 * `label` (for screen readers), `title`, `classes` (e.g. `o_scrm_travelled`).
 *
 * Give new objects for what has changed and the same ones for what has not: only the
 * components of new objects render. Ids are unique among nodes and edges together.
 *
 * Events: `onNodeClick(node, ev)`, `onEdgeClick(edge, ev)`, `onBackgroundClick(ev)`,
 * and unless `readonly`: `onNodesMoved([{id, x, y}])`, `onConnect(source, target)`,
 * `onConnectToNothing(source, point, ev)`, `onMarquee(nodes, ev)`. A node is opened by
 * Enter as by a click. `whyNotConnect(source, target)` says in words why a line is
 * refused. `register(diagram)` hands out the component for `fit()`, `zoomBy(factor)`,
 * `reveal(id)`, `focusNode(id)`, `pointAt(ev)`. The default slot lies above the drawing.
 */
export class ScrmDiagram extends Component {
    static template = "scrm_flow.ScrmDiagram";
    static components = {DiagramEdge, DiagramNode, Minimap};
    static props = {
        nodes: Array,
        edges: Array,
        readonly: {type: Boolean, optional: true},
        selectedIds: {type: Array, optional: true},
        label: {type: String, optional: true},
        classes: {type: String, optional: true},
        minimap: {type: Boolean, optional: true},
        marquee: {type: Boolean, optional: true},
        register: {type: Function, optional: true},
        onNodeClick: {type: Function, optional: true},
        onEdgeClick: {type: Function, optional: true},
        onBackgroundClick: {type: Function, optional: true},
        onNodesMoved: {type: Function, optional: true},
        onConnect: {type: Function, optional: true},
        onConnectToNothing: {type: Function, optional: true},
        onMarquee: {type: Function, optional: true},
        whyNotConnect: {type: Function, optional: true},
        slots: {type: Object, optional: true},
    };
    static defaultProps = {readonly: true, minimap: true, classes: ""};

    setup() {
        this.rootRef = useRef("root");
        this.worldRef = useRef("world");
        this.pulledRef = useRef("pulled");
        this.marqueeRef = useRef("marquee");
        this.marker = `o_scrm_arrow_${nextId++}`;
        this.viewport = new Viewport();
        this.gestures = new Gestures(this);
        this.routes = new Routes();
        this.hasFitted = false;
        onMounted(() => {
            this.worldSlide = new Slide(this.worldRef.el);
            this.gridSlide = new Slide(this.rootRef.el);
            this.observer = new ResizeObserver(() => this.measure());
            this.observer.observe(this.rootRef.el);
            // who draws on an empty paper wants no shift after the first node
            this.hasFitted = !this.props.readonly && !this.props.nodes.length;
            this.measure();
            this.props.register?.(this);
        });
        onWillUnmount(() => this.observer.disconnect());
        onPatched(() => this.firstFit());
        useEffect(
            (element) => {
                const listener = (ev) => this.gestures.wheel(ev);
                element.addEventListener("wheel", listener, {passive: false});
                return () => element.removeEventListener("wheel", listener);
            },
            () => [this.rootRef.el]
        );
        useExternalListener(window, "keydown", (ev) => {
            if (ev.key === "Escape") {
                this.gestures.cancel();
            }
        });
    }

    // What is drawn -----------------------------------------------------------

    get lines() {
        return this.routes.of(this.props.nodes, this.props.edges);
    }

    get drawnEdges() {
        const lines = this.lines;
        return this.props.edges.filter((edge) => lines.has(edge.id));
    }

    isSelected(id) {
        return (this.props.selectedIds || []).includes(id);
    }

    isConnectable(node) {
        return !this.props.readonly && shapeOf(node.type).shape !== "end";
    }

    nodeById(id) {
        return this.props.nodes.find((node) => String(node.id) === String(id));
    }

    edgeById(id) {
        return this.props.edges.find((edge) => String(edge.id) === String(id));
    }

    elementOf(id) {
        return this.rootRef.el.querySelector(`.o_scrm_node[data-node-id="${id}"]`);
    }

    lineOf(id) {
        const element = this.rootRef.el.querySelector(
            `.o_scrm_edge[data-edge-id="${id}"]`
        );
        return (
            element && {
                paths: [...element.querySelectorAll("path")],
                text: element.querySelector("text"),
            }
        );
    }

    /** Put what a gesture has moved where the properties say it is. */
    redraw(nodes, edges) {
        for (const {id} of nodes) {
            const element = this.elementOf(id);
            const node = this.nodeById(id);
            if (element && node) {
                element.style.transform = placeOf(node);
            }
        }
        const lines = this.lines;
        for (const {id} of edges) {
            if (lines.has(id)) {
                drawLine(this.lineOf(id), lines.get(id));
            }
        }
    }

    // What is seen of it ------------------------------------------------------

    measure() {
        const element = this.rootRef.el;
        if (element) {
            const {clientWidth: width, clientHeight: height} = element;
            const {viewport} = this;
            const isSmaller = width < viewport.width || height < viewport.height;
            const before = viewport.height;
            if (height < before / 2 || (before && height > before * 2)) {
                viewport.panBy(0, (height - before) / 2); // a sheet over it, on a phone
            }
            viewport.resize(width, height);
            this.firstFit();
            this.showViewport();
            const [id, ...others] = this.props.selectedIds || [];
            if (isSmaller && id && !others.length) {
                this.reveal(id); // a panel beside it must not hide what it is about
            }
        }
    }

    firstFit() {
        if (!this.hasFitted && this.props.nodes.length && this.viewport.width) {
            this.hasFitted = true;
            this.fit(FIRST_ZOOM);
        }
    }

    /**
     * Show the whole drawing.
     *
     * @param {number} least the smallest zoom; what does not fit starts at the left
     */
    fit(least = 0) {
        this.viewport.fit(boundsOf(this.props.nodes.map(boxOf)), least);
        this.showViewport();
    }

    zoomBy(factor) {
        this.viewport.zoomBy(factor);
        this.showViewport();
    }

    zoomIn() {
        this.zoomBy(ZOOM_STEP);
    }

    zoomOut() {
        this.zoomBy(1 / ZOOM_STEP);
    }

    /** Shift the drawing so that this node is seen. */
    reveal(id) {
        const node = this.nodeById(id);
        if (node) {
            this.viewport.reveal(boxOf(node));
            this.showViewport();
        }
    }

    focusNode(id) {
        this.elementOf(id)?.focus({preventScroll: true});
        this.reveal(id);
    }

    centerOn(point) {
        this.viewport.centerOn(point);
        this.showViewport();
    }

    /** Where an event happened, in drawing units; null beside the drawing. */
    pointAt(ev) {
        const under = document.elementFromPoint(ev.clientX, ev.clientY);
        return this.rootRef.el.contains(under)
            ? this.viewport.toDrawing(this.gestures.pointOf(ev))
            : null;
    }

    /** Bring the screen in line with the viewport, without rendering. */
    showViewport() {
        const {x, y, zoom} = this.viewport;
        const grid = 20 * zoom * (zoom < 0.5 ? 4 : 1);
        this.worldSlide.to({transform: `translate(${x}px,${y}px) scale(${zoom})`});
        this.gridSlide.to({
            backgroundSize: `${grid}px ${grid}px`,
            backgroundPosition: `${x}px ${y}px`,
        });
        this.map?.setWindow(this.viewport.box);
    }

    registerMap(map) {
        this.map = map;
        map.setWindow(this.viewport.box);
    }

    // Keyboard ----------------------------------------------------------------

    onKeydown(ev) {
        const element = ev.target.closest?.(".o_scrm_node, .o_scrm_edge");
        if (element && (ev.key === "Enter" || ev.key === " ")) {
            ev.preventDefault();
            ev.stopPropagation();
            const node = this.nodeById(element.dataset.nodeId);
            if (node) {
                this.props.onNodeClick?.(node, ev);
            } else {
                this.props.onEdgeClick?.(this.edgeById(element.dataset.edgeId), ev);
            }
        }
    }

    /** Browsers scroll to what gets the focus; here the drawing moves instead. */
    onFocusin(ev) {
        this.rootRef.el.scrollTo(0, 0);
        const element = ev.target.closest?.(".o_scrm_node");
        if (element && element.matches(":focus-visible")) {
            this.reveal(element.dataset.nodeId);
        }
    }
}
