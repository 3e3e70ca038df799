import base64
import datetime
import io

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import html
from PyPDF2 import PdfReader

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests.common import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import SettlementCommon

#: A drawn signature: a PNG of one dark pixel.
DRAWN = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAA"
    "AABJRU5ErkJggg=="
)


class SignCommon(SettlementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.plan.is_signature_required = True

    def confirmed(self, *areas):
        for area in areas or (50, 61):
            self.finish(self.new_ticket(area))
        statement = (
            self.env["scrm.settlement.statement"]
            .with_user(self.accountant)
            .prepare("installers", "2026-03")
        )
        statement.action_confirm()
        return statement

    def seal_of(self, name):
        """A certificate with its key, made here and trusted by nobody else."""
        key = rsa.generate_private_key(65537, 2048)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.datetime.now(datetime.timezone.utc)
        usage = dict.fromkeys(
            (
                *("key_encipherment", "data_encipherment", "key_agreement"),
                *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
            ),
            False,
        )
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=30))
            .add_extension(
                x509.KeyUsage(digital_signature=True, content_commitment=True, **usage),
                critical=True,
            )
            .sign(key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        private = self.env["certificate.key"].create(
            {
                "name": name,
                "content": base64.b64encode(
                    key.private_bytes(
                        pem,
                        serialization.PrivateFormat.PKCS8,
                        serialization.NoEncryption(),
                    )
                ),
            }
        )
        return self.env["certificate.certificate"].create(
            {
                "name": name,
                "content": base64.b64encode(certificate.public_bytes(pem)),
                "private_key_id": private.id,
            }
        )

    def text_of(self, pdf):
        return "\n".join(
            page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages
        )

    def drawn(self, pdf):
        """What the first page of a PDF draws; UCS-2 as octal escapes."""
        return PdfReader(io.BytesIO(pdf)).pages[0].get_contents().get_data()

    def chinese_of(self, pdf):
        """The text of a PDF whose font is UCS-2, which PyPDF2 gives byte by byte."""
        lines = self.text_of(pdf).encode("latin-1", "ignore").split(b"\n")
        return "\n".join(line.decode("utf-16-be", "ignore") for line in lines)


@tagged("post_install", "-at_install")
class TestSign(SignCommon):
    def test_signed_before_approved(self):
        """Only the payee signs; without it nothing is approved.

        Covers in part: S16
        """
        statement = self.confirmed()
        approving = statement.with_user(self.accountant_2)
        with self.refused("has not signed yet"):
            approving.action_approve()
        self.assertIn("has not signed yet", approving.approval_fault)
        for user in (self.accountant, self.accountant_2):
            with self.refused("Only the payee", AccessError):
                statement.with_user(user).sign(DRAWN)
        for user in (self.engineer_2, self.customer):
            with self.refused("", AccessError):
                statement.with_user(user).sign(DRAWN)
        mine = statement.with_user(self.engineer)
        for drawn in ("", None, "no image", base64.b64encode(b"no image").decode()):
            with self.refused("Draw your signature"):
                mine.sign(drawn)
        self.assertTrue(mine.can_sign)
        with self.at("2026-04-01 02:03:04"):
            mine.sign(DRAWN, "Engineer E.")
        self.assertEqual(str(statement.signed_at), "2026-04-01 02:03:04")
        self.assertEqual(statement.signed_by_id, self.engineer)
        with self.refused("is signed"):
            mine.sign(DRAWN)
        self.assertFalse(approving.approval_fault)
        approving.action_approve()
        self.assertEqual(approving.action_post().amount_total, 219.8)

    def test_change_voids(self):
        """Whatever changes after signing, the signature is void."""
        self.plan.write(
            {
                "is_instant_offered": True,
                "instant_fee_percent": 1,
                "instant_fee_product_id": self.service.id,
            }
        )
        statement = self.confirmed()
        mine = statement.with_user(self.engineer)
        for change in (
            lambda: mine.choose_payout("instant"),
            lambda: mine.dispute("Too little", statement.record_ids[0].id),
            lambda: statement.action_draft(),
        ):
            mine.sign(DRAWN)
            self.assertTrue(statement.is_signature_intact())
            change()
            self.assertFalse(statement.signed_at)
            self.assertFalse(statement.document)
            self.assertFalse(statement.is_signature_intact())
            for dispute in statement.dispute_ids:
                if dispute.state == "open":
                    dispute.resolve("kept", "As agreed")

    def test_altered_behind_the_back(self):
        """A record altered in the database after signing stops the approval."""
        statement = self.confirmed()
        statement.with_user(self.engineer).sign(DRAWN)
        self.env.cr.execute(
            "UPDATE scrm_settlement_record SET digest = repeat('0', 64) WHERE id = %s",
            [statement.record_ids[0].id],
        )
        statement.record_ids.invalidate_recordset()
        self.assertFalse(statement.is_signature_intact())
        with self.refused("no longer what was signed"):
            statement.with_user(self.accountant_2).action_approve()
        self.assertEqual(
            statement.verify_document(),
            {"valid": False, "reason": "The statement is no longer what was signed."},
        )

    def test_document(self):
        """The statement as PDF in English and in Chinese, with every record."""
        statement = self.confirmed()
        mine = statement.with_user(self.engineer)
        english = self.text_of(mine.render_pdf("en_US"))
        for part in (
            statement.name,
            "219.80",
            "139.80",
            "Installation Fee",
            "Due to You",
        ):
            self.assertIn(part, english)
        chinese = mine.render_pdf("zh_CN")
        self.assertTrue(chinese.startswith(b"%PDF"))
        for part in ("结算单", "收款人", "计算过程"):
            self.assertIn(part, self.chinese_of(chinese))
        with self.refused("", AccessError):
            statement.with_user(self.engineer_2).render_pdf()
        # what the font of the language cannot draw: 钱 in English, a no-break space
        self.engineer.partner_id.name = "钱 Qian"
        self.assertIn(rb"\224\261", self.drawn(mine.render_pdf("en_US")))
        chinese = self.drawn(mine.render_pdf("zh_CN"))
        self.assertIn(rb"\224\261", chinese)
        self.assertNotIn(rb"\000\240", chinese)

    def test_seal(self):
        """The seal holds for the very file, and shows every change of it.

        A bit that is another one is found wherever in the file it is.

        Covers: S16
        """
        self.company.scrm_seal_certificate_id = self.seal_of("Our Seal")
        statement = self.confirmed()
        statement.with_user(self.engineer).sign(DRAWN)
        self.assertTrue(statement.is_sealed)
        encoded = statement.with_context(bin_size=False).document
        pdf = base64.b64decode(encoded)
        self.assertIn(self.engineer.name, self.text_of(pdf))

        def verdict(content):
            return statement.verify_document(base64.b64encode(content).decode())

        self.assertEqual(statement.verify_document(), {"valid": True, "reason": ""})
        self.assertTrue(verdict(pdf)["valid"])
        for place in (pdf.index(b"stream") + 40, *range(9, len(pdf), len(pdf) // 24)):
            altered = bytearray(pdf)
            altered[place] ^= 1
            self.assertFalse(verdict(bytes(altered))["valid"], place)
        altered = bytearray(pdf)
        altered[altered.index(b"stream") + 40] ^= 1
        self.assertIn("altered", verdict(bytes(altered))["reason"])
        self.assertIn("added", verdict(pdf + b"\n% more")["reason"])
        self.assertIn("no seal", verdict(statement.render_pdf())["reason"])
        self.assertFalse(verdict(b"%PDF-1.4 nonsense")["valid"])
        self.company.scrm_seal_certificate_id = self.seal_of("Another Seal")
        self.assertIn("not the company's", verdict(pdf)["reason"])

    def test_seal_without_key(self):
        """A seal without private key is named, and nothing is half signed."""
        seal = self.seal_of("Our Seal")
        self.company.scrm_seal_certificate_id = seal
        seal.private_key_id = False
        statement = self.confirmed()
        with self.refused("has no private key"):
            statement.with_user(self.engineer).sign(DRAWN)
        self.assertFalse(statement.signed_at)

    def test_dispute(self):
        """A line is disputed, talked about, resolved, and then signed."""
        statement = self.confirmed()
        mine = statement.with_user(self.engineer)
        line = statement.record_ids[0]
        with self.refused("Say what is wrong"):
            mine.dispute(" ", line.id)
        foreign = self.finish(self.new_ticket(50), self.engineer_2)
        with self.refused("not on"):
            mine.dispute("Mine, too", foreign.id)
        for user in (self.engineer_2, self.accountant):
            with self.refused("", AccessError):
                statement.with_user(user).dispute("Why", line.id)
        dispute = mine.dispute("It was 80 m²", line.id)
        with self.refused("disputes are open"):
            mine.sign(DRAWN)
        with self.refused("disputes are open"):
            statement.with_user(self.accountant_2).action_approve()
        dispute.reply("See the photo")
        dispute.with_user(self.accountant).reply("Thank you, I look")
        with self.refused("", AccessError):
            dispute.with_user(self.engineer_2).reply("Me, too")
        with self.refused("Only settlement accountants", AccessError):
            dispute.resolve("kept", "No")
        with self.refused("Tell the payee"):
            dispute.with_user(self.accountant).resolve("kept", "")
        wizard = (
            self.env["scrm.settlement.dispute.resolve"]
            .with_user(self.accountant)
            .create({"dispute_id": dispute.id, "answer": "The plan says 50"})
        )
        wizard.action_resolve()
        self.assertEqual((dispute.state, dispute.outcome), ("resolved", "kept"))
        said = [text for _who, _when, text in dispute._portal_messages()]
        self.assertEqual(len(said), 3)
        self.assertIn("The plan says 50", said[2])
        with self.refused("has been resolved"):
            dispute.reply("But")
        mine.sign(DRAWN)
        statement.with_user(self.accountant_2).action_approve()

    def test_approval_by_amount(self):
        """A large statement needs a senior approver who did not prepare it."""
        self.plan.write({"approve_above": 219.8, "is_signature_required": False})
        statement = self.confirmed()
        with self.refused("senior approver", AccessError):
            statement.with_user(self.accountant_2).action_approve()
        self.assertIn(
            "Nobody else has the role",
            statement.with_user(self.accountant_2).approval_fault,
        )
        senior = new_test_user(
            self.env, "senior", groups="scrm_settlement.group_approver"
        )
        self.accountant.group_ids = [
            Command.link(self.env.ref("scrm_settlement.group_approver").id)
        ]
        with self.refused("somebody else", AccessError):
            statement.with_user(self.accountant).action_approve()
        statement.with_user(senior).action_approve()
        self.assertEqual(statement.approved_by_id, senior)


@tagged("post_install", "-at_install")
class TestSignHttp(SignCommon, HttpCase):
    """The portal pages, with good and bad requests."""

    def payee(self):
        """A portal installer and his confirmed statement."""
        outsider = new_test_user(self.env, "outsider", groups="base.group_portal")
        stranger = new_test_user(self.env, "stranger", groups="base.group_portal")
        record = self.finish(self.new_ticket(50))
        self.env.cr.execute(
            "UPDATE scrm_settlement_record SET payee_id = %s WHERE id = %s",
            [outsider.partner_id.id, record.id],
        )
        record.invalidate_recordset()
        self.env.cr.execute(
            "UPDATE scrm_settlement_record SET digest = %s WHERE id = %s",
            [self._digest(record), record.id],
        )
        record.invalidate_recordset()
        statement = (
            self.env["scrm.settlement.statement"]
            .with_user(self.accountant)
            .prepare("installers", "2026-03")
        )
        statement.action_confirm()
        return outsider, stranger, statement

    def _digest(self, record):
        from ..engine import trace

        return trace.digest(record._sealed())

    def sign(self, statement):
        return self.make_jsonrpc_request(
            f"/my/settlements/{statement.id}/sign", {"name": "O", "signature": DRAWN}
        )

    def post(self, statement, action, **data):
        from odoo.http import Request

        return self.url_open(
            f"/my/settlements/{statement.id}/{action}",
            data={"csrf_token": Request.csrf_token(self), **data},
        )

    def payout_words(self, url):
        """What stands below the button that changes the payout."""
        page = html.fromstring(self.url_open(url).text)
        (words,) = page.xpath("//*[contains(@class, 'o_scrm_payout_words')]")
        return words.text_content()

    def test_portal(self):
        """The payee looks, disputes, signs and downloads; nobody else may.

        Covers in part: S16
        """
        self.plan.write(
            {
                "is_instant_offered": True,
                "instant_fee_percent": 1,
                "instant_fee_product_id": self.service.id,
            }
        )
        outsider, stranger, statement = self.payee()
        url = f"/my/settlements/{statement.id}"
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open(url).url)
        self.authenticate("stranger", "stranger")
        self.assertNotIn(statement.name, self.url_open("/my/settlements").text)
        for path in (url, f"{url}/pdf"):
            self.assertEqual(self.url_open(path).status_code, 404)
        with self.assertRaises(Exception):  # noqa: B017 an HTTP error in JSON
            self.sign(statement)
        self.assertFalse(statement.signed_at)

        self.authenticate("outsider", "outsider")
        self.assertIn(statement.name, self.url_open("/my/settlements").text)
        page = self.url_open(url)
        self.assertEqual(page.status_code, 200)
        self.assertIn("below the minimum", page.text)
        for payout, fee in (("instant", 0.8), ("monthly", 0), ("instant", 0.8)):
            told = self.payout_words(url)
            if payout == "instant":  # the fee is known before it is chosen
                for part in ("79.20", "a fee of 1 %", "0.80"):
                    self.assertIn(part, told)
            else:
                self.assertIn("80.00", told)
                self.assertIn("no fee", told)
            self.post(statement, "payout", payout=payout)
            self.assertEqual((statement.payout, statement.fee_amount), (payout, fee))
        answer = self.post(statement, "payout", payout="tomorrow")
        self.assertEqual((answer.status_code, statement.payout), (422, "instant"))
        self.assertEqual(self.url_open(f"{url}/dispute").status_code, 405)
        record = statement.record_ids
        answer = self.post(statement, "dispute", record=record.id, reason=" ")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("Say what is wrong", answer.text)
        self.post(statement, "dispute", record=record.id, reason="It was <b>more</b>")
        dispute = statement.dispute_ids
        self.assertEqual(dispute.record_id, record)
        page = self.url_open(url).text
        self.assertIn("It was &lt;b&gt;more&lt;/b&gt;", page)
        self.post(statement, "reply", dispute=dispute.id, message="Please look")
        self.assertIn("Please look", self.url_open(url).text)
        self.assertIn("disputes are open", self.sign(statement)["error"])
        dispute.with_user(self.accountant).resolve("kept", "Measured again")
        self.assertIn("Measured again", self.url_open(url).text)
        self.assertEqual(self.sign(statement), {"force_refresh": True})
        self.assertEqual(statement.signed_ip, "127.0.0.1")
        self.assertEqual(statement.signed_by_id, outsider)
        answer = self.url_open(f"{url}/pdf")
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertTrue(
            statement.verify_document(base64.b64encode(answer.content))["valid"]
        )
        chinese = self.url_open(f"{url}/pdf?lang=zh_CN").content
        self.assertEqual(chinese[:4], b"%PDF")

    @mute_logger("odoo.http")
    def test_without_token(self):
        """A form that another site sends does nothing."""
        _outsider, _stranger, statement = self.payee()
        self.authenticate("outsider", "outsider")
        answer = self.url_open(
            f"/my/settlements/{statement.id}/dispute", data={"reason": "Forged"}
        )
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(statement.dispute_ids)
