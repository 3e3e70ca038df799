import {Component, useExternalListener, useRef} from "@odoo/owl";
import {shapeOf} from "../diagram/node_shapes";

const THRESHOLD = 5;

/** The kinds of nodes: drag one into the drawing, or click to put it there. */
export class Palette extends Component {
    static template = "scrm_flow.Palette";
    static props = {
        types: Array,
        add: Function,
        drop: Function,
        insertBlock: Function,
    };

    setup() {
        this.ghostRef = useRef("ghost");
        useExternalListener(window, "pointermove", (ev) => this.onPointermove(ev));
        useExternalListener(window, "pointerup", (ev) => this.onPointerup(ev));
        useExternalListener(window, "pointercancel", () => this.stop());
    }

    shape(type) {
        return shapeOf(type.key);
    }

    onPointerdown(type, ev) {
        if (ev.button === 0) {
            this.pressed = {type, x: ev.clientX, y: ev.clientY};
            ev.target.releasePointerCapture?.(ev.pointerId);
        }
    }

    onPointermove(ev) {
        if (!this.pressed) {
            return;
        }
        const {x, y, type} = this.pressed;
        const far = Math.hypot(ev.clientX - x, ev.clientY - y) > THRESHOLD;
        this.dragged ||= far ? type : null;
        if (this.dragged) {
            const ghost = this.ghostRef.el;
            ghost.style.display = "block";
            ghost.style.transform = `translate(${ev.clientX}px,${ev.clientY}px)`;
            ghost.firstElementChild.textContent = type.name;
        }
    }

    onPointerup(ev) {
        const type = this.dragged;
        this.stop();
        if (type) {
            this.justDragged = true;
            setTimeout(() => (this.justDragged = false));
            this.props.drop(type, ev);
        }
    }

    stop() {
        this.pressed = null;
        this.dragged = null;
        if (this.ghostRef.el) {
            this.ghostRef.el.style.display = "none";
        }
    }

    onClick(type) {
        if (!this.justDragged) {
            this.props.add(type);
        }
    }
}
