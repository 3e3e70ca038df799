import {_t} from "@web/core/l10n/translation";
import {graphFrom} from "./graph";

const CLASSES = {
    added: "o_scrm_added",
    changed: "o_scrm_changed",
    removed: "o_scrm_removed",
};

/**
 * Adds to the nodes and lines of a drawing what is to be marked: faults, and the
 * differences from another version. A part that looks as before stays the same
 * object, so that it does not render again.
 */
export class Decoration {
    constructor() {
        this.known = new Map();
        this.lists = {};
    }

    nodes(model, compared, lit) {
        const faults = Map.groupBy(model.faults, (fault) => fault.node);
        const names = new Map(model.info.types.map((type) => [type.key, type.name]));
        const shown = model.graph.nodes.map((node) => {
            const texts = (faults.get(node.key) || []).map((fault) => fault.problem);
            const change = compared?.nodes[node.key];
            return this.decorated(node, {
                typeName: names.get(node.type),
                title: [...texts, this.told(change)].filter(Boolean).join("\n"),
                classes: [
                    lit ? lit.node(node.key) : texts.length && "o_scrm_fault",
                    CLASSES[change?.state],
                ]
                    .filter(Boolean)
                    .join(" "),
                badges: texts.length
                    ? [
                          {
                              id: "fault",
                              text: "!",
                              title: texts.join("; "),
                              classes: "text-bg-danger",
                          },
                      ]
                    : [],
            });
        });
        return this.listOf("nodes", [...shown, ...this.gone(compared).nodes]);
    }

    edges(model, compared, lit) {
        const names = new Map(model.graph.nodes.map((node) => [node.id, node.name]));
        const keys = new Map(model.graph.nodes.map((node) => [node.id, node.key]));
        const shown = model.graph.edges.map((edge) => {
            const change = compared?.transitions[edge.key];
            const way = `${names.get(edge.source)} → ${names.get(edge.target)}`;
            const notes = [
                edge.name ? `${edge.name}: ${way}` : way,
                edge.is_default && _t("taken when nothing else is"),
                edge.has_condition && _t("has a condition"),
                this.told(change),
            ];
            return this.decorated(edge, {
                label: notes.filter(Boolean).join(", "),
                classes: [
                    edge.is_default && "o_scrm_default",
                    edge.has_condition && "o_scrm_conditional",
                    CLASSES[change?.state],
                    lit?.edge({
                        key: edge.key,
                        source: keys.get(edge.source),
                        target: keys.get(edge.target),
                    }),
                ]
                    .filter(Boolean)
                    .join(" "),
            });
        });
        return this.listOf("edges", [...shown, ...this.gone(compared).edges]);
    }

    decorated(part, more) {
        const told = JSON.stringify(more);
        const known = this.known.get(part.id);
        if (known && known.part === part && known.told === told) {
            return known.result;
        }
        const result = {...part, ...more};
        this.known.set(part.id, {part, told, result});
        return result;
    }

    /** The same list for the same parts: lines are computed anew for a new one. */
    listOf(name, list) {
        const before = this.lists[name];
        if (
            !before ||
            before.length !== list.length ||
            list.some((p, i) => p !== before[i])
        ) {
            this.lists[name] = list;
        }
        return this.lists[name];
    }

    /** What the other version has and this one has not. */
    gone(compared) {
        if (!compared) {
            return {nodes: [], edges: []};
        }
        if (this.goneOf !== compared) {
            const {nodes, edges} = graphFrom({
                nodes: compared.removed_nodes,
                transitions: compared.removed_transitions,
            });
            const more = {ghost: true, classes: CLASSES.removed, title: _t("removed")};
            const gone = new Set(nodes.map((node) => node.id));
            const here = (id) => (gone.has(id) ? `gone.${id}` : id);
            this.goneOf = compared;
            this.goneParts = {
                nodes: nodes.map((node) => ({...node, ...more, id: `gone.${node.id}`})),
                edges: edges.map((edge) => ({
                    ...edge,
                    ...more,
                    id: `gone.${edge.id}`,
                    source: here(edge.source),
                    target: here(edge.target),
                })),
            };
        }
        return this.goneParts;
    }

    told(change) {
        return {
            added: () => _t("added"),
            changed: () => _t("changed: %s", change.texts.join(", ")),
        }[change?.state]?.();
    }
}
