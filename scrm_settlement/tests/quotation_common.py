from odoo.fields import Command

from odoo.addons.scrm_ticket.tests.straight_flow import straight_flow

from .price_common import PriceCommon


class QuotationCommon(PriceCommon):
    """A ticket of 400 and a lamp of 100, quoted, accepted, changed.

    Flow::

        start -> quote (sends it) -> answer (waits for it) -> visit -> end
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template.price_parts = True
        cls.stock(10)
        people = {
            "handler_rule": "people",
            "handler_user_ids": [Command.set(cls.engineer.ids)],
        }
        flow = straight_flow(
            cls.env,
            "quoted",
            [
                {"key": "start", "type": "start"},
                {"key": "quote", "type": "service_task", "service_kind": "quote_send"},
                {
                    "key": "answer",
                    "name": "Answer",
                    "auto_condition": "[('scrm_quote_state', '=', 'accepted')]",
                    **people,
                },
                {"key": "visit", "name": "Visit", **people},
                {"key": "done", "type": "end"},
            ],
        )
        cls.template.flow_id = flow
        cls.customer.partner_id.email = "customer@example.com"

    def quoted(self, **values):
        parts = [Command.create({"product_id": self.part.id})]
        ticket = self.new_ticket(50, part_line_ids=parts, **values)
        return ticket, ticket.scrm_order_ids
