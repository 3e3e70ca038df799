from odoo import api, fields, models
from odoo.exceptions import AccessDenied, AccessError


class ResUsers(models.Model):
    """A person whose rights are frozen: no session, password or API key is good.

    Unlike archiving it leaves his or her work where it is, as it may be a mistake.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "res.users"

    scrm_frozen_at = fields.Datetime(
        string="Frozen Since",
        readonly=True,
        copy=False,
        help="Took more customer data than is allowed; risk control releases.",
    )

    def write(self, vals):
        if "scrm_frozen_at" in vals and not self.env.su:
            raise AccessError(
                self.env._("Rights are frozen and released by risk control.")
            )
        return super().write(vals)

    def _get_session_token_fields(self):
        # a session is good for the state in which it was begun
        return super()._get_session_token_fields() | {"scrm_frozen_at"}

    def _login(self, credential, user_agent_env):
        # the one way in for logins of all kinds, also of addons that prove who
        # somebody is by themselves
        result = super()._login(credential, user_agent_env)
        self._scrm_refuse_frozen(result["uid"])
        return result

    def _check_credentials(self, credential, env):
        result = super()._check_credentials(credential, env)
        self._scrm_refuse_frozen(self.env.uid)
        return result

    @api.model
    def _scrm_refuse_frozen(self, uid):
        # sudo: of oneself, before one is in
        if self.sudo().browse(uid).scrm_frozen_at:
            raise AccessDenied(
                self.env._("Your rights are frozen. Ask risk control to release them.")
            )


class ResUsersApikeys(models.Model):
    _inherit = "res.users.apikeys"

    def _check_credentials(self, *, scope, key):
        uid = super()._check_credentials(scope=scope, key=key)
        # sudo: whether the key is good is asked before anybody is in
        if uid and self.env["res.users"].sudo().browse(uid).scrm_frozen_at:
            return None
        return uid
