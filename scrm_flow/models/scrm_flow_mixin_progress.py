from odoo import api, fields, models

from ..engine import outlook
from .scrm_flow_run_move import RunMove
from .scrm_flow_step import LIVE


class ScrmFlowMixin(models.AbstractModel):
    """Shows how far a record has come in its flow."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.mixin"

    scrm_progress = fields.Json(
        string="Progress", compute="_compute_scrm_progress", readonly=True
    )

    @api.depends("scrm_run_id.state", "scrm_step_ids.state", "scrm_step_ids.user_id")
    @api.depends_context("lang", "uid")
    def _compute_scrm_progress(self):
        for_customer = not self.env.user._is_internal()
        for record in self:
            record.scrm_progress = record._scrm_progress(for_customer)

    def _scrm_progress(self, for_customer=False):
        """What is done, what is going on, what probably follows.

        :param for_customer: hide private nodes and who works on them
        :return: [{"key", "name", "state": done|now|next, "since", "until",
            "handlers": [names], "private"}], times as "YYYY-MM-DD HH:MM:SS" UTC;
            with "waits" a join that branches have reached and others have not;
            with "expected" when a customer can expect what is going on to be done
        """
        self.ensure_one()
        # sudo: who may read the record may see how far it is and who has it
        record = self.sudo()
        run = record.scrm_run_id
        if not run:
            return []
        move = RunMove(run, record, None)
        items = {}
        live = run.step_ids.browse()
        for step in run.step_ids:
            if step.state in LIVE:
                live += step
            elif step.state == "done" and step._compiled_node().in_bar:
                items.pop(step.node_key, None)
                items[step.node_key] = self._scrm_progress_item(step, "done")
        live = live.sorted(
            lambda step: (step.state == "waiting", step.node_id._place(), step.id)
        )
        for step in live:
            items.pop(step.node_key, None)
            items[step.node_key] = self._scrm_progress_item(step, "now")
        if live:
            for key in outlook.likely_path(
                move.graph,
                live.mapped("node_key"),
                move.holds,
                run.version_id._frozen_blocks(),
            ):
                if key not in items and move.graph.nodes[key].in_bar:
                    items[key] = {"key": key, "state": "next", "handlers": []}
        elif run.state == "done" and run.end_key:
            at = fields.Datetime.to_string(run.ended_at)
            items[run.end_key] = {
                "key": run.end_key,
                "state": "done",
                "since": at,
                "until": at,
                "handlers": [],
            }
        result = []
        for key, item in items.items():
            version, node = run.version_id, move.graph.nodes.get(key)
            if node is None:  # done before the run came to its present version
                step = run.step_ids.filtered(lambda s, key=key: s.node_key == key)[-1]
                version, node = step.node_id.version_id, step._compiled_node()
            names = version._labels()["customer" if for_customer else "nodes"]
            item = {"since": False, "until": False, **item}
            item |= {"name": names[key], "private": node.is_private}
            result.append(item)
        return self._scrm_mask_progress(result) if for_customer else result

    def _scrm_progress_item(self, step, state):
        people = step.done_by_id if state == "done" else step._handlers()
        return {
            "key": step.node_key,
            "state": state,
            "since": fields.Datetime.to_string(step.opened_at),
            "until": fields.Datetime.to_string(step.ended_at) or False,
            "handlers": people.mapped("name"),
            **({"waits": True} if step.state == "waiting" else {}),
        }

    def _scrm_mask_progress(self, items):
        """Replace private nodes, neighbours together, by one neutral item."""
        masked = []
        for item in items:
            if item.pop("waits", False):  # how the work is divided is not their concern
                continue
            if item["private"]:
                item = {
                    **item,
                    "key": f"internal_{len(masked)}",
                    "name": self.env._("In our hands"),
                    "handlers": [],
                }
                last = masked[-1] if masked else None
                if last and last["private"]:
                    states = {last["state"], item["state"]}
                    last["until"] = item["until"]
                    last["state"] = states.pop() if len(states) == 1 else "now"
                    continue
            masked.append(item)
        return masked
