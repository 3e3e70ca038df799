from . import (
    test_crm_lead,
    test_match,
    test_match_names,
    test_match_rights,
    test_match_weight,
    test_offers,
    test_outcome,
    test_packs,
    test_score,
    test_story,
)
