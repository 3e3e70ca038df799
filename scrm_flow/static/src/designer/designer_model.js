import {EventBus} from "@odoo/owl";
import {ConnectionLostError, RPCError} from "@web/core/network/rpc";
import {Mutex} from "@web/core/utils/concurrency";
import {layoutOf} from "../diagram/layout";
import {applyAll, graphFrom, isUnplaced, Refusal} from "./graph";

/** How long after the last change a draft is saved, and when saving is tried again. */
const SAVE_AFTER = 400;
const RETRY_AFTER = 3000;
const STALE = "StaleDrawing";

/**
 * A flow version as it is being drawn. What people do is shown at once and saved a
 * moment later; it stays in `pending` until the server has it, however long the
 * connection is away. `status`: saved, saving, offline, stale (somebody else has
 * changed the draft; nothing is saved any more), refused.
 */
export class DesignerModel {
    constructor(orm, versionId) {
        this.orm = orm;
        this.versionId = versionId;
        this.bus = new EventBus();
        this.mutex = new Mutex();
        this.graph = {nodes: [], edges: []};
        this.info = {types: [], versions: []};
        this.faults = [];
        this.forget();
    }

    /** Nothing is to be saved, nothing can be undone. */
    forget() {
        this.pending = [];
        this.undoStack = [];
        this.redoStack = [];
        this.removed = {nodes: {}, transitions: {}};
        this.status = "saved";
        this.message = "";
    }

    notify() {
        this.bus.trigger("update");
    }

    // Loading -----------------------------------------------------------------

    async load() {
        const loaded = await this.orm.call("scrm.flow.version", "design_load", [
            [this.versionId],
        ]);
        const {nodes, transitions, faults, revision, ...info} = loaded;
        this.info = info;
        this.revision = revision;
        this.faults = faults;
        this.graph = this.placed(this.keepingSame(graphFrom({nodes, transitions})));
        this.notify();
    }

    /** Objects that are as before stay the same, so that they do not render again. */
    keepingSame(graph) {
        const same = (before, now) => {
            const known = new Map(before.map((part) => [part.id, part]));
            return now.map((part) => {
                const old = known.get(part.id);
                return old && JSON.stringify(old) === JSON.stringify(part) ? old : part;
            });
        };
        return {
            nodes: same(this.graph.nodes, graph.nodes),
            edges: same(this.graph.edges, graph.edges),
        };
    }

    /** Nodes that nobody has placed are laid out; stored with the first change. */
    placed(graph) {
        this.isLaidOut = isUnplaced(graph.nodes);
        if (!this.isLaidOut) {
            return graph;
        }
        const places = layoutOf(graph.nodes, graph.edges);
        return {
            ...graph,
            nodes: graph.nodes.map((node) => ({...node, ...places.get(node.id)})),
        };
    }

    /** Load again what others, or a form, have changed; what can be undone stays. */
    async reload() {
        await this.mutex.exec(() => this.load());
    }

    /** Take over what somebody else has drawn; what was not saved is given up. */
    async discard() {
        this.forget();
        await this.reload();
    }

    /**
     * Load what somebody else has drawn and do again on it what was not saved; what
     * is not possible any more is left out, and said.
     */
    async rebase() {
        const operations = this.pending;
        this.forget();
        await this.reload();
        const lost = [];
        for (const operation of operations) {
            try {
                this.undoStack.push(this.perform([operation]));
            } catch (error) {
                if (!(error instanceof Refusal)) {
                    throw error;
                }
                lost.push(error.message);
            }
        }
        this.message = lost.join(" ");
        this.notify();
    }

    // Editing -----------------------------------------------------------------

    get editable() {
        return Boolean(this.info.editable) && this.status !== "stale";
    }

    /**
     * Do something to the drawing, as one step that can be undone.
     *
     * @param {Object[]} operations
     * @throws {Refusal} nothing has been done
     */
    edit(operations) {
        if (!operations.length || !this.editable) {
            return;
        }
        const inverse = this.perform(operations);
        this.undoStack.push(inverse);
        this.redoStack = [];
        this.notify();
    }

    perform(operations) {
        const {graph, inverse} = applyAll(this.graph, operations);
        if (this.isLaidOut) {
            // before the first change the places that were shown become true
            const places = {};
            for (const {key, x, y} of this.graph.nodes) {
                places[key] = [x, y];
            }
            this.pending.push({op: "move", places});
            this.isLaidOut = false;
        }
        this.graph = graph;
        this.pending.push(...operations);
        this.saveSoon();
        return inverse;
    }

    undo() {
        this.step(this.undoStack, this.redoStack);
    }

    redo() {
        this.step(this.redoStack, this.undoStack);
    }

    step(from, to) {
        const operations = from.pop();
        if (!operations || !this.editable) {
            return;
        }
        try {
            to.push(this.perform(operations));
        } catch (error) {
            if (!(error instanceof Refusal)) {
                throw error;
            }
            // what it was about is gone: nothing to undo, and nothing before it
            from.length = 0;
            this.message = error.message;
        }
        this.notify();
    }

    layOut() {
        const places = {};
        const laidOut = layoutOf(this.graph.nodes, this.graph.edges);
        for (const node of this.graph.nodes) {
            const {x, y} = laidOut.get(node.id);
            if (x !== node.x || y !== node.y) {
                places[node.key] = [x, y];
            }
        }
        if (Object.keys(places).length) {
            this.edit([{op: "move", places}]);
        }
    }

    // Saving ------------------------------------------------------------------

    saveSoon() {
        if (this.status !== "offline") {
            this.status = "saving";
        }
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.save(), SAVE_AFTER);
    }

    /**
     * Send what is pending.
     *
     * @returns {Promise<boolean>} is everything saved now?
     */
    async save() {
        clearTimeout(this.timer);
        await this.mutex.exec(() => this.send());
        return !this.pending.length && this.status !== "refused";
    }

    async send() {
        while (this.pending.length && this.status !== "stale") {
            const operations = this.pending;
            this.pending = [];
            this.sending = operations;
            try {
                const answer = await this.orm.silent.call(
                    "scrm.flow.version",
                    "design_apply",
                    [
                        [this.versionId],
                        this.revision,
                        operations.map((o) => this.told(o)),
                    ]
                );
                this.sending = null;
                this.take(answer);
            } catch (error) {
                this.sending = null;
                await this.notSaved(error, operations);
                return;
            }
        }
    }

    /** An operation for the server; what comes back takes along what it was. */
    told(operation) {
        if (!operation.restore) {
            return operation;
        }
        const kind = operation.op === "add_node" ? "nodes" : "transitions";
        return {...operation, removed: this.removed[kind][operation.key] || false};
    }

    take({revision, faults, ids, removed}) {
        this.revision = revision;
        this.faults = faults;
        Object.assign(this.removed.nodes, removed.nodes);
        Object.assign(this.removed.transitions, removed.transitions);
        const known = (parts, found) =>
            parts.map((part) =>
                found[part.key] ? {...part, resId: found[part.key]} : part
            );
        this.graph = {
            nodes: known(this.graph.nodes, ids.nodes),
            edges: known(this.graph.edges, ids.transitions),
        };
        this.status = this.pending.length ? "saving" : "saved";
        this.message = "";
        this.notify();
    }

    async notSaved(error, operations) {
        if (error instanceof ConnectionLostError) {
            this.pending = [...operations, ...this.pending];
            this.status = "offline";
            this.timer = setTimeout(() => this.save(), RETRY_AFTER);
        } else if (error instanceof RPCError) {
            this.message = error.data?.message || error.message;
            if (error.data?.name?.endsWith(STALE)) {
                this.pending = [...operations, ...this.pending];
                this.status = "stale";
            } else {
                this.forgetRefused(error.data?.message || error.message);
                await this.load();
            }
        } else {
            this.pending = [...operations, ...this.pending];
            throw error;
        }
        this.notify();
    }

    forgetRefused(message) {
        this.forget();
        this.status = "refused";
        this.message = message;
    }

    /** Somebody else has saved this draft; what was told of our own saves is known. */
    heard({revision, user}) {
        if (revision <= this.revision || this.sending || this.isHeld) {
            return;
        }
        this.changedBy = user;
        if (this.pending.length) {
            this.status = "stale";
            this.notify();
        } else {
            this.reload().then(() => this.bus.trigger("changed_elsewhere"));
        }
    }

    /**
     * Something else than the designer is about to change the draft, say a form:
     * save first, wait for it, then load what it has made of it.
     */
    async around(action) {
        if (!(await this.save())) {
            return false;
        }
        this.isHeld = true;
        try {
            return await this.mutex.exec(action);
        } finally {
            await this.reload();
            this.isHeld = false;
        }
    }
}
