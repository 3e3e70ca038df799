from . import (
    cards,
    controllers,
    matching,
    models,
    handovers,
    switches,
    nodes,
    packs,
    shops,
)


def fill_lead_keys(env):
    """Opportunities from before the installation are found as well."""
    env["scrm.lead.key"]._fill()
