import {Component} from "@odoo/owl";
import {labelPointOf, pathOf} from "./geometry";

const LONGEST = 18;

/** One line of a drawing with its arrow head and name. */
export class DiagramEdge extends Component {
    static template = "scrm_flow.DiagramEdge";
    static props = {
        edge: Object,
        points: Array,
        selected: Boolean,
        focusable: Boolean,
        marker: String,
    };

    get path() {
        return pathOf(this.props.points);
    }

    get labelPoint() {
        return labelPointOf(this.props.points);
    }

    get text() {
        const name = this.props.edge.name || "";
        return name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name;
    }

    get label() {
        const {label, name, key} = this.props.edge;
        return label || name || key || "";
    }

    get classes() {
        const selected = this.props.selected ? "o_scrm_selected" : "";
        return `${this.props.edge.classes || ""} ${selected}`;
    }
}
