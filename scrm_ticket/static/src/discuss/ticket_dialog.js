import {FormViewDialog} from "@web/views/view_dialogs/form_view_dialog";
import {_t} from "@web/core/l10n/translation";

/**
 * Open the short form of a ticket over whatever is on the screen.
 *
 * @param {Object} env
 * @param {Object} context values that the form begins with
 * @param {Function} [onSaved] called with the id of the new ticket
 */
export function openTicketDialog(env, context, onSaved) {
    const {action, dialog, notification, orm} = env.services;
    dialog.add(FormViewDialog, {
        resModel: "helpdesk.ticket",
        title: _t("New Ticket"),
        context: {
            form_view_ref: "scrm_ticket.helpdesk_ticket_view_form_quick",
            ...context,
        },
        canExpand: false,
        onRecordSaved: async ({resId}) => {
            const [{number}] = await orm.read("helpdesk.ticket", [resId], ["number"]);
            notification.add(_t("Ticket %s was opened.", number), {
                type: "success",
                buttons: [
                    {
                        name: _t("Open"),
                        onClick: () => openTicket(action, resId),
                        primary: true,
                    },
                ],
            });
            onSaved?.(resId);
        },
    });
}

export function openTicket(action, id) {
    return action.doAction({
        type: "ir.actions.act_window",
        res_model: "helpdesk.ticket",
        res_id: id,
        views: [[false, "form"]],
    });
}
