/**
 * Places and lines of a drawing. Everything is in drawing units (pixels at zoom 1);
 * a box is {x, y, width, height} with its upper left corner, a point is [x, y].
 */

import {shapeOf} from "./node_shapes";

/** How far lines keep away from the shapes they pass. */
const GAP = 20;
const CORNER = 6;
/** How far lines that go the same way keep apart. */
const SHIFT = 8;

export function boxOf(node) {
    const {width, height} = shapeOf(node.type);
    return {x: node.x, y: node.y, width, height};
}

export function centerOf(box) {
    return [box.x + box.width / 2, box.y + box.height / 2];
}

/** The smallest box around all of them; null for none. */
export function boundsOf(boxes) {
    if (!boxes.length) {
        return null;
    }
    const x = Math.min(...boxes.map((box) => box.x));
    const y = Math.min(...boxes.map((box) => box.y));
    return {
        x,
        y,
        width: Math.max(...boxes.map((box) => box.x + box.width)) - x,
        height: Math.max(...boxes.map((box) => box.y + box.height)) - y,
    };
}

export function boxesMeet(one, other) {
    return (
        one.x < other.x + other.width &&
        other.x < one.x + one.width &&
        one.y < other.y + other.height &&
        other.y < one.y + one.height
    );
}

export function contains(box, [x, y]) {
    return (
        x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height
    );
}

/** The box between two opposite corners. */
export function boxBetween([ax, ay], [bx, by]) {
    return {
        x: Math.min(ax, bx),
        y: Math.min(ay, by),
        width: Math.abs(ax - bx),
        height: Math.abs(ay - by),
    };
}

/**
 * The corners of the line from one node to another: the way with the fewest shapes
 * in it, of those the one with the fewest corners and the least length.
 *
 * @param {Object} source a node
 * @param {Object} target a node
 * @param {Object[]} others boxes the line should not cross
 * @param {number} lane keeps lines apart that go back the same way: 0, 1, 2...
 * @param {boolean} apart another line goes straight from one to the other already
 */
export function routeOf(source, target, others = [], lane = 0, apart = false) {
    const from = boxOf(source);
    const to = boxOf(target);
    const ends = {source, target, from, to, others, lane, apart};
    let best = null;
    let bestCost = Infinity;
    for (const points of candidates(ends)) {
        const cost = costOf(points, from, to, others);
        if (cost < bestCost) {
            best = points;
            bestCost = cost;
        }
    }
    return tidy(best);
}

function* candidates(ends) {
    const {source, target, from, to, apart} = ends;
    if (source.id === target.id) {
        yield circle(ends);
    } else if (from.x + from.width < to.x) {
        if (!apart) {
            yield* waysForward(ends);
        }
        yield* waysPast(ends);
    } else {
        yield* waysBack(ends);
    }
}

/** From a node to itself: out to the right, in from below. */
function circle({from, lane}) {
    const [x, y] = centerOf(from);
    const below = from.y + from.height + GAP + lane * SHIFT;
    const right = from.x + from.width;
    return [
        [right, y],
        [right + GAP, y],
        [right + GAP, below],
        [x, below],
        [x, from.y + from.height],
    ];
}

function* waysForward({source, target, from, to}) {
    const [sx, sy] = centerOf(from);
    const [tx, ty] = centerOf(to);
    const right = from.x + from.width;
    if (Math.abs(sy - ty) < 1) {
        yield [
            [right, sy],
            [to.x, ty],
        ];
    }
    // out of a gateway upwards or downwards, into a gateway from above or below
    if (isGateway(source) && Math.abs(sy - ty) > from.height / 2 + 5) {
        yield [
            [sx, ty > sy ? from.y + from.height : from.y],
            [sx, ty],
            [to.x, ty],
        ];
    }
    if (isGateway(target) && Math.abs(sy - ty) > to.height / 2 + 5) {
        yield [
            [right, sy],
            [tx, sy],
            [tx, ty > sy ? to.y : to.y + to.height],
        ];
    }
    const middle = (right + to.x) / 2;
    for (const bend of [
        middle,
        Math.min(right + GAP, middle),
        Math.max(to.x - GAP, middle),
    ]) {
        yield [
            [right, sy],
            [bend, sy],
            [bend, ty],
            [to.x, ty],
        ];
    }
}

/** Below or above everything that lies between the two. */
function* waysPast(ends) {
    const {from, to} = ends;
    const sy = centerOf(from)[1];
    const ty = centerOf(to)[1];
    const right = from.x + from.width;
    for (const level of Object.values(levelsAround(ends))) {
        yield [
            [right, sy],
            [right + GAP, sy],
            [right + GAP, level],
            [to.x - GAP, level],
            [to.x - GAP, ty],
            [to.x, ty],
        ];
    }
}

function* waysBack(ends) {
    const {from, to, lane} = ends;
    const [sx] = centerOf(from);
    const [tx] = centerOf(to);
    const bottom = from.y + from.height;
    const below = to.y + to.height;
    if (Math.abs(sx - tx) < 1 && (bottom < to.y || below < from.y)) {
        yield [
            [sx, to.y > bottom ? bottom : from.y],
            [tx, to.y > bottom ? to.y : below],
        ];
    } else if (bottom < to.y || below < from.y) {
        // one above the other, but not quite
        const [leave, arrive] = to.y > bottom ? [bottom, to.y] : [from.y, below];
        const middle = (leave + arrive) / 2;
        yield [
            [sx, leave],
            [sx, middle],
            [tx, middle],
            [tx, arrive],
        ];
    }
    const {low, high} = levelsAround(ends);
    for (const level of [Math.max(bottom, below) + GAP + lane * SHIFT, low]) {
        yield [
            [sx, bottom],
            [sx, level],
            [tx, level],
            [tx, below],
        ];
    }
    yield [
        [sx, from.y],
        [sx, high],
        [tx, high],
        [tx, to.y],
    ];
}

function levelsAround({from, to, others, lane}) {
    const both = boundsOf([from, to]);
    const between = others.filter((box) =>
        boxesMeet(box, {
            x: both.x,
            y: both.y - GAP * 2,
            width: both.width,
            height: both.height + GAP * 4,
        })
    );
    const all = boundsOf([both, ...between]);
    return {
        low: all.y + all.height + GAP + lane * SHIFT,
        high: all.y - GAP - lane * SHIFT,
    };
}

function isGateway(node) {
    return shapeOf(node.type).shape === "gateway";
}

function costOf(points, from, to, others) {
    let cost = points.length * 10;
    for (let index = 1; index < points.length; index++) {
        const [ax, ay] = points[index - 1];
        const [bx, by] = points[index];
        cost += (Math.abs(ax - bx) + Math.abs(ay - by)) * 0.1;
        const piece = {
            x: Math.min(ax, bx) - 2,
            y: Math.min(ay, by) - 2,
            width: Math.abs(ax - bx) + 4,
            height: Math.abs(ay - by) + 4,
        };
        for (const box of others) {
            if (boxesMeet(piece, box)) {
                cost += 1000;
            }
        }
        // the inner pieces must not run through the two ends either
        if (index > 1 && index < points.length - 1) {
            cost += boxesMeet(piece, from) ? 500 : 0;
            cost += boxesMeet(piece, to) ? 500 : 0;
        }
    }
    return cost;
}

function tidy(points) {
    const kept = [];
    for (const point of points) {
        const last = kept[kept.length - 1];
        if (
            last &&
            Math.abs(last[0] - point[0]) < 0.5 &&
            Math.abs(last[1] - point[1]) < 0.5
        ) {
            continue;
        }
        const before = kept[kept.length - 2];
        if (
            before &&
            ((before[0] === last[0] && last[0] === point[0]) ||
                (before[1] === last[1] && last[1] === point[1]))
        ) {
            kept.pop();
        }
        kept.push(point);
    }
    return kept;
}

/** The `d` of an SVG path along the corners, which are rounded. */
export function pathOf(points) {
    if (points.length < 2) {
        return "";
    }
    let path = `M${points[0][0]} ${points[0][1]}`;
    for (let index = 1; index < points.length - 1; index++) {
        const corner = points[index];
        const radius = Math.min(
            CORNER,
            distance(points[index - 1], corner) / 2,
            distance(corner, points[index + 1]) / 2
        );
        const before = toward(corner, points[index - 1], radius);
        const after = toward(corner, points[index + 1], radius);
        path += `L${before[0]} ${before[1]}Q${corner[0]} ${corner[1]} ${after[0]} ${after[1]}`;
    }
    const last = points[points.length - 1];
    return `${path}L${last[0]} ${last[1]}`;
}

/** Where the name of a line stands: the middle of its longest level piece. */
export function labelPointOf(points) {
    let best = 1;
    let longest = -1;
    for (let index = 1; index < points.length; index++) {
        const [ax, ay] = points[index - 1];
        const [bx, by] = points[index];
        const level = Math.abs(ay - by) < 1;
        const length = distance([ax, ay], [bx, by]) * (level ? 1 : 0.4);
        if (length >= longest) {
            longest = length;
            best = index;
        }
    }
    const [ax, ay] = points[best - 1];
    const [bx, by] = points[best];
    return [(ax + bx) / 2, (ay + by) / 2];
}

function distance([ax, ay], [bx, by]) {
    return Math.hypot(ax - bx, ay - by);
}

function toward([ax, ay], [bx, by], length) {
    const whole = Math.hypot(ax - bx, ay - by) || 1;
    return [ax + ((bx - ax) * length) / whole, ay + ((by - ay) * length) / whole];
}
