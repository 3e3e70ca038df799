from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class ScrmSettlementDispute(models.Model):
    """A line of a statement that its payee does not agree to, and the talk about it.

    ``open``
        the accountant has to answer; nothing is approved meanwhile.
    ``resolved``
        corrected (the difference is a record of its own) or kept as it is.
    """

    _name = "scrm.settlement.dispute"
    _description = "Settlement Dispute"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _mail_post_access = "read"

    statement_id = fields.Many2one(
        "scrm.settlement.statement",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    payee_id = fields.Many2one(related="statement_id.payee_id", store=True)
    company_id = fields.Many2one(related="statement_id.company_id", store=True)
    record_id = fields.Many2one(
        "scrm.settlement.record",
        "Line",
        readonly=True,
        ondelete="restrict",
        help="Empty: the statement as a whole.",
    )
    amount = fields.Monetary(related="record_id.amount", related_sudo=True)
    currency_id = fields.Many2one(related="statement_id.currency_id")
    explanation = fields.Text(related="record_id.explanation", related_sudo=True)
    reason = fields.Text(required=True, readonly=True)
    opened_by_id = fields.Many2one("res.users", "Raised by", readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("resolved", "Resolved")],
        required=True,
        readonly=True,
        default="open",
        tracking=True,
        index=True,
    )
    outcome = fields.Selection(
        [("corrected", "Corrected"), ("kept", "Kept as it is")],
        readonly=True,
        tracking=True,
    )
    answer = fields.Text(readonly=True)
    resolved_by_id = fields.Many2one("res.users", readonly=True)

    @api.depends("statement_id", "record_id")
    def _compute_display_name(self):
        for dispute in self:
            line = dispute.record_id.sudo().source_name  # the payee's own line
            dispute.display_name = " · ".join(
                filter(None, [dispute.statement_id.name, line])
            )

    def _get_access_action(self, access_uid=None, force_website=False):
        """Where the link in a mail leads: payees to the page of their statement."""
        self.ensure_one()
        user = self.env["res.users"].browse(access_uid) if access_uid else self.env.user
        # sudo: whether it is a colleague, and which statement it is about
        if user.sudo().share or force_website:
            return self.sudo().statement_id._payee_page()
        return super()._get_access_action(access_uid, force_website)

    def reply(self, message):
        """Add to the talk, as the payee or an accountant.

        :param str message: plain text
        :raise AccessError: neither of them
        :raise UserError: nothing said, or resolved already
        """
        self.ensure_one()
        self.check_access("read")
        user = self.env.user
        is_accountant = user.has_group("scrm_settlement.group_accountant")
        if not is_accountant and self.payee_id != user.partner_id:
            raise AccessError(
                self.env._("Only the payee and the accountants talk about this.")
            )
        if not (message or "").strip():
            raise UserError(self.env._("Write something first."))
        self._expect_open()
        # sudo: who may talk here need not write disputes
        return self.sudo().message_post(
            body=message.strip(),
            author_id=user.partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def resolve(self, outcome, answer):
        """Answer the dispute.

        :param str outcome: ``corrected`` or ``kept``
        :param str answer: what the payee reads
        :raise AccessError: not an accountant
        :raise UserError: resolved already, no answer, or an unknown outcome
        """
        self.check_access("read")
        if not self.env.user.has_group("scrm_settlement.group_accountant"):
            raise AccessError(self.env._("Only settlement accountants resolve this."))
        if outcome not in dict(self._fields["outcome"].selection):
            raise UserError(
                self.env._("There is no outcome “%(outcome)s”.", outcome=outcome)
            )
        if not (answer or "").strip():
            raise UserError(self.env._("Tell the payee why."))
        self._expect_open()
        # sudo: disputes are written by their own steps only
        for dispute in self.sudo():
            dispute.write(
                {
                    "state": "resolved",
                    "outcome": outcome,
                    "answer": answer.strip(),
                    "resolved_by_id": self.env.uid,
                }
            )
            dispute.message_post(
                body=answer.strip(),
                author_id=self.env.user.partner_id.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=dispute.payee_id.ids,
            )
        return True

    def _expect_open(self):
        if any(dispute.state != "open" for dispute in self):
            raise UserError(self.env._("This dispute has been resolved."))

    def _portal_messages(self):
        """What payee and accountants said, oldest first: (author, when, text)."""
        comment = self.env.ref("mail.mt_comment")
        # sudo: comments only, no internal notes
        messages = self.sudo().message_ids.filtered(
            lambda message: message.subtype_id == comment and not message.is_internal
        )
        return [
            (message.author_id.name, message.date, message.body)
            for message in messages.sorted("id")
        ]
