import {browser} from "@web/core/browser/browser";
import {user} from "@web/core/user";

/**
 * What a phone keeps by itself: the last list of steps, what was typed and not sent,
 * and what was sent while there was no connection. It stays through a reload and until
 * the server has answered; the server does each deed once, by its key.
 */
export class Outbox {
    constructor(name = "scrm_work") {
        this.prefix = `${name}.${user.userId || ""}`;
    }

    read(part, otherwise) {
        const text = browser.localStorage.getItem(`${this.prefix}.${part}`);
        try {
            return text ? JSON.parse(text) : otherwise;
        } catch {
            return otherwise;
        }
    }

    /** @returns {Boolean} false when the phone has no room left */
    write(part, value) {
        try {
            browser.localStorage.setItem(
                `${this.prefix}.${part}`,
                JSON.stringify(value)
            );
            return true;
        } catch {
            return false;
        }
    }

    get waiting() {
        return this.read("waiting", []);
    }

    /** @returns {Boolean} as write */
    add(deed) {
        const key = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
        return this.write("waiting", [...this.waiting, {...deed, key: `w-${key}`}]);
    }

    /** What the server could not take in: kept until somebody sends it again. */
    get aside() {
        return this.read("aside", []);
    }

    /** Put a deed aside, so that those behind it go on. */
    setAside(deed) {
        if (this.write("aside", [...this.aside, deed])) {
            this.remove(deed.key);
        }
    }

    /** Have what was put aside wait again, before what was typed since. */
    takeBack() {
        if (this.write("waiting", [...this.aside, ...this.waiting])) {
            this.write("aside", []);
        }
    }

    remove(key) {
        this.write(
            "waiting",
            this.waiting.filter((deed) => deed.key !== key)
        );
    }
}

/** A picture of at most this side, so that it goes through a weak connection. */
const SIDE = 1600;

/**
 * @param {File} file
 * @returns {Promise<String>} base64 of a smaller JPEG
 */
export async function smaller(file) {
    const bitmap = await window.createImageBitmap(file);
    const scale = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/jpeg", 0.8).split(",")[1];
}
