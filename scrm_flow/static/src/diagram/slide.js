/**
 * Shows an element elsewhere, many times a second, without touching its `style`
 * attribute: style sheets of the backend ask `body:has(...)` for that attribute, so
 * that every change of it costs the style of the whole page. A paused animation does
 * the same and costs only the element.
 */
export class Slide {
    constructor(element) {
        this.animation = element.animate([], {duration: 1000, fill: "both"});
        this.animation.pause();
    }

    /** @param {Object} look CSS properties in camel case */
    to(look) {
        this.animation.effect.setKeyframes([look, look]);
    }

    /** The element is again as its attributes say. */
    stop() {
        this.animation.cancel();
    }
}
