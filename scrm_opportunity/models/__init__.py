from . import (
    scrm_follow_mixin,
    scrm_offer,
    scrm_ticket_offer,
    crm_lead,
    crm_lead_candidates,
    crm_lead_outcome,
    helpdesk_ticket,
    helpdesk_ticket_offers,
    scrm_match,
    scrm_match_weight,
    scrm_story,
)
