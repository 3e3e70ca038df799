import {_t} from "@web/core/l10n/translation";
import {formatPercentage} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";

/**
 * A rate of something that has not happened yet is no 0 %.
 *
 * @param {Number|Boolean} value share of 1, or false when there is nothing to measure
 * @param {Object} options those of a percentage
 * @returns {String}
 */
export function formatRate(value, options) {
    const isKnown = value !== false && value !== null && value !== undefined;
    return isKnown ? formatPercentage(value, options) : _t("none yet");
}
formatRate.extractOptions = formatPercentage.extractOptions;

registry.category("formatters").add("scrm_rate", formatRate);
