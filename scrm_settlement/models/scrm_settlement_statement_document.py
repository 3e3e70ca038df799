import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime
from odoo.tools.misc import formatLang

from ..documents import seal, statement_pdf


class ScrmSettlementStatement(models.Model):
    """The statement on paper, and the paper that was signed."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.settlement.statement"

    document = fields.Binary(
        "Signed Document", readonly=True, copy=False, attachment=True
    )
    document_sha256 = fields.Char("SHA-256", readonly=True, copy=False)
    is_sealed = fields.Boolean(
        readonly=True,
        copy=False,
        help="The signed document carries the company's electronic seal.",
    )

    has_parts = fields.Boolean(
        compute="_compute_has_parts", help="Some line tells of spare parts used."
    )

    @api.depends("record_ids.parts_used")
    def _compute_has_parts(self):
        for statement in self:
            statement.has_parts = any(statement.record_ids.mapped("parts_used"))

    def render_pdf(self, lang=None):
        """The statement as PDF.

        :param str lang: code of an installed language; None: the payee's
        :return: bytes
        """
        self.ensure_one()
        self.check_access("read")
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        lang = lang if lang in langs else self.payee_id.lang or self.env.lang
        # sudo: who reads the statement reads all that stands on it
        statement = self.sudo().with_context(lang=lang)
        return statement_pdf.render(statement._paper(lang))

    def _paper(self, lang):
        def cash(amount):
            return formatLang(self.env, amount, currency_obj=self.currency_id)

        totals = [(self.env._("Amount"), cash(self.amount_total), False)]
        if self.carried_amount:
            carried = cash(self.carried_amount)
            totals.append((self.env._("Carried Forward"), carried, False))
        if self.fee_amount and not self.deduction_ids:
            fee = cash(-self.fee_amount)
            totals.append((self.env._("Fee of instant payout"), fee, False))
        totals += [
            (row.display_name, cash(row.amount), False) for row in self.deduction_ids
        ]
        totals.append((self._due_words(), cash(self.due_amount), True))
        payee = self.env._("Charged to") if self.is_charge else self.env._("Payee")
        return {
            "chinese": (lang or "").startswith("zh"),
            "title": self.env._("Settlement Statement %(name)s", name=self.name),
            "head": [
                (self.env._("Company"), self.company_id.name),
                (payee, self.payee_id.display_name),
                (self.env._("Plan"), self.plan_id.name),
                (
                    self.env._("Period"),
                    self.env._(
                        "%(start)s to %(end)s",
                        start=format_date(self.env, self.date_from),
                        end=format_date(self.env, self.date_to),
                    ),
                ),
            ],
            "columns": [
                self.env._("Date"),
                self.env._("What For"),
                self.env._("How It Was Computed"),
                self.env._("Amount"),
            ],
            "rows": [
                (
                    format_date(self.env, record.basis_date),
                    "\n".join(
                        filter(
                            None,
                            (
                                record.source_name,
                                record.component_name,
                                record.parts_used,
                            ),
                        )
                    ),
                    record.explanation,
                    cash(record.amount),
                )
                for record in self._parts().record_ids
            ],
            "totals": totals,
            "signature": self._paper_signature(),
            # the number comes later: %d stays
            "page": self.env._("Page %(number)s", number="%d"),
        }

    def _paper_signature(self):
        if not self.signed_at:
            return None
        image = self.with_context(bin_size=False).signature
        moment = format_datetime(self.env, self.signed_at, tz="UTC")
        return {
            "label": self.env._("Signed by"),
            "image": base64.b64decode(image) if image else None,
            "lines": [
                self.signed_name,
                self.env._(
                    "%(moment)s UTC, from %(address)s",
                    moment=moment,
                    address=self.signed_ip or "?",
                ),
                f"SHA-256 {self.signed_digest}",
            ],
        }

    def _store_document(self):
        """Keep the signed paper, sealed when the company has a certificate."""
        self.ensure_one()
        pdf = self.render_pdf()
        # sudo: the company's key signs, nobody gets to see it
        certificate = self.company_id.sudo().scrm_seal_certificate_id
        if certificate:
            pdf = seal.seal(
                pdf,
                *self._seal_key(certificate),
                reason=self.env._("Settlement Statement %(name)s", name=self.name),
            )
        self._step(
            {
                "document": base64.b64encode(pdf),
                "document_sha256": hashlib.sha256(pdf).hexdigest(),
                "is_sealed": bool(certificate),
            }
        )

    def _seal_key(self, certificate):
        certificate = certificate.with_context(bin_size=False)
        key = certificate.private_key_id.pem_key
        if not key or not certificate.is_valid:
            raise UserError(
                self.env._(
                    "The company's seal “%(seal)s” has no private key or is not valid "
                    "today.",
                    seal=certificate.name or certificate.subject_common_name,
                )
            )
        return base64.b64decode(certificate.pem_certificate), base64.b64decode(key)

    def verify_document(self, document=None):
        """Whether a document is the one that was signed.

        :param str document: PDF as base64; None: the one that is kept
        :return: ``{"valid": bool, "reason": str}``
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: compared only
        statement = self.sudo().with_context(bin_size=False)
        pdf = base64.b64decode(document or statement.document or b"")
        reasons = {
            "unsigned": self.env._("It was never signed."),
            "no_seal": self.env._("It carries no seal."),
            "broken": self.env._("The seal is broken: the content was altered."),
            "changed": self.env._("Something was added after it was sealed."),
            "foreign": self.env._("The seal is not the company's."),
            "other": self.env._("It is not the document that was signed."),
            "content": self.env._("The statement is no longer what was signed."),
        }
        fault = statement._document_fault(pdf)
        return {"valid": not fault, "reason": reasons[fault] if fault else ""}

    def _document_fault(self, pdf):
        if not self.signed_at:
            return "unsigned"
        certificate = self.company_id.scrm_seal_certificate_id
        if self.is_sealed and certificate:
            pem = base64.b64decode(certificate.pem_certificate)
            fault = seal.check(pdf, pem)
            if fault:
                return fault
        if hashlib.sha256(pdf).hexdigest() != self.document_sha256:
            return "other"
        if self.state != "reversed" and not self.is_signature_intact():
            return "content"
        return None

    def action_download(self):
        """Button: the signed document, else the statement as it is."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/my/settlements/{self.id}/pdf",
            "target": "new",
        }
