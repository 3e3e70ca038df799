"""How property tests run: by what they find, not by how busy the machine is."""

from hypothesis import HealthCheck, settings

#: No time limit for an example, no complaint about slow invention of examples.
SLOW_MACHINE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
