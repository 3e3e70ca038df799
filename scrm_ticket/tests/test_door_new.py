from odoo import models
from odoo.exceptions import UserError, ValidationError

from .common import TicketCase

KIOSK = "scrm.ticket.door.test_kiosk"
NO_CARD = "Put your card on the reader."


def kiosk():
    """A door of another addon: this class is all of it."""

    class ScrmTicketDoorTestKiosk(models.AbstractModel):
        # another addon's
        # pylint: disable=consider-merging-classes-inherited
        _module = None
        _name = KIOSK
        _inherit = "scrm.ticket.door"
        _description = "Entry Kiosk"

        _label = "Kiosk"
        _kind_rank = 70
        _for_customers = True

        def _customer_vals(self, data):
            if not data.get("card"):
                raise ValidationError(NO_CARD)
            return {"partner_id": data["card"], "partner_name": "Card"}

    return ScrmTicketDoorTestKiosk


class TestNewDoor(TicketCase):
    """A new door is one small registered class, whoever brings it: it takes what every
    door takes, checked by the same rules, and is in the tickets' reports."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        from odoo.orm.model_classes import add_to_registry

        add_to_registry(cls.registry, kiosk())
        cls.addClassCleanup(cls.remove_kiosk)
        cls.registry._setup_models__(cls.cr, [])
        cls.registry.clear_all_caches()

    @classmethod
    def remove_kiosk(cls):
        for parent in ("scrm.ticket.door", "base"):
            cls.registry[parent]._inherit_children.discard(KIOSK)
        del cls.registry.models[KIOSK]
        cls.registry._setup_models__(cls.cr, [])
        cls.registry.clear_all_caches()

    def enter(self, values=None, **more):
        data = {
            "template": "test_installation",
            "values": self.good_values if values is None else values,
            "card": self.pia.partner_id.id,
            **more,
        }
        public = self.env.ref("base.public_user")
        tickets = self.env["helpdesk.ticket"].with_user(public)
        answer = tickets._scrm_submit("test_kiosk", data, more.get("key"))
        return self.env["helpdesk.ticket"].browse(answer["id"])

    def test_it_takes_tickets(self):
        """With its own word on who the customer is, and its name in reports."""
        ticket = self.enter()
        self.assertEqual(ticket.scrm_door, "test_kiosk")
        self.assertEqual(ticket.partner_id, self.pia.partner_id)
        self.assertEqual(ticket.scrm_node_key, "check")
        names = dict(ticket.fields_get(["scrm_door"])["scrm_door"]["selection"])
        self.assertEqual(names["test_kiosk"], "Kiosk")
        groups = self.env["helpdesk.ticket"]._read_group(
            [("id", "=", ticket.id)], ["scrm_door"], ["__count"]
        )
        self.assertEqual(groups, [("test_kiosk", 1)])

    def test_the_rules_are_the_same(self):
        """It takes no less than the form asks for, and no form that is not for it."""
        before = self.env["helpdesk.ticket"].search_count([])
        with self.assertRaisesRegex(ValidationError, "Floor area"):
            self.enter({"test_area": "much", "test_mounting": "wall"})
        with self.assertRaisesRegex(ValidationError, "Mounting"):
            self.enter({"test_area": 60})
        with self.assertRaisesRegex(ValidationError, NO_CARD):
            self.enter(card=None)
        self.template.portal_published = False
        with self.assertRaisesRegex(ValidationError, "no ticket template"):
            self.enter()
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), before)

    def test_no_such_door(self):
        with self.assertRaisesRegex(UserError, "is not available"):
            self.env["helpdesk.ticket"]._scrm_submit("test_other", {})
