from . import (
    crm_lead,
    crm_lead_candidates,
    helpdesk_ticket,
    scrm_match,
    scrm_match_weight,
)
