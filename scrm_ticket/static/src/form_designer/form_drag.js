import {useExternalListener, useState} from "@odoo/owl";

const THRESHOLD = 5;
/** Nearer than this to an edge of what scrolls, in pixels, it scrolls. */
const EDGE = 40;

/**
 * Dragging of what has `data-drag` into the form: a kind of field, a field of the
 * catalogue, or a line of the form itself.
 *
 * @param {{el: HTMLElement}} rootRef holds both
 * @param {Function} onDrop (what: String, place: {section, index}) dropped here
 * @returns {Object} reactive: `what` is being dragged, `label`, and `place` it would go to
 */
export function useFormDrag(rootRef, onDrop) {
    const drag = useState({what: null, label: "", x: 0, y: 0, place: null});
    let pressed = null;
    let justDropped = false;

    /** Where in the form a point of the window is; null outside of it. */
    function placeAt(x, y) {
        const paper = rootRef.el.querySelector(".o_scrm_fd_paper");
        const box = paper.getBoundingClientRect();
        if (x < box.left || x > box.right || y < box.top || y > box.bottom) {
            return null;
        }
        const sections = [...paper.querySelectorAll("[data-section]")];
        const section =
            sections.find((el) => y <= el.getBoundingClientRect().bottom) ||
            sections.at(-1);
        const lines = [...section.querySelectorAll("[data-line]")].filter(
            (el) => `line:${el.dataset.line}` !== drag.what
        );
        const middle = (el) => {
            const rect = el.getBoundingClientRect();
            return rect.top + rect.height / 2;
        };
        return {
            section: section.dataset.section,
            index: lines.filter((el) => middle(el) < y).length,
        };
    }

    function scrollAt(y) {
        const paper = rootRef.el.querySelector(".o_scrm_fd_paper");
        const box = paper.getBoundingClientRect();
        if (y < box.top + EDGE) {
            paper.scrollTop -= 12;
        } else if (y > box.bottom - EDGE) {
            paper.scrollTop += 12;
        }
    }

    function stop() {
        pressed = null;
        Object.assign(drag, {what: null, place: null});
    }

    useExternalListener(window, "pointermove", (ev) => {
        if (!pressed) {
            return;
        }
        const far =
            Math.hypot(ev.clientX - pressed.x, ev.clientY - pressed.y) > THRESHOLD;
        if (!drag.what && far) {
            Object.assign(drag, {what: pressed.what, label: pressed.label});
        }
        if (drag.what) {
            drag.x = ev.clientX;
            drag.y = ev.clientY;
            scrollAt(ev.clientY);
            const place = placeAt(ev.clientX, ev.clientY);
            if (JSON.stringify(place) !== JSON.stringify(drag.place)) {
                drag.place = place;
            }
        }
    });
    useExternalListener(window, "pointerup", () => {
        const {what, place} = drag;
        stop();
        if (what) {
            justDropped = true;
            setTimeout(() => (justDropped = false));
            if (place) {
                onDrop(what, place);
            }
        }
    });
    useExternalListener(window, "pointercancel", stop);

    drag.start = (what, label, ev) => {
        if (ev.button === 0) {
            pressed = {what, label, x: ev.clientX, y: ev.clientY};
            ev.target.releasePointerCapture?.(ev.pointerId);
        }
    };
    /** Is a click the end of a drag? */
    drag.wasDropped = () => justDropped;
    return drag;
}
