import {boxOf, pathOf, routeOf} from "./geometry";

/**
 * The lines of a drawing. A line that has not changed keeps its array of points, so
 * that only components whose line has moved render again.
 */
export class Routes {
    constructor() {
        this.known = new Map();
        this.nodes = null;
        this.edges = null;
    }

    /** @returns {Map} edge id -> points */
    of(nodes, edges) {
        if (nodes === this.nodes && edges === this.edges) {
            return this.known;
        }
        const found = new Map();
        for (const [edge, points] of routesOf(nodes, edges, edges)) {
            const before = this.known.get(edge.id);
            const same = before && pathOf(before) === pathOf(points);
            found.set(edge.id, same ? before : points);
        }
        this.nodes = nodes;
        this.edges = edges;
        this.known = found;
        return found;
    }
}

/**
 * @param {Object[]} nodes
 * @param {Object[]} edges all of them: lines that go the same way keep apart
 * @param {Object[]} wanted those whose line is asked for
 * @returns {Array} pairs of an edge and its points
 */
export function routesOf(nodes, edges, wanted) {
    const nodeOf = new Map(nodes.map((node) => [node.id, node]));
    const boxes = nodes.map((node) => [node.id, boxOf(node)]);
    const lanes = lanesOf(nodeOf, edges);
    const found = [];
    for (const edge of wanted) {
        const source = nodeOf.get(edge.source);
        const target = nodeOf.get(edge.target);
        if (source && target) {
            const others = [];
            for (const [id, box] of boxes) {
                if (id !== edge.source && id !== edge.target) {
                    others.push(box);
                }
            }
            const {lane, apart} = lanes.get(edge.id);
            found.push([edge, routeOf(source, target, others, lane, apart)]);
        }
    }
    return found;
}

function lanesOf(nodeOf, edges) {
    const lanes = new Map();
    const pairs = new Map();
    let back = 0;
    for (const edge of edges) {
        const pair = `${edge.source} ${edge.target}`;
        const twins = pairs.get(pair) || 0;
        pairs.set(pair, twins + 1);
        const source = nodeOf.get(edge.source);
        const target = nodeOf.get(edge.target);
        const leadsBack = source && target && target.x <= source.x;
        const lane = twins || (leadsBack ? back++ % 4 : 0);
        lanes.set(edge.id, {lane, apart: twins > 0});
    }
    return lanes;
}
