from .common import TicketCase


class TestDimension(TicketCase):
    """What conditions, tiers and settlement may ask of a ticket."""

    def test_values(self):
        ticket = self.submit()
        dimensions = self.env["scrm.dimension"]
        keys = [
            "template",
            "team",
            "store",
            "region",
            "store_class",
            "customer",
            "priority",
            "door",
            "field.test_area",
            "field.test_mounting",
            "field.test_note",
        ]
        self.assertEqual(
            dimensions.values(ticket, keys),
            {
                "template": "test_installation",
                "team": "Test Installers",
                "store": "test_store",
                "region": "East",
                "store_class": "A",
                "customer": "Customer Ltd",
                "priority": "2",
                "door": "json2",
                "field.test_area": 60.0,
                "field.test_mounting": "wall",
                "field.test_note": None,
            },
        )
        types = dimensions._definitions("helpdesk.ticket")
        self.assertEqual(types["field.test_area"].type, "number")
        self.assertEqual(types["field.test_mounting"].type, "choice")
        self.assertNotIn("door", dimensions._definitions("res.partner"))
