from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    """Who waits for whose word: dates that notification rules can wait for.

    What the customer writes starts one clock, unless it runs; an answer that the
    customer can read stops it and starts the other one.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_unanswered_since = fields.Datetime(
        string="Customer Waits since",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The first word of the customer that nobody has answered.",
    )
    scrm_said_at = fields.Datetime(
        string="Last Word of the Customer", copy=False, readonly=True
    )
    scrm_seen_at = fields.Datetime(
        string="Conversation Seen",
        copy=False,
        readonly=True,
        help="When somebody who answers first looked, after the customer's last word.",
    )
    scrm_silent_since = fields.Datetime(
        string="Customer Silent since",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="Our last answer, when the customer has not written since.",
    )

    scrm_uncontacted_since = fields.Datetime(
        string="Not Contacted since",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="When the present step was reached, as long as nobody has written to the "
        "customer, or called him, since.",
    )

    # what the list of conversations looks through, the newest first
    _scrm_said_idx = models.Index(
        "(scrm_said_at DESC, id DESC) WHERE scrm_said_at IS NOT NULL"
    )

    @api.model
    def _create(self, data_list):
        now = self.env["scrm.clock"].now()
        for data in data_list:
            stored = data["stored"]
            door = stored["scrm_door"]
            # somebody of ours who enters a ticket has talked with the customer
            asks = stored.get("partner_id") or stored.get("partner_name")
            if asks and door != "backend":
                stored["scrm_unanswered_since"] = now
            if door not in ("backend", "event"):
                stored["scrm_said_at"] = now
        return super()._create(data_list)

    def _scrm_position_vals(self, run, steps):
        vals = super()._scrm_position_vals(run, steps)
        leading = self._scrm_leading(steps)
        if leading.node_key != self.scrm_node_key:
            now = self.env["scrm.clock"].now()
            vals["scrm_uncontacted_since"] = now if leading else False
        return vals

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        if message.message_type in ("comment", "email"):
            self._scrm_note_word(message)
        # sudo: what kind of activity was done, whoever did it
        elif message.sudo().mail_activity_type_id.category == "phonecall":
            self.sudo().scrm_uncontacted_since = False
        return result

    def _scrm_note_word(self, message):
        """Start and stop the clocks after somebody wrote.

        :param message: ``mail.message``
        """
        # sudo: whoever wrote it; it is only looked who that was
        author = message.sudo().author_id
        ours = author.user_ids.filtered(lambda user: user._is_internal())
        now = self.env["scrm.clock"].now()
        # sudo: as above; followers may write who may not write the ticket
        ticket = self.sudo()
        if ours:
            # internal notes are no answer
            if not message.sudo().is_internal and not message.subtype_id.internal:
                ticket.write(
                    {
                        "scrm_unanswered_since": False,
                        "scrm_silent_since": now,
                        "scrm_uncontacted_since": False,
                    }
                )
        else:
            since = ticket.scrm_unanswered_since or now
            ticket.write(
                {
                    "scrm_unanswered_since": since,
                    "scrm_said_at": now,
                    "scrm_seen_at": False,
                    "scrm_silent_since": False,
                }
            )
