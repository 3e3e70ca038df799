import {Component, onWillStart} from "@odoo/owl";
import {openTicketDialog} from "./ticket_dialog";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";

/**
 * A ticket with one click, from wherever a colleague is. Who works on tickets gets the
 * short form at once; everybody else the forms that customers have, too.
 */
export class TicketSystray extends Component {
    static template = "scrm_ticket.TicketSystray";
    static props = {};

    setup() {
        onWillStart(async () => {
            this.isUser = await user.hasGroup("helpdesk_mgmt.group_helpdesk_user_own");
        });
    }

    onClick() {
        if (this.isUser) {
            openTicketDialog(this.env, {});
        } else {
            window.open("/my/scrm/new", "_self");
        }
    }
}

registry
    .category("systray")
    .add("scrm_ticket.new_ticket", {Component: TicketSystray}, {sequence: 60});
