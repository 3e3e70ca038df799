import {registerMessageAction} from "@mail/core/common/message_actions";
import {_t} from "@web/core/l10n/translation";
import {user} from "@web/core/user";

const MODELS = ["helpdesk.ticket", "crm.lead"];
/** Whether the user may mark needs; known soon after the first message is shown. */
let maySell = null;

function mayMark() {
    if (maySell === null) {
        maySell = false;
        user.hasGroup("scrm_opportunity.group_user").then((may) => (maySell = may));
    }
    return maySell;
}

registerMessageAction("scrm-mark-need", {
    condition: ({message, thread}) =>
        MODELS.includes(thread?.model) && message.id > 0 && mayMark(),
    icon: "fa fa-flag",
    name: _t("Mark a Need"),
    onSelected: async ({message, owner}) => {
        const {action, orm} = owner.env.services;
        action.doAction(await orm.call("scrm.need", "action_mark", [message.id]));
    },
    sequence: 75,
});
