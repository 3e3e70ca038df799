import {_t} from "@web/core/l10n/translation";
import {boxOf, centerOf} from "@scrm_flow/diagram/geometry";
import {layoutOf} from "@scrm_flow/diagram/layout";

/**
 * The drawing of a version as the server tells it (`_drawing`), for `ScrmDiagram`:
 * nodes and edges have their keys as ids, and a place even if nobody gave them one.
 */
export function drawingOf({nodes, edges, placed}) {
    const drawn = nodes.map((node) => ({...node, id: node.key}));
    const lines = edges.map((edge) => ({...edge, id: `${edge.key} `}));
    if (!placed) {
        const places = layoutOf(drawn, lines);
        for (const node of drawn) {
            Object.assign(node, places.get(node.id));
        }
    }
    return {nodes: drawn, edges: lines};
}

/** The same objects for what has not changed: only the others render again. */
export class Kept {
    constructor() {
        this.known = new Map();
    }

    of(items) {
        return items.map((item) => {
            const text = JSON.stringify(item);
            const before = this.known.get(item.id);
            if (before && before.text === text) {
                return before.item;
            }
            this.known.set(item.id, {text, item});
            return item;
        });
    }
}

/** A span of time in words: minutes, hours or days, whatever is easy to read. */
export function spanText(hours) {
    if (hours < 1) {
        return _t("%s min", Math.round(hours * 60));
    }
    if (hours < 48) {
        return _t("%s h", rounded(hours));
    }
    return _t("%s d", rounded(hours / 24));
}

function rounded(number) {
    return number < 10 ? Math.round(number * 10) / 10 : Math.round(number);
}

export function percentText(share) {
    return `${Math.round(share * 100)} %`;
}

/** Below this zoom the names of nodes are hard to read. */
const READABLE = 0.65;
const COMFORTABLE = 0.8;

/**
 * Show the whole drawing; where it would be too small to read, as on a phone, one node
 * and what is around it: the rest is a swipe away.
 */
export function showReadable(diagram, key) {
    diagram.fit();
    const {zoom} = diagram.viewport;
    const node = diagram.nodeById(key) || diagram.props.nodes[0];
    if (zoom < READABLE && node) {
        diagram.zoomBy(COMFORTABLE / zoom);
        diagram.centerOn(centerOf(boxOf(node)));
    }
}
