from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from .portal import ScrmTicketPortal

#: Operations on a step that the portal offers besides completing it.
OPERATIONS = ("accept", "claim", "reject")
#: What the portal calls a vote -> what it says.
VOTES = {"approve": "approved", "deny": "rejected"}
#: Longest reason, in characters.
REASON_LIMIT = 2000


class ScrmTicketPortalStep(ScrmTicketPortal):
    """Steps of a ticket that a supplier, franchisee or other partner handles."""

    def _ticket_get_page_view_values(self, ticket, access_token, **kwargs):
        values = super()._ticket_get_page_view_values(ticket, access_token, **kwargs)
        own = self._scrm_own_ticket(ticket.id)
        steps = self._scrm_own_steps(own)
        if steps and not self._scrm_is_customer(own):
            values["closed_stages"] = values["closed_stages"].browse()
        values.update(
            scrm_own_steps=steps,
            step_error=kwargs.get("step_error"),
            step_reason=kwargs.get("step_reason"),
        )
        return values

    def _scrm_own_ticket(self, ticket_id):
        """The ticket with the rights of whoever looks, not those of a link."""
        return request.env["helpdesk.ticket"].browse(ticket_id).exists()

    def _scrm_is_customer(self, ticket):
        customer = ticket.sudo().commercial_partner_id  # compared, not shown
        return customer == request.env.user.partner_id.commercial_partner_id

    def _scrm_own_steps(self, ticket):
        """What the user can do with the open steps he or she handles."""
        if not ticket.has_access("read"):
            return []
        user = request.env.user
        # Which steps are the user's own; each is shown to its handler only.
        run = ticket.sudo().scrm_run_id
        own = {step.id for step in run.step_ids if user in step._handlers()}
        steps = []
        for action in ticket._scrm_flow_actions():
            if action["step_id"] in own:
                offers = self._scrm_offers(ticket, action)
                for offer in offers:
                    if "nodes" in offer:
                        offer["nodes"] = self._scrm_mask_nodes(run, offer["nodes"])
                steps.append(
                    {
                        **action,
                        "operations": offers,
                        "votes": self._scrm_vote_offers(action),
                        "tally": self._scrm_tally(run, action["step_id"]),
                    }
                )
        return steps

    def _scrm_offers(self, ticket, action):
        """What one can do with a step besides completing it.

        Work is taken on by those who do it. The customer, who is asked something,
        just answers, unless the node itself wants it accepted.
        """
        offers = {offer["key"]: offer for offer in action.get("operations", ())}
        if self._scrm_is_customer(ticket):
            if not offers.get("accept", {}).get("direct"):
                offers.pop("accept", None)
        return [offers[key] for key in OPERATIONS if key in offers]

    def _scrm_vote_offers(self, action):
        """Names of the two votes an approval asks for; {} for other steps."""
        names = {}
        for offer in action.get("operations", ()):
            if offer["method"] == "scrm_step_vote" and offer["direct"]:
                names[offer["args"]["decision"]] = offer["name"]
        return {do: names[said] for do, said in VOTES.items() if said in names}

    def _scrm_tally(self, run, step_id):
        """How an approval stands, in words; who voted how stays inside."""
        step = run.step_ids.filtered(lambda step: step.id == step_id)
        if not step._is_approval():
            return ""
        tally = step._vote_tally()
        if tally["seats"] == 1:
            return request.env._("The decision is yours.")
        return request.env._(
            "%(voted)s of %(seats)s have voted. Approvals needed: %(needed)s, so far: "
            "%(approved)s.",
            voted=tally["approved"] + tally["rejected"],
            **tally,
        )

    def _scrm_mask_nodes(self, run, nodes):
        """Earlier nodes for people outside: of the private ones only the last one."""
        labels = run.version_id._labels()["customer"]
        graph = run.version_id._frozen_graph()
        shown, inside = [], None
        for node in nodes:
            if graph.nodes[node["key"]].is_private:
                inside = {"key": node["key"], "name": request.env._("Our office")}
            else:
                shown.append({"key": node["key"], "name": labels[node["key"]]})
        return [*shown, inside] if inside else shown

    @http.route(
        "/my/ticket/<int:ticket_id>/step/<int:step_id>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def scrm_portal_step(self, ticket_id, step_id, do=None, **sent):
        """Complete, accept, claim, send back or vote on a step one handles."""
        ticket = self._scrm_own_ticket(ticket_id)
        if not ticket or not ticket.has_access("read"):
            return self._scrm_refused()
        try:
            with request.env.cr.savepoint():
                self._scrm_do_step(ticket, step_id, do, sent)
        except AccessError:
            return self._scrm_refused()
        except UserError as error:
            page = self.portal_my_ticket(
                ticket_id, step_error=str(error), step_reason=sent.get("reason")
            )
            page.status_code = 422
            return page
        if ticket.has_access("read"):
            return request.redirect(f"/my/ticket/{ticket_id}")
        return request.redirect("/my/tickets")

    def _scrm_do_step(self, ticket, step_id, do, sent):
        """Do it with the rights of the handler.

        :raise AccessError: the user does not handle the step
        :raise UserError: it cannot be done
        """
        if do == "complete":
            ticket.scrm_step_complete(sent.get("transition") or None, step_id)
        elif do == "accept":
            ticket.scrm_step_accept(step_id)
        elif do == "claim":
            ticket.scrm_step_claim(step_id)
        elif do == "reject":
            reason = (sent.get("reason") or "")[:REASON_LIMIT]
            ticket.scrm_step_reject(sent.get("node"), reason, step_id)
        elif do in VOTES:
            reason = (sent.get("reason") or "")[:REASON_LIMIT]
            ticket.scrm_step_vote(VOTES[do], reason, step_id)
        else:
            raise NotFound(request.env._("There is no such operation."))
