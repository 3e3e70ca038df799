from . import crm_lead, helpdesk_ticket, scrm_match
