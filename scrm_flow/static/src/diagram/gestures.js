import {boxBetween, boxesMeet, boxOf, labelPointOf, pathOf} from "./geometry";
import {routesOf} from "./routes";
import {Slide} from "./slide";

/** How far a pointer moves, in pixels, before a press is more than a click. */
const THRESHOLD = 4;
/** Nodes are put down on multiples of this, in drawing units. */
export const GRID = 10;

/**
 * What fingers and mice do on a drawing: pan, pinch, drag nodes, pull a line from a
 * node to another, mark with a frame. While something is dragged only the elements
 * that move are touched; the drawing is rendered when it is put down.
 */
export class Gestures {
    /** @param {Object} diagram the `ScrmDiagram` */
    constructor(diagram) {
        this.diagram = diagram;
        this.pointers = new Map();
        this.current = null;
    }

    get root() {
        return this.diagram.rootRef.el;
    }

    get props() {
        return this.diagram.props;
    }

    /** Where an event happened, in pixels from the corner of the drawing. */
    pointOf(ev) {
        const box = this.root.getBoundingClientRect();
        return [ev.clientX - box.left, ev.clientY - box.top];
    }

    down(ev) {
        if (ev.button > 1 || ev.target.closest(".o_scrm_diagram_fixed")) {
            return;
        }
        const point = this.pointOf(ev);
        this.pointers.set(ev.pointerId, point);
        if (this.pointers.size === 2) {
            this.cancel();
            this.current = new Pinch(this);
            return;
        }
        if (this.pointers.size > 2) {
            return;
        }
        const nodeElement = ev.target.closest(".o_scrm_node");
        const edgeElement = ev.target.closest(".o_scrm_edge");
        const onHandle = ev.target.closest(".o_scrm_node_handle");
        const node = nodeElement && this.diagram.nodeById(nodeElement.dataset.nodeId);
        const edge = edgeElement && this.diagram.edgeById(edgeElement.dataset.edgeId);
        this.press = {
            point,
            node,
            edge,
            drag: this.dragOf(ev, node, Boolean(onHandle)),
        };
    }

    /** What it becomes if the pointer moves before it is let go. */
    dragOf(ev, node, onHandle) {
        if (ev.button === 1) {
            return Pan;
        }
        if (node && !this.props.readonly) {
            return onHandle ? Connect : Move;
        }
        const marks = ev.shiftKey || this.props.marquee;
        return !node && marks && this.props.onMarquee ? Marquee : Pan;
    }

    move(ev) {
        if (!this.pointers.has(ev.pointerId)) {
            return;
        }
        const point = this.pointOf(ev);
        this.pointers.set(ev.pointerId, point);
        if (this.press && !this.current) {
            const [x, y] = this.press.point;
            if (Math.hypot(point[0] - x, point[1] - y) < THRESHOLD) {
                return;
            }
            this.root.setPointerCapture(ev.pointerId);
            this.current = new this.press.drag(this, this.press);
        }
        this.current?.move(point, ev);
    }

    up(ev) {
        if (!this.pointers.delete(ev.pointerId)) {
            return;
        }
        const {press, current} = this;
        this.press = null;
        if (current) {
            this.current = null;
            current.end(this.pointOf(ev), ev);
        } else if (press) {
            this.click(press, ev);
        }
    }

    click({node, edge}, ev) {
        if (node) {
            this.props.onNodeClick?.(node, ev);
        } else if (edge) {
            this.props.onEdgeClick?.(edge, ev);
        } else {
            this.props.onBackgroundClick?.(ev);
        }
    }

    /** Stop whatever is going on; nothing has happened. */
    cancel() {
        const current = this.current;
        this.press = null;
        this.current = null;
        current?.cancel?.();
    }

    pointerCancelled(ev) {
        if (this.pointers.delete(ev.pointerId)) {
            this.cancel();
        }
    }

    wheel(ev) {
        if (ev.target.closest(".o_scrm_diagram_fixed")) {
            return;
        }
        ev.preventDefault();
        const {viewport} = this.diagram;
        if (ev.ctrlKey || ev.metaKey) {
            const factor = Math.exp(-ev.deltaY * (ev.deltaMode ? 0.05 : 0.0025));
            viewport.zoomAt(this.pointOf(ev), viewport.zoom * factor);
        } else {
            const step = ev.deltaMode ? 30 : 1;
            const [x, y] =
                ev.shiftKey && !ev.deltaX ? [ev.deltaY, 0] : [ev.deltaX, ev.deltaY];
            viewport.panBy(-x * step, -y * step);
        }
        this.diagram.showViewport();
    }
}

class Pan {
    constructor(gestures, press) {
        this.diagram = gestures.diagram;
        this.last = press.point;
        gestures.root.classList.add("o_scrm_panning");
    }

    move(point) {
        this.diagram.viewport.panBy(point[0] - this.last[0], point[1] - this.last[1]);
        this.last = point;
        this.diagram.showViewport();
    }

    end() {
        this.diagram.rootRef.el?.classList.remove("o_scrm_panning");
    }

    cancel() {
        this.end();
    }
}

class Pinch {
    constructor(gestures) {
        this.gestures = gestures;
        this.before = this.measure();
    }

    measure() {
        const [[ax, ay], [bx, by]] = [...this.gestures.pointers.values()];
        return {
            middle: [(ax + bx) / 2, (ay + by) / 2],
            distance: Math.max(Math.hypot(ax - bx, ay - by), 1),
        };
    }

    move() {
        if (this.gestures.pointers.size < 2) {
            return; // the second finger was lifted first
        }
        const {viewport} = this.gestures.diagram;
        const now = this.measure();
        const [x, y] = this.before.middle;
        viewport.panBy(now.middle[0] - x, now.middle[1] - y);
        viewport.zoomAt(
            now.middle,
            (viewport.zoom * now.distance) / this.before.distance
        );
        this.before = now;
        this.gestures.diagram.showViewport();
    }

    end() {
        this.gestures.pointers.clear();
    }
}

/** Nodes follow the pointer: the pressed one, or all marked ones with it. */
class Move {
    constructor(gestures, {node, point}) {
        this.diagram = gestures.diagram;
        this.start = point;
        const {nodes, edges, selectedIds} = this.diagram.props;
        const marked = selectedIds || [];
        const ids = new Set(marked.includes(node.id) ? marked : [node.id]);
        this.before = nodes.filter((one) => ids.has(one.id));
        this.edges = edges.filter(
            (edge) => ids.has(edge.source) || ids.has(edge.target)
        );
        this.elements = this.before.map((one) => this.diagram.elementOf(one.id));
        this.lines = new Map(
            this.edges.map((edge) => [edge.id, this.diagram.lineOf(edge.id)])
        );
        this.elements.forEach((element) => element.classList.add("o_scrm_dragged"));
        this.slides = this.elements.map((element) => new Slide(element));
    }

    move(point, ev) {
        const zoom = this.diagram.viewport.zoom;
        let x = (point[0] - this.start[0]) / zoom;
        let y = (point[1] - this.start[1]) / zoom;
        if (!ev.altKey) {
            x = Math.round(x / GRID) * GRID;
            y = Math.round(y / GRID) * GRID;
        }
        if (this.places && x === this.x && y === this.y) {
            return;
        }
        [this.x, this.y] = [x, y];
        this.places = new Map();
        this.before.forEach((node, index) => {
            const moved = {...node, x: node.x + x, y: node.y + y};
            this.places.set(node.id, moved);
            this.slides[index].to({transform: placeOf(moved)});
        });
        const {nodes, edges} = this.diagram.props;
        const all = nodes.map((node) => this.places.get(node.id) || node);
        for (const [edge, points] of routesOf(all, edges, this.edges)) {
            drawLine(this.lines.get(edge.id), points);
        }
    }

    end() {
        const moved = [...(this.places || new Map()).values()];
        if (moved.length && (this.x || this.y)) {
            this.diagram.props.onNodesMoved?.(moved.map(({id, x, y}) => ({id, x, y})));
        }
        this.cancel();
    }

    /** Everything is again where the properties say. */
    cancel() {
        this.diagram.redraw(this.before, this.edges);
        this.slides.forEach((slide) => slide.stop());
        this.elements.forEach((element) => element.classList.remove("o_scrm_dragged"));
    }
}

/** A line is pulled from a node; where it is let go, the two are connected. */
class Connect {
    constructor(gestures, {node}) {
        this.gestures = gestures;
        this.diagram = gestures.diagram;
        this.source = node;
        const box = boxOf(node);
        this.from = [box.x + box.width, box.y + box.height / 2];
        gestures.root.classList.add("o_scrm_connecting");
    }

    move(point, ev) {
        const to = this.diagram.viewport.toDrawing(point);
        this.diagram.pulledRef.el.setAttribute("d", pathOf([this.from, to]));
        const target = this.nodeUnder(ev);
        if (target?.id !== this.target?.id) {
            this.mark(false);
            this.target = target;
            this.mark(true);
        }
    }

    nodeUnder(ev) {
        const under = document.elementFromPoint(ev.clientX, ev.clientY);
        const element = under?.closest(".o_scrm_node");
        return element && this.gestures.root.contains(element)
            ? this.diagram.nodeById(element.dataset.nodeId)
            : null;
    }

    mark(on) {
        if (!this.target) {
            return;
        }
        const refused = this.diagram.props.whyNotConnect?.(this.source, this.target);
        const element = this.diagram.elementOf(this.target.id);
        element?.classList.toggle("o_scrm_target", on && !refused);
        element?.classList.toggle("o_scrm_target_refused", on && Boolean(refused));
    }

    end(point, ev) {
        const target = this.nodeUnder(ev);
        this.cancel();
        if (target) {
            this.diagram.props.onConnect?.(this.source, target);
        } else {
            this.diagram.props.onConnectToNothing?.(
                this.source,
                this.diagram.viewport.toDrawing(point),
                ev
            );
        }
    }

    cancel() {
        this.mark(false);
        this.diagram.pulledRef.el?.setAttribute("d", "");
        this.gestures.root?.classList.remove("o_scrm_connecting");
    }
}

class Marquee {
    constructor(gestures, {point}) {
        this.diagram = gestures.diagram;
        this.start = point;
    }

    move(point) {
        const {x, y, width, height} = boxBetween(this.start, point);
        const {style} = this.diagram.marqueeRef.el;
        style.display = "block";
        style.transform = `translate(${x}px,${y}px)`;
        style.width = `${width}px`;
        style.height = `${height}px`;
    }

    end(point, ev) {
        const {viewport, props} = this.diagram;
        const frame = boxBetween(
            viewport.toDrawing(this.start),
            viewport.toDrawing(point)
        );
        this.cancel();
        const inside = props.nodes.filter((node) => boxesMeet(boxOf(node), frame));
        props.onMarquee(inside, ev);
    }

    cancel() {
        if (this.diagram.marqueeRef.el) {
            this.diagram.marqueeRef.el.style.display = "none";
        }
    }
}

export function placeOf({x, y}) {
    return `translate(${x}px,${y}px)`;
}

export function drawLine(line, points) {
    if (!line) {
        return;
    }
    const path = pathOf(points);
    for (const element of line.paths) {
        element.setAttribute("d", path);
    }
    const [x, y] = labelPointOf(points);
    line.text.setAttribute("transform", `translate(${x} ${y})`);
}
