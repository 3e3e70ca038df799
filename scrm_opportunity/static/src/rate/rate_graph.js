import {GraphModel} from "@web/views/graph/graph_model";
import {graphView} from "@web/views/graph/graph_view";
import {registry} from "@web/core/registry";

/** A line of rates goes from one that is known to the next, never down to zero. */
export class RateGraphModel extends GraphModel {
    async _loadDataPoints() {
        const [points, ...others] = await super._loadDataPoints(...arguments);
        return [points.filter((point) => point.value !== false), ...others];
    }
}

registry
    .category("views")
    .add("scrm_rate_graph", {...graphView, Model: RateGraphModel});
