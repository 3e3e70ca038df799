import {onMounted, onWillUnmount} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {useService} from "@web/core/utils/hooks";

/** Milliseconds between two looks, however much moves. */
export const APART = 1000;
/** A process tells once a second: what it did not tell is seen by looking again. */
export const SETTLED = 1500;
/** What becomes late without anybody doing anything is seen by then. */
export const ANYHOW = 60000;

/**
 * Calls `look` when something has moved on a flow, without a reload: soon after the
 * message, and once more when all is quiet. A window that nobody sees looks when it is
 * seen again.
 *
 * @param {Function} look
 * @returns {Function} listen(flowId): to one flow, or to "all" that one may read
 */
export function useFlowMoves(look) {
    const bus = useService("bus_service");
    let channel = null;
    let heard = null;
    let soon = null;
    let later = null;
    let anyhow = null;
    let last = 0;
    let isStale = false;

    function lookNow() {
        soon = null;
        isStale = document.visibilityState !== "visible";
        if (!isStale) {
            last = Date.now();
            look();
        }
    }

    function onMoved(flowId) {
        if (heard !== "all" && heard !== flowId) {
            return;
        }
        soon ||= browser.setTimeout(lookNow, Math.max(100, last + APART - Date.now()));
        browser.clearTimeout(later);
        later = browser.setTimeout(lookNow, SETTLED);
    }

    function listen(flowId) {
        const wanted = flowId ? `scrm.flow_${flowId}` : null;
        heard = flowId;
        if (wanted === channel) {
            return;
        }
        if (channel) {
            bus.deleteChannel(channel);
        }
        channel = wanted;
        if (channel) {
            bus.addChannel(channel);
        }
    }

    const onReconnect = () => onMoved(heard);
    const onSeen = () => {
        if (heard && (isStale || last + ANYHOW < Date.now())) {
            lookNow();
        }
    };
    onMounted(() => {
        bus.subscribe("scrm_flow/moved", onMoved);
        bus.addEventListener("BUS:RECONNECT", onReconnect);
        document.addEventListener("visibilitychange", onSeen);
        anyhow = browser.setInterval(() => {
            if (heard) {
                lookNow();
            }
        }, ANYHOW);
    });
    onWillUnmount(() => {
        bus.unsubscribe("scrm_flow/moved", onMoved);
        bus.removeEventListener("BUS:RECONNECT", onReconnect);
        document.removeEventListener("visibilitychange", onSeen);
        browser.clearInterval(anyhow);
        browser.clearTimeout(soon);
        browser.clearTimeout(later);
        listen(null);
    });
    return listen;
}
