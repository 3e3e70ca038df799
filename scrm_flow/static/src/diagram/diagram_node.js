import {Component} from "@odoo/owl";
import {shapeOf} from "./node_shapes";

/** One node of a drawing. What happens to it is the business of the drawing. */
export class DiagramNode extends Component {
    static template = "scrm_flow.DiagramNode";
    static props = {
        node: Object,
        selected: Boolean,
        connectable: Boolean,
    };

    get shape() {
        return shapeOf(this.props.node.type);
    }

    get style() {
        const {x, y} = this.props.node;
        const {width, height} = this.shape;
        return `transform:translate(${x}px,${y}px);width:${width}px;height:${height}px`;
    }

    get classes() {
        const selected = this.props.selected ? "o_scrm_selected" : "";
        return `o_scrm_node_${this.shape.shape} ${this.props.node.classes || ""} ${selected}`;
    }

    /** For who does not see the drawing: name, type and what the badges say. */
    get label() {
        const {name, typeName, badges, title} = this.props.node;
        const told = (badges || []).map((badge) => badge.title || badge.text);
        return [name, typeName, ...told, title].filter(Boolean).join(", ");
    }
}
