import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/**
 * How the types of nodes look: `shape` (event, end, task, gateway), `icon` (a Font
 * Awesome class). Sizes are those of BPMN, so that a drawing keeps its places on the
 * way to a BPMN modeller and back. An addon that contributes a node type adds its
 * look here; without one it looks like a task.
 */
export const nodeShapes = registry.category("scrm_flow_node_shapes");

nodeShapes
    .add("start", {shape: "event", icon: "fa-play", about: _t("Where it begins")})
    .add("user_task", {
        shape: "task",
        icon: "fa-user",
        about: _t("Somebody does something"),
    })
    .add("approval", {
        shape: "task",
        icon: "fa-thumbs-o-up",
        about: _t("Somebody approves or rejects"),
    })
    .add("check", {
        shape: "task",
        icon: "fa-check-square-o",
        about: _t("Somebody checks the work"),
    })
    .add("exclusive_gateway", {
        shape: "gateway",
        icon: "fa-times",
        about: _t("The record decides which one way is taken"),
    })
    .add("parallel_gateway", {
        shape: "gateway",
        icon: "fa-plus",
        about: _t("All ways are taken at once, or meet again"),
    })
    .add("timer", {
        shape: "event",
        icon: "fa-clock-o",
        about: _t("Waits until it is time"),
    })
    .add("service_task", {
        shape: "task",
        icon: "fa-cog",
        about: _t("The system does something by itself"),
    })
    .add("call_activity", {
        shape: "task",
        icon: "fa-share-square-o",
        about: _t("Starts another flow and waits for it"),
    })
    .add("end", {shape: "end", icon: "fa-stop", about: _t("Where it is finished")});

const SIZES = {event: [36, 36], end: [36, 36], task: [100, 80], gateway: [50, 50]};

/** The look of a type: shape, icon, width and height in drawing units. */
export function shapeOf(type) {
    const look = nodeShapes.get(type, {shape: "task", icon: "fa-square-o", about: ""});
    const [width, height] = SIZES[look.shape];
    return {width, height, ...look};
}
