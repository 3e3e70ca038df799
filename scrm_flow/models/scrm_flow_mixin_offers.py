from odoo import models


class ScrmFlowMixin(models.AbstractModel):
    """Which operations the field ``scrm_flow_actions`` offers the current user.

    Each is {"key", "name", "method", "args", "asks": ["node", "user", "reason"],
    "direct"}: the method to call with these arguments and what it asks for besides;
    ``direct`` ones are buttons of their own. What cannot be offered is refused by
    the method as well. While the flow is frozen, "notice" says why.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.mixin"

    def _scrm_flow_actions(self):
        actions = super()._scrm_flow_actions()
        # sudo: the run of the record the user reads, offered what is his
        run = self.sudo().scrm_run_id
        if not run:
            return actions
        if run.frozen_at:
            return self._scrm_frozen_offers(run)
        steps = {step.id: step for step in run.step_ids}
        for action in actions:
            step = steps[action["step_id"]]
            if self._scrm_waits_for_acceptance(step):
                action["transitions"] = []
            action["operations"] = self._scrm_step_offers(step)
        more = self._scrm_run_offers(run)
        if more and actions:
            actions[0]["operations"] += more
        elif more:
            actions.append(self._scrm_offer_place(run, more))
        return actions

    def _scrm_offer(self, key, name, asks=(), direct=False, **args):
        prefix = "scrm_flow" if key in ("freeze", "release", "reopen") else "scrm_step"
        nodes = args.pop("nodes", None)
        offer = {
            "key": key,
            "name": name,
            "method": f"{prefix}_{key}",
            "args": args,
            "asks": list(asks),
            "direct": direct,
        }
        return {**offer, "nodes": nodes} if nodes else offer

    def _scrm_offer_place(self, run, operations):
        """An entry for operations without a step the user could complete."""
        leading = self._scrm_leading(self._scrm_live_steps(run))
        return {
            "step_id": leading.id,
            "node": self._scrm_node_name(leading) if leading else "",
            "node_key": leading.node_key,
            "transitions": [],
            "operations": operations,
        }

    def _scrm_waits_for_acceptance(self, step):
        node = step.run_id.version_id._frozen_graph().nodes[step.node_key]
        return bool(node.data.get("must_accept")) and not step.accepted_at

    def _scrm_frozen_offers(self, run):
        """Why nothing moves, for everybody, and the way out for those allowed."""
        _ = self.env._
        offers = []
        if self._scrm_may_release(run):
            offers.append(
                self._scrm_offer("release", _("Release"), ["reason"], direct=True)
            )
        place = self._scrm_offer_place(run, offers)
        return [{**place, "notice": run._frozen_message()}]

    def _scrm_step_offers(self, step):
        """What the user may do with an open step he handles or manages."""
        _ = self.env._
        offers = []
        if self.env.user in step._handlers():
            if step.candidate_ids:
                offers.append(
                    self._scrm_offer("claim", _("Claim"), direct=True, step_id=step.id)
                )
            elif not step.accepted_at:
                offers.append(
                    self._scrm_offer(
                        "accept",
                        _("Accept the Work"),
                        direct=self._scrm_waits_for_acceptance(step),
                        step_id=step.id,
                    )
                )
        earlier = self._scrm_earlier_steps(step)
        if earlier:
            labels = step.run_id.version_id._labels()["nodes"]
            offers.append(
                self._scrm_offer(
                    "reject",
                    _("Send Back"),
                    ["node", "reason"],
                    step_id=step.id,
                    nodes=[
                        {
                            "key": key,
                            "name": labels[key],
                            **self._scrm_reject_note(step, done),
                        }
                        for key, done in earlier.items()
                    ],
                )
            )
        offers.append(
            self._scrm_offer(
                "transfer", _("Hand Over"), ["user", "reason"], step_id=step.id
            )
        )
        offers.append(
            self._scrm_offer(
                "add_handler", _("Add a Handler"), ["user"], step_id=step.id
            )
        )
        return offers

    def _scrm_reject_note(self, step, done):
        """What else happens when the work of a step goes back to a done one."""
        if done.split_id == step.split_id:
            return {}
        return {
            "note": self.env._(
                "This is before the split: what is open in other branches is cancelled."
            )
        }

    def _scrm_run_offers(self, run):
        """What the user may do with the flow as a whole."""
        _ = self.env._
        offers = []
        if run.state in ("running", "incident"):
            step = self._scrm_recallable(run)
            if step:
                offers.append(
                    self._scrm_offer("recall", _("Take Back"), step_id=step.id)
                )
            if self._scrm_may_freeze(run):
                offers.append(self._scrm_offer("freeze", _("Freeze"), ["reason"]))
        elif (
            run.state == "done"
            and self._scrm_in_reopen_time(run)
            and self.has_access("write")
        ):
            offers.append(self._scrm_offer("reopen", _("Reopen"), ["reason"]))
        return offers
