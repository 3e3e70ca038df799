/**
 * What a course in the sandbox lights up on the drawing.
 *
 * @param {Object} course answer of `scrm.flow.sandbox.play`, or null
 * @returns {{node: Function, edge: Function}} key -> CSS classes; null without a course
 */
export function litPath(course) {
    if (!course) {
        return null;
    }
    const keys = course.path.map((place) => place.key);
    const passed = new Set(keys);
    const open = new Set(
        course.steps
            .filter((step) => ["open", "waiting"].includes(step.state))
            .map((step) => step.node)
    );
    const stuck = new Set(course.stuck.map((item) => item.node));
    const taken = new Set(course.steps.map((step) => step.transition).filter(Boolean));
    for (const asked of course.conditions) {
        if (asked.holds) {
            taken.add(asked.key);
        }
    }
    const after = new Map();
    keys.slice(1).forEach((key, n) => {
        after.set(keys[n], (after.get(keys[n]) || new Set()).add(key));
    });
    return {
        node(key) {
            if (stuck.has(key)) {
                return "o_scrm_fault";
            }
            if (open.has(key)) {
                return "o_scrm_now o_scrm_pulse";
            }
            return passed.has(key) ? "o_scrm_done" : "o_scrm_muted";
        },
        /** @param {Object} edge with the keys of its ends */
        edge({key, source, target}) {
            const isTaken = taken.has(key) || after.get(source)?.has(target);
            return isTaken && passed.has(source) && passed.has(target)
                ? "o_scrm_travelled"
                : "o_scrm_muted";
        },
    };
}
