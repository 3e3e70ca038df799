import {_t} from "@web/core/l10n/translation";

/** Where the page is opened in a group, by WeCom's names. */
const GROUP = "group_chat_tools";
/** Milliseconds that WeCom has for its answer. */
const PATIENCE = 15000;

/** WeCom's own words on what went wrong. */
function words(answer) {
    return answer?.err_msg || answer?.errMsg || "";
}

function within(promise) {
    let timer = null;
    const late = new Promise((_resolve, reject) => {
        timer = setTimeout(
            () => reject(new Error(_t("WeCom does not answer."))),
            PATIENCE
        );
    });
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function configured(wx, sdk) {
    const signed = {timestamp: sdk.timestamp, nonceStr: sdk.nonce};
    return new Promise((resolve, reject) => {
        wx.config({
            ...signed,
            beta: true,
            debug: false,
            appId: sdk.corp_id,
            signature: sdk.signature,
            jsApiList: sdk.calls,
        });
        wx.error((answer) => reject(new Error(words(answer))));
        wx.ready(() =>
            wx.agentConfig({
                ...signed,
                corpid: sdk.corp_id,
                agentid: sdk.agent_id,
                signature: sdk.agent_signature,
                jsApiList: sdk.calls,
                success: resolve,
                fail: (answer) => reject(new Error(words(answer))),
            })
        );
    });
}

function invoked(wx, name) {
    return new Promise((resolve, reject) => {
        wx.invoke(name, {}, (answer) =>
            words(answer) === `${name}:ok`
                ? resolve(answer)
                : reject(new Error(words(answer)))
        );
    });
}

/**
 * Which chat the page is opened beside, as WeCom's JS-SDK says.
 *
 * @param {Object} sdk what our server signed for this page
 * @returns {Promise<Object>} {entry, kind: "contact" or "group", identity}
 */
export async function currentTalk(sdk) {
    const {wx} = window;
    if (!wx?.agentConfig) {
        throw new Error(_t("Please open this page in WeCom."));
    }
    await within(configured(wx, sdk));
    const {entry} = await within(invoked(wx, "getContext"));
    if (entry === GROUP) {
        const {chatId} = await within(invoked(wx, "getCurExternalChat"));
        return {entry, kind: "group", identity: chatId};
    }
    const {userId} = await within(invoked(wx, "getCurExternalContact"));
    return {entry, kind: "contact", identity: userId};
}
