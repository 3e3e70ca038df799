import {Component, onMounted, useRef} from "@odoo/owl";
import {boundsOf, boxOf} from "./geometry";

/** The whole drawing in a corner; a click or a drag shows that part of it. */
export class Minimap extends Component {
    static template = "scrm_flow.Minimap";
    static props = {
        nodes: Array,
        register: Function,
        centerOn: Function,
    };

    setup() {
        this.rootRef = useRef("root");
        this.windowRef = useRef("window");
        onMounted(() => this.props.register(this));
    }

    get boxes() {
        return this.props.nodes.map((node) => ({
            ...boxOf(node),
            id: node.id,
            classes: node.classes || "",
        }));
    }

    get viewBox() {
        const bounds = boundsOf(this.boxes) || {x: 0, y: 0, width: 1, height: 1};
        return `${bounds.x - 40} ${bounds.y - 40} ${bounds.width + 80} ${bounds.height + 80}`;
    }

    /** Which part is seen now; called for every move, so without rendering. */
    setWindow(box) {
        const element = this.windowRef.el;
        if (element) {
            for (const name of ["x", "y", "width", "height"]) {
                element.setAttribute(name, box[name]);
            }
        }
    }

    onPointer(ev) {
        if (ev.type === "pointermove" && !ev.buttons) {
            return;
        }
        const {a, d, e, f} = this.rootRef.el.getScreenCTM();
        const [x, y] = [(ev.clientX - e) / a, (ev.clientY - f) / d];
        this.props.centerOn([x, y]);
    }
}
