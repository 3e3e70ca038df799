from odoo.fields import Command

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
        flow = cls.env["scrm.flow"].create(
            {
                "key": "quoted",
                "name": "Quoted",
                "model_id": cls.env["ir.model"]._get_id("helpdesk.ticket"),
            }
        )
        version = cls.env["scrm.flow.version"].create({"flow_id": flow.id})
        people = Command.set(cls.engineer.ids)
        nodes = {}
        for rank, (key, node_type, values) in enumerate(
            [
                ("start", "start", {}),
                ("quote", "service_task", {"service_kind": "quote_send"}),
                (
                    "answer",
                    "user_task",
                    {
                        "handler_rule": "people",
                        "handler_user_ids": [people],
                        "auto_condition": "[('scrm_quote_state', '=', 'accepted')]",
                    },
                ),
                (
                    "visit",
                    "user_task",
                    {"handler_rule": "people", "handler_user_ids": [people]},
                ),
                ("done", "end", {}),
            ]
        ):
            nodes[key] = cls.env["scrm.flow.node"].create(
                {
                    "version_id": version.id,
                    "key": key,
                    "name": key.capitalize(),
                    "type": node_type,
                    "rank": rank,
                    **values,
                }
            )
        keys = list(nodes)
        for source, target in zip(keys, keys[1:], strict=False):
            cls.env["scrm.flow.transition"].create(
                {
                    "version_id": version.id,
                    "key": f"{source}_{target}",
                    "source_id": nodes[source].id,
                    "target_id": nodes[target].id,
                }
            )
        version.action_publish()
        cls.template.flow_id = flow
        cls.customer.partner_id.email = "customer@example.com"

    def quoted(self, **values):
        parts = [Command.create({"product_id": self.part.id})]
        ticket = self.new_ticket(50, part_line_ids=parts, **values)
        return ticket, ticket.scrm_order_ids
