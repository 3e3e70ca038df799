"""The company's seal on a PDF: signed with its certificate, and checked again.

Plain Python around pyhanko; keys and certificates come in as PEM.
"""

import io
import zlib

from asn1crypto import keys, pem, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

FIELD = "CompanySeal"
#: What a reader stumbles over in a file that was tampered with: besides what it
#: names itself, whatever its parsers meet where a length, a key or a type is wrong.
DAMAGED = (
    PdfError,
    SignatureValidationError,
    zlib.error,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


def _der(text):
    return pem.unarmor(text)[2] if pem.detect(text) else text


def seal(pdf, certificate, key, *, reason):
    """Sign a PDF so that every later change shows.

    :param bytes pdf: the document
    :param bytes certificate: X.509 certificate, PEM or DER
    :param bytes key: its private key, PKCS#8, PEM or DER, without password
    :param str reason: written into the signature
    :return: the sealed PDF
    """
    signer = signers.SimpleSigner(
        signing_cert=x509.Certificate.load(_der(certificate)),
        signing_key=keys.PrivateKeyInfo.load(_der(key)),
        cert_registry=SimpleCertificateStore(),
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        reason=reason,
        md_algorithm="sha256",
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    return signers.sign_pdf(writer, metadata, signer).getvalue()


def check(pdf, certificate):
    """What speaks against a sealed PDF.

    :param bytes pdf: the document as somebody shows it
    :param bytes certificate: the company's certificate
    :return: ``None`` when the seal is the company's, covers the whole file and
        nothing came after it; else ``no_seal``, ``broken``, ``foreign`` or
        ``changed``
    """
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        found = reader.embedded_signatures
        made_by = [one.signer_cert.sha256 for one in found]
    except DAMAGED:
        return "broken"
    if len(found) != 1:
        return "no_seal" if not found else "changed"
    own = x509.Certificate.load(_der(certificate))
    if made_by != [own.sha256]:
        return "foreign"
    context = ValidationContext(trust_roots=[own], allow_fetching=False)
    try:
        status = validate_pdf_signature(found[0], signer_validation_context=context)
    except DAMAGED:
        return "broken"
    if not (status.intact and status.valid):
        return "broken"
    if status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        return "changed"
    return None
