from . import (
    test_crm_lead,
    test_match,
    test_match_rights,
    test_packs,
    test_score,
)
