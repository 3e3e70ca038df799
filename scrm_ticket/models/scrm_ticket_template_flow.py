from odoo import models
from odoo.fields import Command


class ScrmTicketTemplate(models.Model):
    """From the form of a template to its flow, also where there is none yet."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.ticket.template"

    def action_design_flow(self):
        """Draw the flow of this template; the first time there is a simple one.

        :raise AccessError: there is none, and the user may not make one
        """
        self.ensure_one()
        if not self.flow_id:
            self.flow_id = self._scrm_simple_flow()
        return self.flow_id.action_design()

    def _scrm_simple_flow(self):
        """A flow with a draft: received, taken care of, done."""
        _ = self.env._
        flows = self.env["scrm.flow"]
        flow = flows.create(
            {
                "name": self.name,
                "key": flows._scrm_proposed_key(self.key),
                "model_id": self.env["ir.model"]._get("helpdesk.ticket").id,
                "company_id": self.company_id.id,
            }
        )
        names = {
            "start": _("Received"),
            "user_task": _("Take Care of It"),
            "end": _("Done"),
        }
        version = self.env["scrm.flow.version"].create(
            {
                "flow_id": flow.id,
                "node_ids": [
                    Command.create(
                        {"key": kind, "type": kind, "name": name, "rank": 10 * rank}
                    )
                    for rank, (kind, name) in enumerate(names.items(), start=1)
                ],
            }
        )
        ids = {node.key: node.id for node in version.node_ids}
        version.transition_ids = [
            Command.create(
                {"key": key, "source_id": ids[source], "target_id": ids[target]}
            )
            for key, source, target in (
                ("received", "start", "user_task"),
                ("done", "user_task", "end"),
            )
        ]
        return flow
