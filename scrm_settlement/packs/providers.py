"""Payment providers that pay out; their addresses and secrets stay here."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import Kind, Section, register_section


@register_section
class ProviderSection(Section):
    """Providers by key; a system administrator enters address and secret."""

    key = "payout_providers"
    addon = "scrm_settlement"
    after = ("company",)
    kinds = {"payout_provider": Kind("scrm.settlement.provider", "key")}
    schema = f.listing(
        "payout_provider",
        {
            "name": f.STRING,
            "journal": {**f.STRING, "description": "code of the journal of payouts"},
            "account": {
                **f.STRING,
                "description": "code of the account of the money at the provider",
            },
        },
        required=["name", "journal", "account"],
    )

    def load_item(self, pack, item):
        company = pack.env.company
        journal = pack.env["account.journal"].search(
            [("code", "=", item["journal"]), ("company_id", "=", company.id)], limit=1
        )
        if not journal:
            raise pack.error(
                pack.user_env._(
                    "there is no journal with the code “%s”", item["journal"]
                ),
                ".journal",
            )
        account = pack.env["account.account"].search(
            [("code", "=", item["account"]), ("company_ids", "in", company.ids)],
            limit=1,
        )
        if not account:
            raise pack.error(
                pack.user_env._(
                    "there is no account with the code “%s”", item["account"]
                ),
                ".account",
            )
        pack.upsert(
            "payout_provider",
            item["key"],
            "scrm.settlement.provider",
            {
                "name": item["name"],
                "journal_id": journal.id,
                "account_id": account.id,
            },
            create_vals={"company_id": company.id},
        )

    def dump_item(self, pack, record):
        return {
            "name": record.name,
            "journal": record.journal_id.code,
            "account": record.account_id.code,
        }
