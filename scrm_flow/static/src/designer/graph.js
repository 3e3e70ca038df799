/**
 * The drawing as plain data, and what can be done to it. Nothing is changed in
 * place: `apply` gives a new graph in which only what has changed is a new object,
 * and the operations that undo it.
 *
 * A graph is `{nodes, edges}`. Nodes are `{id, key, resId, name, type, x, y}`, edges
 * `{id, key, resId, name, source, target}`; `id` is the key with a prefix, so that it
 * is known before the server has heard of it. The operations are those of
 * `scrm.flow.version.design_apply`, which checks them once more.
 */

import {_t} from "@web/core/l10n/translation";
import {shapeOf} from "../diagram/node_shapes";

/** An operation that cannot be done; the message is for people. */
export class Refusal extends Error {}

export const nodeId = (key) => `node.${key}`;
export const edgeId = (key) => `way.${key}`;

export function graphFrom({nodes, transitions}) {
    return {
        nodes: nodes.map(({id: resId, ...node}) => ({
            ...node,
            resId,
            id: nodeId(node.key),
        })),
        edges: transitions.map(({id: resId, ...way}) => ({
            ...way,
            resId,
            id: edgeId(way.key),
            source: nodeId(way.source),
            target: nodeId(way.target),
        })),
    };
}

function addNode(graph, {key, type, name, x, y}) {
    if (graph.nodes.some((node) => node.key === key)) {
        throw new Refusal(_t("There is already a node “%s”.", key));
    }
    if (type === "start" && graph.nodes.some((node) => node.type === "start")) {
        throw new Refusal(_t("A flow has one start, and it has it already."));
    }
    const node = {id: nodeId(key), key, resId: false, type, name, x, y};
    return {
        graph: {...graph, nodes: [...graph.nodes, node]},
        inverse: [{op: "remove", nodes: [key], transitions: []}],
    };
}

function addTransition(graph, {key, source, target, name, restore}) {
    if (graph.edges.some((edge) => edge.key === key)) {
        throw new Refusal(_t("There is already a transition “%s”.", key));
    }
    const from = nodeOf(graph, source);
    const to = nodeOf(graph, target);
    const refused = !restore && whyNotConnect(graph, from, to);
    if (refused) {
        throw new Refusal(refused);
    }
    const edge = {
        id: edgeId(key),
        key,
        resId: false,
        name: name || "",
        source: from.id,
        target: to.id,
        is_default: false,
        has_condition: false,
    };
    return {
        graph: {...graph, edges: [...graph.edges, edge]},
        inverse: [{op: "remove", nodes: [], transitions: [key]}],
    };
}

/** Why no line can lead from one node to another, in words; "" when it can. */
export function whyNotConnect(graph, source, target) {
    if (source.id === target.id) {
        return _t("“%s” cannot lead to itself.", source.name);
    }
    if (target.type === "start") {
        return _t("Nothing leads into the start “%s”.", target.name);
    }
    if (shapeOf(source.type).shape === "end") {
        return _t("Nothing leaves the end “%s”.", source.name);
    }
    if (
        graph.edges.some(
            (edge) => edge.source === source.id && edge.target === target.id
        )
    ) {
        return _t("“%(before)s” leads to “%(after)s” already.", {
            before: source.name,
            after: target.name,
        });
    }
    return "";
}

function move(graph, {places}) {
    const before = {};
    for (const key of Object.keys(places)) {
        const {x, y} = nodeOf(graph, key);
        before[key] = [x, y];
    }
    const nodes = graph.nodes.map((node) => {
        const place = places[node.key];
        return place ? {...node, x: place[0], y: place[1]} : node;
    });
    return {graph: {...graph, nodes}, inverse: [{op: "move", places: before}]};
}

function rename(graph, {key, name}) {
    const before = nodeOf(graph, key).name;
    return {
        graph: {
            ...graph,
            nodes: graph.nodes.map((node) =>
                node.key === key ? {...node, name} : node
            ),
        },
        inverse: [{op: "rename", key, name: before}],
    };
}

function remove(graph, {nodes: nodeKeys = [], transitions: edgeKeys = []}) {
    const nodes = nodeKeys.map((key) => nodeOf(graph, key));
    const ids = new Set(nodes.map((node) => node.id));
    const edges = graph.edges.filter(
        (edge) =>
            edgeKeys.includes(edge.key) || ids.has(edge.source) || ids.has(edge.target)
    );
    return {
        graph: {
            ...graph,
            nodes: graph.nodes.filter((node) => !ids.has(node.id)),
            edges: graph.edges.filter((edge) => !edges.includes(edge)),
        },
        inverse: [
            ...nodes.map(({key, type, name, x, y}) => ({
                op: "add_node",
                key,
                type,
                name,
                x,
                y,
                restore: true,
            })),
            ...edges.map((edge) => ({
                op: "add_transition",
                key: edge.key,
                source: keyOf(graph, edge.source),
                target: keyOf(graph, edge.target),
                name: edge.name,
                restore: true,
            })),
        ],
    };
}

const OPERATIONS = {
    add_node: addNode,
    add_transition: addTransition,
    move,
    rename,
    remove,
};

/**
 * @param {Object} graph
 * @param {Object} operation
 * @returns {{graph: Object, inverse: Object[]}}
 * @throws {Refusal}
 */
export function apply(graph, operation) {
    return OPERATIONS[operation.op](graph, operation);
}

/** Several operations; the inverse is in the order in which it has to be done. */
export function applyAll(graph, operations) {
    let inverse = [];
    for (const operation of operations) {
        const result = apply(graph, operation);
        graph = result.graph;
        inverse = [...result.inverse, ...inverse];
    }
    return {graph, inverse};
}

export function keyOf(graph, id) {
    return graph.nodes.find((node) => node.id === id)?.key;
}

function nodeOf(graph, key) {
    const node = graph.nodes.find((one) => one.key === key);
    if (!node) {
        throw new Refusal(_t("The node “%s” is not there any more.", key));
    }
    return node;
}

/** A key that nothing in the graph has: the base, or the base with a number. */
export function newKey(parts, base) {
    const taken = new Set(parts.map((part) => part.key));
    const stem = base.replace(/_\d+$/, "");
    let number = 1;
    while (taken.has(`${stem}_${number}`)) {
        number++;
    }
    return `${stem}_${number}`;
}

/** Have these nodes never been placed? */
export function isUnplaced(nodes) {
    return nodes.filter((node) => !node.x && !node.y).length > 1;
}

/**
 * The operations that put copies of nodes and of the lines between them.
 *
 * @param {Object} graph into which they are put
 * @param {Object} copied {version_id, nodes, edges} as they were copied
 * @param {number} shift how far from where they were, in drawing units
 */
export function pasteOperations(graph, {version_id, nodes, edges}, shift) {
    const operations = [];
    const keys = new Map();
    const taken = [...graph.nodes];
    for (const node of nodes) {
        if (node.type === "start") {
            continue; // there is one already, or its copy would be in the way
        }
        const key = newKey(taken, node.key);
        taken.push({key});
        keys.set(node.id, key);
        operations.push({
            op: "add_node",
            key,
            type: node.type,
            name: node.name,
            x: node.x + shift,
            y: node.y + shift,
            copy_of: {version_id, key: node.key},
        });
    }
    const ways = [...graph.edges];
    for (const edge of edges) {
        if (keys.has(edge.source) && keys.has(edge.target)) {
            const key = newKey(ways, edge.key);
            ways.push({key});
            operations.push({
                op: "add_transition",
                key,
                source: keys.get(edge.source),
                target: keys.get(edge.target),
                name: edge.name,
                copy_of: {version_id, key: edge.key},
            });
        }
    }
    return operations;
}
