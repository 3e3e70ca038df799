from odoo import api, models

#: Kinds of keys that open Odoo in somebody's name; the second one comes with an addon.
KEYS = ("res.users.apikeys", "auth_totp.device")


class ResUsers(models.Model):
    """Who is archived has left: nothing opens any more, and nothing is forgotten."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "res.users"

    def write(self, vals):
        ends = "active" in vals and not vals["active"]
        leavers = self.filtered("active") if ends else self.browse()
        result = super().write(vals)
        if leavers:
            self.env["scrm.handover"]._leave(leavers)
        return result

    def action_archive(self):
        # before Odoo deletes their activities, those are handed over
        self.filtered("active").write({"active": False})
        return super().action_archive()

    def action_scrm_leave(self):
        """Plan how this person leaves: what goes where.

        :return: action with the plan
        """
        self.ensure_one()
        plans = self.env["scrm.handover"]
        plan = plans.search([("user_id", "=", self.id)], order="state, id desc")
        plan = plan.filtered(lambda one: one.state == "draft")[:1]
        if self.active:
            plan = plan or plans.create({"user_id": self.id})
            plan.action_plan()
        else:
            plan = plan or plans.search([("user_id", "=", self.id)], limit=1)
        return {
            "type": "ir.actions.act_window",
            "res_model": plans._name,
            "res_id": plan.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    @api.model
    def _scrm_access_labels(self) -> dict[str, str]:
        """What access can end, in words; addons add theirs."""
        return {
            "sessions": self.env._("Sessions"),
            "keys": self.env._("API keys"),
            "auth_totp.device": self.env._("Trusted devices"),
            "push": self.env._("Devices for push messages"),
            "oauth": self.env._("Sign-ins by other services"),
        }

    def _scrm_end_access(self) -> dict[str, int]:
        """End every way by which this user comes in, so that none is back one day.

        Being inactive shuts them all; whoever is taken on again starts from anew.

        :return: how many of each ended, none left out that was there
        """
        self.ensure_one()
        # sudo: what belongs to the user, whoever may archive the user
        user = self.sudo()
        devices = user.env["res.device"].search([("user_id", "=", user.id)])
        if devices:
            devices._revoke()
        ended = {"sessions": len(devices)}
        for name in KEYS:
            if name in self.env:
                keys = user.env[name].search([("user_id", "=", user.id)])
                ended["keys" if name == KEYS[0] else name] = len(keys)
                if keys:
                    keys._remove()
        push = user.env["mail.push.device"].search(
            [("partner_id", "=", user.partner_id.id)]
        )
        ended["push"] = len(push)
        push.unlink()
        if "oauth_access_token" in user._fields and user.oauth_access_token:
            ended["oauth"] = 1
            user.oauth_access_token = False
        user.partner_id.signup_cancel()
        return {key: number for key, number in ended.items() if number}

    def _scrm_superiors(self):
        """Who leads this person, the nearest first; addons know."""
        return self.browse()
