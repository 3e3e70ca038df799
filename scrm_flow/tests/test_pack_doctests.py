import doctest

from odoo.tests import BaseCase

from ..packs import fragments, pack, porter, scenarios, schema
from ..scenario import doors, player, registry, table

MODULES = (
    fragments,
    pack,
    porter,
    scenarios,
    schema,
    doors,
    player,
    registry,
    table,
)


class TestPackDoctests(BaseCase):
    def test_examples(self):
        """The examples in the docstrings of packs and scenarios are true."""
        for module in MODULES:
            with self.subTest(module.__name__):
                outcome = doctest.testmod(module)
                self.assertGreater(outcome.attempted, 0)
                self.assertEqual(outcome.failed, 0)
