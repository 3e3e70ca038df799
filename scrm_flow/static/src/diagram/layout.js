/**
 * Where the nodes of a flow go when nobody has placed them: layers from left to
 * right, the branches of a gateway side by side, ways back not counted.
 *
 * 1. ways back are found depth first and left out;
 * 2. a node stands right of everything that leads to it (longest way);
 * 3. a way over several layers keeps a free row in each of them;
 * 4. rows are put in the order with few crossings (medians, both directions);
 * 5. every node goes as close to the middle of its neighbours as its row allows.
 */

import {shapeOf} from "./node_shapes";

export const COLUMN = 180;
export const ROW = 120;
const LEFT = 60;
const TOP = 60;
const CELL = {width: 100, height: 80};
const SWEEPS = 8;
/** A way that passes by needs less room than a node. */
const PASSING = 0.5;

/**
 * @param {Object[]} nodes {id, type}, in the order of the flow
 * @param {Object[]} edges {source, target}, ids of nodes
 * @returns {Map} id -> {x, y}, upper left corners
 */
export function layoutOf(nodes, edges) {
    const known = new Set(nodes.map((node) => node.id));
    const inside = edges.filter(
        (edge) =>
            edge.source !== edge.target &&
            known.has(edge.source) &&
            known.has(edge.target)
    );
    const forward = withoutWaysBack(
        nodes.map((node) => node.id),
        inside
    );
    const layerOf = layersOf(
        nodes.map((node) => node.id),
        forward
    );
    const graph = withPassing(nodes, forward, layerOf);
    order(graph);
    const rows = placeRows(graph);
    const top = Math.min(0, ...rows.values());
    const places = new Map();
    for (const node of nodes) {
        const {width, height} = shapeOf(node.type);
        const x = LEFT + COLUMN * layerOf.get(node.id) + (CELL.width - width) / 2;
        const y = TOP + ROW * (rows.get(node.id) - top) + (CELL.height - height) / 2;
        places.set(node.id, {x: Math.round(x), y: Math.round(y)});
    }
    return places;
}

/** The edges without those that lead to a node that is still being followed. */
export function withoutWaysBack(ids, edges) {
    const leaving = new Map(ids.map((id) => [id, []]));
    const entered = new Set();
    for (const edge of edges) {
        leaving.get(edge.source).push(edge);
        entered.add(edge.target);
    }
    const state = new Map();
    const kept = [];
    const roots = [
        ...ids.filter((id) => !entered.has(id)),
        ...ids.filter((id) => entered.has(id)),
    ];
    for (const root of roots) {
        if (state.has(root)) {
            continue;
        }
        state.set(root, "open");
        const stack = [{id: root, rest: leaving.get(root)[Symbol.iterator]()}];
        while (stack.length) {
            const top = stack[stack.length - 1];
            const {value: edge, done} = top.rest.next();
            if (done) {
                state.set(top.id, "closed");
                stack.pop();
            } else if (state.get(edge.target) !== "open") {
                kept.push(edge);
                if (!state.has(edge.target)) {
                    state.set(edge.target, "open");
                    const rest = leaving.get(edge.target)[Symbol.iterator]();
                    stack.push({id: edge.target, rest});
                }
            }
        }
    }
    return kept;
}

/** Length of the longest way to each node; the edges go round in no circle. */
export function layersOf(ids, edges) {
    const layers = new Map(ids.map((id) => [id, 0]));
    const missing = new Map(ids.map((id) => [id, 0]));
    const leaving = new Map(ids.map((id) => [id, []]));
    for (const edge of edges) {
        missing.set(edge.target, missing.get(edge.target) + 1);
        leaving.get(edge.source).push(edge.target);
    }
    const ready = ids.filter((id) => !missing.get(id));
    while (ready.length) {
        const id = ready.shift();
        for (const target of leaving.get(id)) {
            layers.set(target, Math.max(layers.get(target), layers.get(id) + 1));
            missing.set(target, missing.get(target) - 1);
            if (!missing.get(target)) {
                ready.push(target);
            }
        }
    }
    return layers;
}

/** Layers of items; a way over several layers has an item of its own in between. */
function withPassing(nodes, edges, layerOf) {
    const layers = [];
    const items = new Map();
    const add = (id, layer, size) => {
        const item = {id, size, before: [], after: []};
        (layers[layer] ||= []).push(item);
        items.set(id, item);
        return item;
    };
    for (const node of nodes) {
        add(node.id, layerOf.get(node.id), 1);
    }
    edges.forEach((edge, index) => {
        let last = items.get(edge.source);
        const target = items.get(edge.target);
        const end = layerOf.get(edge.target);
        for (let layer = layerOf.get(edge.source) + 1; layer <= end; layer++) {
            const next =
                layer === end
                    ? target
                    : add(`passing ${index} ${layer}`, layer, PASSING);
            last.after.push(next);
            next.before.push(last);
            last = next;
        }
    });
    return layers;
}

function order(layers) {
    const number = (layer) => layer.forEach((item, index) => (item.index = index));
    layers.forEach(number);
    let best = layers.map((layer) => [...layer]);
    let fewest = crossings(layers);
    for (let sweep = 0; sweep < SWEEPS && fewest; sweep++) {
        const down = sweep % 2 === 0;
        const sequence = down ? layers : [...layers].reverse();
        for (const layer of sequence) {
            for (const item of layer) {
                const near = down ? item.before : item.after;
                item.wish = near.length ? median(near.map((n) => n.index)) : item.index;
            }
            layer.sort((a, b) => a.wish - b.wish || a.index - b.index);
            number(layer);
        }
        const count = crossings(layers);
        if (count < fewest) {
            fewest = count;
            best = layers.map((layer) => [...layer]);
        }
    }
    best.forEach((layer, index) => {
        layers[index] = layer;
        number(layer);
    });
}

function crossings(layers) {
    let count = 0;
    for (const layer of layers) {
        const pairs = layer.flatMap((item) =>
            item.after.map((n) => [item.index, n.index])
        );
        for (let one = 0; one < pairs.length; one++) {
            for (let two = one + 1; two < pairs.length; two++) {
                const [a, b] = pairs[one];
                const [c, d] = pairs[two];
                count += (a - c) * (b - d) < 0 ? 1 : 0;
            }
        }
    }
    return count;
}

/** Rows of all items: near their neighbours, never closer than their sizes ask. */
function placeRows(layers) {
    for (const layer of layers) {
        let row = 0;
        for (const item of layer) {
            item.row = row;
            row += item.size;
        }
    }
    for (let sweep = 0; sweep < SWEEPS * 2; sweep++) {
        const down = sweep % 2 === 0;
        for (const layer of down ? layers : [...layers].reverse()) {
            for (const item of layer) {
                const near = down ? item.before : item.after;
                item.wish = near.length ? middle(near.map((n) => n.row)) : item.row;
            }
            settle(layer);
        }
    }
    const rows = new Map();
    for (const item of layers.flat()) {
        rows.set(item.id, Math.round(item.row * 4) / 4);
    }
    return rows;
}

/**
 * Neighbours that wish for the same place are moved together around their average
 * wish (pool adjacent violators), so that the layer stays in its order.
 */
function settle(layer) {
    const groups = [];
    for (const item of layer) {
        let group = {items: [item], total: item.wish, size: item.size};
        let last = groups[groups.length - 1];
        while (last && startOf(group) < startOf(last) + last.size) {
            const shifted = group.total - last.size * group.items.length;
            group = {
                items: [...last.items, ...group.items],
                total: last.total + shifted,
                size: last.size + group.size,
            };
            groups.pop();
            last = groups[groups.length - 1];
        }
        groups.push(group);
    }
    for (const group of groups) {
        let row = startOf(group);
        for (const item of group.items) {
            item.row = row;
            row += item.size;
        }
    }
}

function startOf(group) {
    return group.total / group.items.length;
}

function median(numbers) {
    const sorted = [...numbers].sort((a, b) => a - b);
    return middle([
        sorted[Math.floor((sorted.length - 1) / 2)],
        sorted[Math.ceil((sorted.length - 1) / 2)],
    ]);
}

function middle(numbers) {
    return (Math.min(...numbers) + Math.max(...numbers)) / 2;
}
