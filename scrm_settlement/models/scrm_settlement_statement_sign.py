import binascii

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.http import request
from odoo.tools.image import base64_to_image
from odoo.tools.misc import formatLang

from ..engine import money, trace
from .scrm_settlement_statement import SIGNATURE


class ScrmSettlementStatement(models.Model):
    """What the payee does with a statement: sign it, or dispute lines of it."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.settlement.statement"

    is_signature_required = fields.Boolean(compute="_compute_can_sign")
    can_sign = fields.Boolean(compute="_compute_can_sign")
    signature = fields.Binary(readonly=True, copy=False, attachment=True)
    signed_name = fields.Char("Signed by", readonly=True, copy=False)
    signed_by_id = fields.Many2one("res.users", "Signer", readonly=True, copy=False)
    signed_at = fields.Datetime("Signed on", readonly=True, copy=False, tracking=True)
    signed_ip = fields.Char("Signed from", readonly=True, copy=False)
    signed_digest = fields.Char(
        "Content When Signed", readonly=True, copy=False, help="SHA-256"
    )
    dispute_ids = fields.One2many(
        "scrm.settlement.dispute", "statement_id", "Disputes", readonly=True
    )
    open_dispute_count = fields.Integer(
        "Open Disputes", compute="_compute_open_dispute_count"
    )

    @api.depends("state", "signed_at", "payee_id")
    @api.depends_context("uid")
    def _compute_can_sign(self):
        for statement in self:
            # sudo: a payee does not read the plan, only whether it asks for this
            required = statement.sudo().plan_id.is_signature_required
            statement.is_signature_required = required
            statement.can_sign = (
                statement.state == "confirmed"
                and not statement.signed_at
                and statement.payee_id == self.env.user.partner_id
            )

    @api.depends("dispute_ids.state")
    def _compute_open_dispute_count(self):
        for statement in self:
            statement.open_dispute_count = len(
                statement.dispute_ids.filtered(lambda one: one.state == "open")
            )

    # Sign

    def sign(self, signature, name=""):
        """The payee agrees to this statement.

        What is signed is kept as a digest and as a PDF with the company's seal, so
        that nothing can be changed afterwards without showing.

        :param str signature: the drawn signature as PNG or JPEG, base64
        :param str name: of who signs; empty: the user's
        :raise AccessError: somebody else than the payee
        :raise UserError: not confirmed, signed already, disputed, or no image
        """
        self.ensure_one()
        self._check_payee()
        try:
            base64_to_image(signature or "")
        except (UserError, binascii.Error, TypeError, ValueError) as error:
            raise UserError(self.env._("Draw your signature first.")) from error
        user = self.env.user
        # sudo: the payee may not write statements, only sign his own
        signed = self.sudo()
        signed._lock_statement()
        signed._expect_state("confirmed")
        if signed.signed_at:
            raise UserError(self.env._("%(name)s is signed.", name=signed.name))
        signed._check_undisputed()
        signed._step(
            {
                "signature": signature,
                "signed_name": (name or "").strip() or user.name,
                "signed_by_id": user.id,
                "signed_at": self.env["scrm.clock"].now(),
                "signed_ip": request.httprequest.remote_addr if request else False,
                "signed_digest": signed._content_digest(),
            }
        )
        signed._store_document()
        # in the language of those who prepared it, not of the payee who signs
        lang = signed.author_ids[:1].lang or self.env.lang
        signed.message_post(
            body=signed.with_context(lang=lang).env._(
                "Signed by %(name)s.", name=signed.signed_name
            ),
            author_id=user.partner_id.id,
        )
        return True

    def _get_access_action(self, access_uid=None, force_website=False):
        """Where the link in a mail leads: payees to their page."""
        self.ensure_one()
        user = self.env["res.users"].browse(access_uid) if access_uid else self.env.user
        # sudo: whether it is a colleague
        if user.sudo().share or force_website:
            return self._payee_page()
        return super()._get_access_action(access_uid, force_website)

    def _payee_page(self):
        return {
            "type": "ir.actions.act_url",
            "url": f"/my/settlements/{self.id}",
            "target": "self",
            "res_id": self.id,
        }

    def _check_payee(self):
        self.check_access("read")
        if self.payee_id != self.env.user.partner_id:
            raise AccessError(
                self.env._("Only the payee of %(name)s can do this.", name=self.name)
            )

    def _ask_to_sign(self):
        """Tell the payees that their signature is waited for."""
        for statement in self:
            payee = statement.payee_id
            told = statement.with_context(lang=payee.lang or self.env.lang)
            url = f"{told.get_base_url()}/my/settlements/{told.id}"
            told.message_notify(
                partner_ids=payee.ids,
                subject=told.env._("Please sign %(name)s", name=told.name),
                body=told.env._(
                    "Your statement %(name)s is ready. %(due)s: %(amount)s. Look at it "
                    "on the portal, sign it, or say which line is wrong: %(url)s",
                    name=told.name,
                    due=told._due_words(),
                    amount=formatLang(
                        told.env, told.due_amount, currency_obj=told.currency_id
                    ),
                    url=Markup('<a href="%s">%s</a>') % (url, url),
                ),
            )

    def _void_signature(self, why):
        """Something changed after signing: who signed has to sign again."""
        for statement in self.filtered("signed_at"):
            statement._step(dict.fromkeys(SIGNATURE, False))
            statement.message_post(
                body=self.env._("The signature is void: %(why)s", why=why)
            )

    def _content(self):
        """What a signature covers, JSON-ready."""
        self.ensure_one()
        return {
            "name": self.name,
            "payee": self.payee_id.id,
            "from": self.date_from.isoformat(),
            "to": self.date_to.isoformat(),
            "currency": self.currency_id.name,
            "records": sorted(self._parts().record_ids.mapped("digest")),
            "deductions": [
                [row.kind, money.text(money.decimal(row.amount))]
                for row in self.deduction_ids.sorted("id")
            ],
            "net": money.text(money.decimal(self.net_amount)),
        }

    def _content_digest(self):
        return trace.digest(self._content())

    def is_signature_intact(self):
        """Whether what is here today is what was signed."""
        self.ensure_one()
        self.check_access("read")
        # sudo: the payee's own records, hashed only
        statement = self.sudo()
        return bool(statement.signed_at) and (
            statement.signed_digest == statement._content_digest()
        )

    def _check_signed(self):
        for statement in self:
            if statement.signed_at and not statement.is_signature_intact():
                raise UserError(
                    self.env._(
                        "%(name)s is no longer what was signed. Take it back to draft "
                        "and let the payee sign again.",
                        name=statement.name,
                    )
                )
            if fault := statement._sign_fault():
                raise UserError(fault)

    def _sign_fault(self):
        """That the signature the plan asks for is missing, False when it is not."""
        if self.is_signature_required and not self.signed_at:
            return self.env._(
                "%(name)s: %(payee)s has not signed yet.",
                name=self.name,
                payee=self.payee_id.name,
            )
        return False

    # Dispute

    def dispute(self, reason, record=None):
        """The payee does not agree to a line, or to the whole.

        :param str reason: why
        :param record: id of the line's record, None for the whole statement
        :return: the dispute
        :raise AccessError: somebody else than the payee
        :raise UserError: no reason, not confirmed, or the line is another's
        """
        self.ensure_one()
        self._check_payee()
        if not (reason or "").strip():
            raise UserError(self.env._("Say what is wrong."))
        # sudo: the payee may not write, only object to his own statement
        disputed = self.sudo()
        disputed._lock_statement()
        disputed._expect_state("confirmed")
        line = disputed._parts().record_ids.filtered(lambda one: one.id == record)
        if record and not line:
            raise UserError(self.env._("This line is not on %(name)s.", name=self.name))
        disputed._void_signature(self.env._("it is disputed."))
        dispute = disputed.env["scrm.settlement.dispute"].create(
            {
                "statement_id": self.id,
                "record_id": line.id,
                "reason": reason.strip(),
                "opened_by_id": self.env.uid,
            }
        )
        told = disputed.author_ids.partner_id
        # in the language of those who answer, not of the payee who writes
        lang = told[:1].lang or self.env.lang
        disputed.message_post(
            body=disputed.with_context(lang=lang).env._(
                "Disputed: %(line)s. %(reason)s",
                line=line.source_name or self.name,
                reason=reason.strip(),
            ),
            author_id=self.env.user.partner_id.id,
            partner_ids=told.ids,
        )
        return dispute.with_env(self.env)

    def _check_undisputed(self):
        for statement in self:
            if fault := statement._dispute_fault():
                raise UserError(fault)

    def _dispute_fault(self):
        """That lines are disputed, False when none is."""
        if self.open_dispute_count:
            return self.env._(
                "%(name)s: %(count)s disputes are open; answer them first.",
                name=self.name,
                count=self.open_dispute_count,
            )
        return False

    def action_view_disputes(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "scrm_settlement.scrm_settlement_dispute_action"
        )
        own = [("statement_id", "=", self.id)]
        return {**action, "domain": own, "context": {}}
