"""How property tests run: by what they find, not by how busy the machine is.

They try the same examples in every run, so that a failure comes from a change and
can be repeated. ``SCRM_EXPLORE=1 make test ADDON=scrm_flow`` tries new ones.
"""

import os

from hypothesis import HealthCheck, settings

#: No time limit for an example, no complaint about slow invention of examples.
SLOW_MACHINE = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="SCRM_EXPLORE" not in os.environ,
)
