const STEP = 10;
const FAR = 50;
const ARROWS = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
};

/** Keys with Ctrl (on a Mac with Cmd). */
const SHORTCUTS = {
    z: (designer, ev) => (ev.shiftKey ? designer.model.redo() : designer.model.undo()),
    y: (designer) => designer.model.redo(),
    c: (designer) => designer.pencil.copySelected(),
    x: (designer) => {
        designer.pencil.copySelected();
        designer.pencil.removeSelected();
    },
    v: (designer) => designer.pencil.paste(),
    a: (designer) => designer.pencil.selectAll(),
    l: (designer) => designer.pencil.connectSelected(),
};

const KEYS = {
    Delete: (designer) => designer.pencil.removeSelected(),
    Backspace: (designer) => designer.pencil.removeSelected(),
    Escape: (designer) => designer.onBackgroundClick(),
    F2: (designer) => {
        const [node] = designer.selectedNodes;
        return node && designer.inspect(node);
    },
};

/** Where keys are meant for the drawing: on it, on its palette and its tools. */
const HERE = ".o_scrm_diagram, .o_scrm_palette, .o_scrm_tools";

/** Is this key meant for the drawing, or typed into a field or a dialog? */
function isMeant(ev) {
    const isHere = ev.target === document.body || ev.target.closest(HERE);
    return isHere && !document.querySelector(".o_dialog");
}

/**
 * Keyboard use of the drawing. Tab goes from node to node, Enter opens one, Shift+Enter
 * marks several; a node that has the focus counts as marked when nothing is.
 */
export function onDesignerKey(designer, ev) {
    const isShortcut = ev.ctrlKey || ev.metaKey;
    const action = isShortcut ? SHORTCUTS[ev.key.toLowerCase()] : KEYS[ev.key];
    const arrow = !isShortcut && ARROWS[ev.key];
    if ((!action && !arrow) || !isMeant(ev)) {
        return;
    }
    const focused = ev.target.closest(".o_scrm_node, .o_scrm_edge");
    if (focused && ev.key !== "Escape" && !designer.state.selectedIds.length) {
        designer.select([focused.dataset.nodeId || focused.dataset.edgeId]);
    }
    ev.preventDefault();
    ev.stopPropagation();
    if (action) {
        action(designer, ev);
    } else if (designer.model.editable) {
        const step = ev.shiftKey ? FAR : STEP;
        designer.pencil.moveSelected(arrow[0] * step, arrow[1] * step);
    }
}
