export const MIN_ZOOM = 0.15;
export const MAX_ZOOM = 2.5;
const MARGIN = 40;

/**
 * The part of a drawing that is seen: the drawing is scaled by `zoom`, then shifted
 * by `x` and `y` pixels of the screen.
 */
export class Viewport {
    constructor() {
        this.x = 0;
        this.y = 0;
        this.zoom = 1;
        this.width = 0;
        this.height = 0;
    }

    /** A point of the screen, from the viewport's corner, as a point of the drawing. */
    toDrawing([x, y]) {
        return [(x - this.x) / this.zoom, (y - this.y) / this.zoom];
    }

    toScreen([x, y]) {
        return [x * this.zoom + this.x, y * this.zoom + this.y];
    }

    resize(width, height) {
        this.width = width;
        this.height = height;
    }

    panBy(x, y) {
        this.x += x;
        this.y += y;
    }

    /** Zoom so that what is under this point of the screen stays there. */
    zoomAt([x, y], zoom) {
        const [dx, dy] = this.toDrawing([x, y]);
        this.zoom = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, zoom));
        this.x = x - dx * this.zoom;
        this.y = y - dy * this.zoom;
    }

    zoomBy(factor) {
        this.zoomAt([this.width / 2, this.height / 2], this.zoom * factor);
    }

    /** Show the whole box, not larger than life; from its left if `least` is more. */
    fit(box, least = 0) {
        if (!box || !this.width || !this.height) {
            return;
        }
        const zoom = Math.min(
            1,
            (this.width - 2 * MARGIN) / Math.max(box.width, 1),
            (this.height - 2 * MARGIN) / Math.max(box.height, 1)
        );
        this.zoom = Math.max(MIN_ZOOM, least, zoom);
        const free = (this.width - box.width * this.zoom) / 2;
        this.x = Math.max(free, MARGIN / 2) - box.x * this.zoom;
        this.y = (this.height - box.height * this.zoom) / 2 - box.y * this.zoom;
    }

    /** Shift as little as needed to show the box. */
    reveal(box) {
        const [left, top] = this.toScreen([box.x, box.y]);
        const right = left + box.width * this.zoom;
        const bottom = top + box.height * this.zoom;
        if (left < MARGIN) {
            this.x += MARGIN - left;
        } else if (right > this.width - MARGIN) {
            this.x -= right - this.width + MARGIN;
        }
        if (top < MARGIN) {
            this.y += MARGIN - top;
        } else if (bottom > this.height - MARGIN) {
            this.y -= bottom - this.height + MARGIN;
        }
    }

    centerOn([x, y]) {
        this.x = this.width / 2 - x * this.zoom;
        this.y = this.height / 2 - y * this.zoom;
    }

    /** The part of the drawing that is seen. */
    get box() {
        const [x, y] = this.toDrawing([0, 0]);
        return {x, y, width: this.width / this.zoom, height: this.height / this.zoom};
    }
}
