import {onMounted} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {KanbanController} from "@web/views/kanban/kanban_controller";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {ListController} from "@web/views/list/list_controller";
import {listView} from "@web/views/list/list_view";
import {useFlowMoves} from "./flow_moves";

/** A board that follows what moves on all flows one may read, without a reload. */
function useLiveBoard(controller) {
    const listen = useFlowMoves(() => {
        // What somebody is just selecting stays; it is looked at anew when that is over
        if (!controller.model.root.selection?.length) {
            controller.model.load();
        }
    });
    onMounted(() => listen("all"));
}

export class LiveKanbanController extends KanbanController {
    setup() {
        super.setup();
        useLiveBoard(this);
    }
}

export class LiveListController extends ListController {
    setup() {
        super.setup();
        useLiveBoard(this);
    }
}

registry
    .category("views")
    .add("scrm_flow_live_kanban", {...kanbanView, Controller: LiveKanbanController})
    .add("scrm_flow_live_list", {...listView, Controller: LiveListController});
