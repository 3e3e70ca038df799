from odoo import api, models
from odoo.tools import SQL


class ScrmNoticeDelivery(models.Model):
    """A delivery without an event is a digest: it tells those that point to it."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.notice.delivery"

    @api.model
    def _digest_of(self, row) -> int:
        """The digest that tells a delivery; it waits while that is being sent.

        Whoever sends a digest holds its row, so nothing is put into one that is
        gone: then the next one is made, due at once.
        """
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO scrm_notice_delivery
                            (res_model, res_id, partner_id, user_id, channel_id,
                             is_outside, number, due_at, digest_at, state, attempts)
                     VALUES (%s, %s, %s, %s, %s, %s, 1, %s, %s, 'due', 0)
                ON CONFLICT (COALESCE(partner_id, 0), channel_id, digest_at)
                      WHERE event_id IS NULL AND state = 'due'
                  DO UPDATE SET number = scrm_notice_delivery.number + 1
                  RETURNING id
                """,
                row["res_model"],
                row["res_id"],
                row["partner_id"] or None,
                row["user_id"] or None,
                row["channel_id"],
                row["is_outside"],
                row["due_at"],
                row["digest_at"],
            )
        )
        return rows[0][0]

    def _items(self):
        """What a digest tells."""
        if self.event_id:
            return self.browse()
        return self.search([("digest_id", "=", self.id), ("state", "!=", "cancelled")])

    def _make_digests(self):
        """Write the text of those that are digests, from what still lasts."""
        for digest in self:
            if digest.event_id:
                continue
            items = digest._items()
            gone = items.filtered(lambda item: not item._record())
            gone.write({"state": "cancelled"})
            items -= gone
            if not items:
                digest.write({"state": "cancelled"})
                continue
            lang = digest.partner_id.lang or self.env.company.partner_id.lang
            here = digest.with_context(lang=lang or "en_US")
            digest.write(here._digest_words(items.sorted("id")))

    def _digest_words(self, items):
        lines = []
        for item in items:
            line = item.body or item.subject
            if line not in lines:
                lines.append(line)
        if len(lines) == 1:
            return {"subject": items[0].subject, "body": lines[0]}
        return {
            "subject": self.env._("%s messages", len(lines)),
            "body": "\n".join(f"• {line}" for line in lines),
        }
