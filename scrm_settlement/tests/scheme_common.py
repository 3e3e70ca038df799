from odoo.fields import Command

from .common import SettlementCommon

MARCH = "2026-03-10 04:00:00"
JULY = "2026-07-10 04:00:00"


def tiers(*items):
    return [
        Command.create({"above": low, "up_to": high, "value": value})
        for low, high, value in items
    ]


def when(dimension, operator, value):
    return [
        Command.create({"dimension": dimension, "operator": operator, "value": value})
    ]


class SchemeCommon(SettlementCommon):
    """Plans of any components, and tickets with all that they ask."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fields = cls.env["scrm.form.field"].create(
            [
                {"key": f"settle_{key}", "name": key.capitalize(), "type": "number"}
                for key in ("sales", "viewers", "conversion", "hours", "rest")
            ]
        )
        cls.template.line_ids = [
            Command.create({"field_id": field.id}) for field in fields
        ]
        cls.store, cls.store_b, cls.store_c, cls.store_d = cls.env["scrm.store"].create(
            [
                {"key": f"scheme_{key}", "name": f"Store {key}"}
                for key in ("a", "b", "c", "d")
            ]
        )
        cls.filter = cls.env["product.product"].create(
            {"name": "Filter", "is_storable": True, "standard_price": 1}
        )

    def _pays(self, *components, **plan):
        """The plan pays these components: (values, rules) each."""
        self.plan.write(plan)
        self.version.component_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "key": f"part_{number}",
                        "name": f"Part {number}",
                        "product_id": self.fee_product.id,
                        **values,
                        "rule_ids": [
                            Command.create(
                                {"key": f"rule_{rank}", "name": "R", "rank": rank}
                                | rule
                            )
                            for rank, rule in enumerate(rules)
                        ],
                    }
                )
                for number, (values, rules) in enumerate(components)
            ),
        ]

    def _ticket(self, moment=MARCH, parts=0, rating=None, **values):
        form = {f"settle_{key}": value for key, value in values.pop("form", {}).items()}
        with self.at(moment):
            ticket = self.new_ticket(scrm_values={"settle_area": 50, **form}, **values)
        if parts:
            self.use_part(ticket, self.filter, parts)
        if rating:
            self.env["rating.rating"].create(
                {
                    "res_model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                    "res_id": ticket.id,
                    "rating": rating,
                    "consumed": True,
                }
            )
        return ticket

    def _done(self, moment=MARCH, engineer=None, **values):
        """Amounts by component of one finished ticket."""
        records = self.finish(self._ticket(moment, **values), engineer, moment)
        return {record.component_key: record.amount for record in records}

    def _month(self, moment="2026-04-02 04:00:00"):
        """Amounts of March by component and payee."""
        with self.at(moment):
            outcome = self.plan.with_user(self.accountant).settle()
        self.assertFalse(outcome["problems"])
        records = self.env["scrm.settlement.record"].search(
            [("source_key", "=", "period:2026-03")]
        )
        return {
            (record.component_key, record.payee_id.name): record.amount
            for record in records
        }

    def _device(self, name, **values):
        return self.env["stock.lot"].create(
            {
                "name": name,
                "product_id": self.filter.id,
                "scrm_partner_id": self.customer.partner_id.id,
                **values,
            }
        )
