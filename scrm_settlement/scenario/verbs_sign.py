"""How payees sign statements in scenarios, and how documents are checked."""

import base64

from odoo.addons.scrm_flow.scenario.registry import register_verb

from .verbs import STATEMENT

_ID = {"type": ["string", "integer"]}
#: A drawn signature: a PNG of one dark pixel.
DRAWN = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAA"
    "AABJRU5ErkJggg=="
)


@register_verb("json2", "sign_statement", {"id": _ID}, ["id"])
def sign_statement(actor, args, play):
    """Sign a statement, as its payee does on the portal."""
    ids = [int(args["id"])]
    actor.call(STATEMENT, "sign", ids=ids, signature=DRAWN)
    return {"id": ids[0]}


@register_verb(
    "json2",
    "verify_document",
    {
        "id": _ID,
        "alter": {
            "type": "integer",
            "minimum": 0,
            "description": "before that, change the byte at this place of the file",
        },
    },
    ["id"],
)
def verify_document(actor, args, play):
    """Ask whether a file is the statement that was signed; saves `valid`."""
    ids = [int(args["id"])]
    row = actor.read(STATEMENT, ids, ["document"])[0]
    pdf = bytearray(base64.b64decode(row["document"]))
    if "alter" in args:
        pdf[args["alter"] % len(pdf)] ^= 1
    document = base64.b64encode(pdf).decode()
    verdict = actor.call(STATEMENT, "verify_document", ids=ids, document=document)
    return {"id": ids[0], "size": len(pdf), **verdict}
