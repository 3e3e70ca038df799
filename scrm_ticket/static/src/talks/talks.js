import {Component, useState} from "@odoo/owl";
import {deserializeDateTime, toLocaleDateTimeString} from "@web/core/l10n/dates";
import {KeepLast} from "@web/core/utils/concurrency";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useDebounced} from "@web/core/utils/timing";
import {useRecordObserver} from "@web/model/relational_model/utils";
import {useService} from "@web/core/utils/hooks";

/** A word that is being typed is looked for after this pause, in milliseconds. */
const PAUSE = 300;

/** All that was said between a customer and us, page by page. */
export class Talks extends Component {
    static template = "scrm_ticket.Talks";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({
            rows: [],
            next: null,
            isLoading: true,
            search: "",
            kind: "",
            tagId: 0,
            tags: [],
        });
        this.kinds = {
            message: {label: _t("Message"), icon: "fa-comment-o"},
            email: {label: _t("E-mail"), icon: "fa-envelope-o"},
            call: {label: _t("Call"), icon: "fa-phone"},
            ticket: {label: _t("Ticket"), icon: "fa-ticket"},
        };
        this.lookSoon = useDebounced(() => this.look(), PAUSE);
        this.shown = null;
        useRecordObserver((record) => {
            if (record.resId !== this.shown) {
                this.shown = record.resId;
                this.loadTags(); // nobody waits for them
                this.look();
            }
        });
    }

    async loadTags() {
        this.state.tags = await this.orm.searchRead(
            "helpdesk.ticket.tag",
            [],
            ["name"],
            {limit: 200}
        );
    }

    async look(after = null) {
        if (!this.shown) {
            return;
        }
        this.state.isLoading = true;
        const found = await this.keepLast.add(
            this.orm.call("res.partner", "scrm_talks", [this.shown], {
                search: this.state.search,
                kind: this.state.kind,
                tag_ids: this.state.tagId ? [this.state.tagId] : [],
                after,
            })
        );
        this.state.rows = after ? [...this.state.rows, ...found.rows] : found.rows;
        this.state.next = found.next;
        this.state.isLoading = false;
    }

    onSearch(ev) {
        this.state.search = ev.target.value;
        this.lookSoon();
    }

    onKind(ev) {
        this.state.kind = ev.target.value;
        this.look();
    }

    onTag(ev) {
        this.state.tagId = Number(ev.target.value);
        this.look();
    }

    when(row) {
        return toLocaleDateTimeString(deserializeDateTime(row.at), {
            showSeconds: false,
        });
    }
}

registry.category("view_widgets").add("scrm_talks", {component: Talks});
