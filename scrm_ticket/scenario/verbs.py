"""What handlers do with tickets in scenarios."""

from odoo.addons.scrm_flow.scenario.registry import register_verb

TICKET = "helpdesk.ticket"
_STRING = {"type": "string"}
_ID = {"type": ["string", "integer"]}


def complete(actor, args, play):
    """Complete one's open step of a ticket, along a transition."""
    arguments = {}
    if "transition" in args:
        arguments["transition_key"] = args["transition"]
    ids = [int(args["ticket"])]
    return actor.call(TICKET, "scrm_step_complete", ids=ids, **arguments)


def cancel(actor, args, play):
    """Cancel the flow of a ticket, with a reason."""
    ids = [int(args["ticket"])]
    return actor.call(TICKET, "scrm_flow_cancel", ids=ids, reason=args["reason"])


for _door in ("json2", "backend"):
    register_verb(
        _door, "complete_step", {"ticket": _ID, "transition": _STRING}, ["ticket"]
    )(complete)
    register_verb(
        _door, "cancel_ticket", {"ticket": _ID, "reason": _STRING}, ["ticket", "reason"]
    )(cancel)
