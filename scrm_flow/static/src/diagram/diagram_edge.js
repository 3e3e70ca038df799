import {Component} from "@odoo/owl";
import {labelPointOf, pathOf} from "./geometry";

/** About how wide a Latin letter of a name is, in drawing units; Chinese takes two. */
const LETTER = 6;
const LINES = 3;
/** A name on an upright piece, or on a very short one, has at least this much room. */
const LEAST_ROOM = 72;

const widthOf = (text) =>
    [...text].reduce((width, char) => width + (char > "\u2e7f" ? 2 : 1) * LETTER, 0);

/** What fits into a width, from the beginning of a text. */
function headOf(text, room) {
    let head = "";
    for (const char of text) {
        if (widthOf(head + char) > room) {
            break;
        }
        head += char;
    }
    return head;
}

/**
 * A name in lines that fit between two shapes, by words where there are some.
 *
 * @param {String} text
 * @param {Number} room width in drawing units
 * @returns {String[]} at most three lines; what is too long ends with an ellipsis
 */
export function wrapped(text, room) {
    const lines = [];
    let rest = text.trim();
    while (rest) {
        if (widthOf(rest) <= room) {
            lines.push(rest);
            break;
        }
        if (lines.length === LINES - 1) {
            lines.push(`${headOf(rest, room - LETTER)}…`);
            break;
        }
        const head = headOf(rest, room) || rest[0];
        const space = rest[head.length] === " " ? head.length : head.lastIndexOf(" ");
        const line = space > 0 ? rest.slice(0, space) : head;
        lines.push(line);
        rest = rest.slice(line.length).trim();
    }
    return lines;
}

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

    /** The name above its piece of the line, beginning with the upper line. */
    get names() {
        const [x, y] = this.labelPoint;
        const piece = this.props.points.findIndex(
            ([ax, ay], index) =>
                index &&
                Math.abs(ay - y) < 1 &&
                Math.abs(this.props.points[index - 1][1] - y) < 1 &&
                Math.abs((ax + this.props.points[index - 1][0]) / 2 - x) < 1
        );
        const length =
            piece > 0
                ? Math.abs(
                      this.props.points[piece][0] - this.props.points[piece - 1][0]
                  ) - 8
                : 0;
        const lines = wrapped(this.props.edge.name || "", Math.max(length, LEAST_ROOM));
        return lines.map((text, index) => ({
            text,
            y: -5 - 12 * (lines.length - 1 - index),
        }));
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
