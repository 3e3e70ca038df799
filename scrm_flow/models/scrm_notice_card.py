from odoo import api, fields, models
from odoo.tools import html2plaintext

from .scrm_notice_delivery import TEST


class ScrmNoticeRule(models.Model):
    """Rules may send a picture, lead to a page of their own, and tell each person
    once for ever: a guide, a welcome."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.notice.rule"

    picture = fields.Image(
        max_width=900,
        max_height=500,
        help="Shown on the card, by channels that send cards with a picture.",
    )
    link = fields.Char(
        string="Opens",
        help="The page behind the card; the record where none is given.",
    )
    is_once = fields.Boolean(
        string="Each Person Once",
        help="Who got this message by a channel does not get it again, whatever "
        "happens later and to which record.",
    )

    def _card(self) -> dict:
        """Where picture and page of the message are, for a gateway outside."""
        self.ensure_one()
        found = {"link_url": self.link or False, "picture_url": False}
        # sudo: the picture goes out to customers, whoever makes the rule
        pictures = self.env["ir.attachment"].sudo()
        picture = pictures.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("res_field", "=", "picture"),
            ],
            limit=1,
        )
        if picture:
            (token,) = picture.generate_access_token()
            base = self.get_base_url()
            address = f"{base}/web/image/{picture.id}?access_token={token}"
            found["picture_url"] = address
        return found


class ScrmNoticeDelivery(models.Model):
    # what a card needs, and whom it is for
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.notice.delivery"

    address = fields.Char(
        readonly=True,
        groups="base.group_system",
        help="Whom the channel knows the recipient as, where that is not what the "
        "contact says.",
    )
    message_id = fields.Many2one(
        "mail.message",
        readonly=True,
        ondelete="cascade",
        help="What somebody wrote: the message itself, whose words stand nowhere else.",
    )
    picture_url = fields.Char(string="Picture", readonly=True)
    link_url = fields.Char(string="Opens", readonly=True)
    is_once = fields.Boolean(readonly=True)

    _message_idx = models.Index("(message_id) WHERE message_id IS NOT NULL")
    _person_once = models.UniqueIndex("(rule_id, partner_id, channel_id) WHERE is_once")

    def _message_text(self) -> str:
        """A message that somebody wrote as plain text, its files as links that need
        no login."""
        # sudo: it was written to whom it goes to
        message = self.message_id.sudo()
        lines = [html2plaintext(message.body or "", include_references=False).strip()]
        for attachment in message.attachment_ids:
            (token,) = attachment.generate_access_token()
            lines.append(
                f"{attachment.name}: {attachment.get_base_url()}/web/content/"
                f"{attachment.id}?access_token={token}"
            )
        return "\n".join(filter(None, lines))


class ScrmNoticeEvent(models.Model):
    # the card of the rule goes with the message
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.notice.event"

    def _delivery(self, rule, record, recipient, channel, urgent) -> dict:
        row = super()._delivery(rule, record, recipient, channel, urgent)
        row |= rule._card()
        # who cannot be reached now may be later
        row["is_once"] = (
            rule.is_once and row["state"] != "skipped" and self.name != TEST
        )
        return row

    @api.model
    def _tell_directly(self, key, name, record, rows) -> int:
        """Put messages in that somebody wrote, and no rule.

        :param key: names the event for ever
        :param record: what it is about
        :param rows: values of the deliveries: partner_id, channel, subject, body, ...
        :return: how many are new
        """
        now = self.env["scrm.clock"].now()
        about = {"res_model": record._name, "res_id": record.id}
        event = {"key": key, "name": name, "state": "done", "at": now, **about}
        if not self._insert([event]):
            return 0
        event = self.search([("key", "=", key)])
        deliveries = self.env["scrm.notice.delivery"]
        return deliveries._insert(
            [
                {
                    "event_id": event.id,
                    "number": 1,
                    "due_at": now,
                    "state": "due",
                    "is_outside": row["channel"].is_outside,
                    "channel_id": row["channel"].id,
                    **about,
                    **{name: row[name] for name in row if name != "channel"},
                }
                for row in rows
            ]
        )
