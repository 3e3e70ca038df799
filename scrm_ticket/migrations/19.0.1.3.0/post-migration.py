def migrate(cr, version):
    """Conversations from before stand in the inbox too: by the customer's last word,
    and by the platform of their chat account."""
    cr.execute(
        """
        UPDATE helpdesk_ticket ticket
           SET scrm_channel = COALESCE(
                   (SELECT account.platform FROM scrm_door_chat account
                     WHERE account.key = split_part(ticket.scrm_chat_sender, ':', 1)),
                   ticket.scrm_door),
               scrm_seen_at = CASE WHEN ticket.scrm_unanswered_since IS NULL
                                   THEN now() AT TIME ZONE 'UTC' END,
               scrm_said_at = CASE WHEN ticket.scrm_door NOT IN ('backend', 'event')
                                     OR said.at IS NOT NULL
                                   THEN COALESCE(said.at, ticket.create_date) END
          FROM (SELECT one.id, max(message.date) AS at
                  FROM helpdesk_ticket one
                  LEFT JOIN mail_message message
                    ON message.model = 'helpdesk.ticket' AND message.res_id = one.id
                   AND message.message_type IN ('comment', 'email')
                   AND message.author_id IN (
                       SELECT partner.id FROM res_partner partner
                        WHERE partner.partner_share)
                 GROUP BY one.id) said
         WHERE said.id = ticket.id AND ticket.scrm_channel IS NULL
        """
    )
