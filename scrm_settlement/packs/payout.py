"""How a settlement plan is signed, approved, posted and paid out."""

from odoo.addons.scrm_flow.packs import fragments as f

SCHEMA = {
    "posting": {
        **f.obj(
            {
                "as": {"enum": ["vendor_bill", "journal_entry", "customer_invoice"]},
                "journal": f.STRING,
                "account": f.STRING,
            },
            ["as"],
        ),
        "description": "what a statement becomes in the books; code of the journal, "
        "and for a payroll entry of the account of wages payable, which is made "
        "reconcilable",
    },
    "provider": {
        **f.ref("payout_provider"),
        "description": "who pays out; none: paid by hand",
    },
    "signature": {
        **f.BOOLEAN,
        "description": "statements are approved after the payee has signed",
    },
    "senior_approval": {
        **f.DECIMAL,
        "description": "a senior approver approves from this amount on",
    },
    "minimum_payout": {
        **f.DECIMAL,
        "description": "less is carried forward to the next statement",
    },
    "negative": {
        "enum": ["carry", "refund"],
        "description": "what happens when the payee owes",
    },
    "retention": {
        **f.obj(
            {"percent": f.DECIMAL, "days": f.INTEGER, "account": f.STRING},
            ["percent", "account"],
        ),
        "description": "held back for some days; code of the account that takes it",
    },
}


def load(pack, item):
    """Values of the plan."""
    retention = item.get("retention") or {}
    account = _account(pack, retention.get("account"), ".retention.account")
    posting = item.get("posting") or {}
    wages = _account(pack, posting.get("account"), ".posting.account")
    if wages and not wages.reconcile:
        wages.reconcile = True  # wages are paid, and the payment matched
    provider = pack.ref("payout_provider", item.get("provider"), ".provider")
    return {
        "posting": posting.get("as", "vendor_bill"),
        "journal_id": _journal(pack, posting.get("journal")).id,
        "wages_account_id": wages.id,
        "payout_provider_id": provider.id if provider else False,
        "is_signature_required": item.get("signature", False),
        "approve_above": pack.decimal(item.get("senior_approval")),
        "minimum_payout": pack.decimal(item.get("minimum_payout")),
        "negative": item.get("negative", "carry"),
        "retention_percent": pack.decimal(retention.get("percent")),
        "retention_days": retention.get("days", 90),
        "retention_account_id": account.id,
    }


def _account(pack, code, path):
    account = pack.env["account.account"]
    if code is None:
        return account
    account = account.search(
        [("code", "=", code), ("company_ids", "in", pack.env.company.ids)], limit=1
    )
    if not account:
        raise pack.error(
            pack.user_env._("there is no account with the code “%s”", code), path
        )
    return account


def _journal(pack, code):
    journal = pack.env["account.journal"]
    if code is None:
        return journal
    journal = journal.search(
        [("code", "=", code), ("company_id", "=", pack.env.company.id)], limit=1
    )
    if not journal:
        raise pack.error(
            pack.user_env._("there is no journal with the code “%s”", code),
            ".posting.journal",
        )
    return journal


def dump(pack, plan):
    """The keys of a plan; what is as usual is left out."""
    decimal = pack.dump_decimal
    posting = {
        "as": plan.posting,
        "journal": plan.journal_id.code or None,
        "account": plan.wages_account_id.code or None,
    }
    is_usual = plan.posting == "vendor_bill" and not plan.journal_id
    return {
        "posting": None
        if is_usual
        else {name: value for name, value in posting.items() if value},
        "provider": pack.key_of("payout_provider", plan.payout_provider_id),
        "signature": plan.is_signature_required or None,
        "senior_approval": decimal(plan.approve_above) if plan.approve_above else None,
        "minimum_payout": decimal(plan.minimum_payout) if plan.minimum_payout else None,
        "negative": plan.negative if plan.negative != "carry" else None,
        "retention": {
            "percent": decimal(plan.retention_percent),
            "days": plan.retention_days,
            "account": plan.retention_account_id.code,
        }
        if plan.retention_percent
        else None,
    }
