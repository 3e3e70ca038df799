from odoo import api, models
from odoo.fields import Command


class ResUsers(models.Model):
    """Roles for a while and open looks end with whoever leaves."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "res.users"

    @api.model
    def _scrm_access_labels(self):
        return {
            **super()._scrm_access_labels(),
            "temporary": self.env._("Temporary rights"),
            "looks": self.env._("Looks through VIP customers"),
        }

    def _scrm_end_access(self):
        ended = super()._scrm_end_access()
        # sudo: roles of the leaver, whoever may archive users
        rights = self.env["scrm.temporary.right"].sudo()
        rights = rights.with_context(active_test=False).search(
            [("user_ids", "in", self.ids), ("state", "in", ("planned", "active"))]
        )
        for right in rights:
            right._scrm_take_out(self)
        # sudo: nobody writes these by hand
        looks = self.env["scrm.look.through"].sudo()
        looks = looks.search([("user_id", "=", self.id), ("is_open", "=", True)])
        looks.write({"is_open": False, "scrm_due_at": False})
        found = {"temporary": len(rights), "looks": len(looks)}
        return ended | {key: number for key, number in found.items() if number}


class ScrmTemporaryRight(models.Model):
    # what a leaver has of it
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.temporary.right"

    def _scrm_take_out(self, user):
        """Take it from one person; it ends when nobody is left.

        Who had it stands there as long as it lasts; nobody gets it any more.
        """
        self.ensure_one()
        if user in self.given_user_ids:
            self.group_id.with_context(active_test=False).user_ids = [
                Command.unlink(user.id)
            ]
            self.given_user_ids = [Command.unlink(user.id)]
        left = self.user_ids - user
        if not left.filtered("active"):
            self.state = "ended"
        elif self.state == "planned":
            self.user_ids = left
