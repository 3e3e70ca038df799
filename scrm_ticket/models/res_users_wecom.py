from odoo import fields, models
from odoo.exceptions import AccessDenied
from odoo.tools.misc import hash_sign, verify_hash_signed

SCOPE = "scrm_ticket.wecom_login"
#: What a login by WeCom is called.
CREDENTIAL = "scrm_wecom"
#: Hours that the proof of a login is good; it is used at once.
PROOF_HOURS = 1 / 60


class ResUsers(models.Model):
    """Colleagues who come from WeCom. Their UserID is on the user, which only
    administrators write: whoever could write it could log in as somebody else."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "res.users"

    scrm_wecom_userid = fields.Char(
        string="WeCom UserID",
        copy=False,
        groups="base.group_erp_manager",
        help="Who has it in WeCom comes in as this user.",
    )

    _scrm_wecom_userid_unique = models.UniqueIndex(
        "(scrm_wecom_userid) WHERE scrm_wecom_userid IS NOT NULL",
        "Another user has this WeCom UserID already.",
    )

    def _scrm_wecom_proof(self):
        """What the user logs in with now, after WeCom said that it is this one."""
        self.ensure_one()
        # sudo: the secret for the signature
        return hash_sign(
            self.env(su=True), SCOPE, self.id, expiration_hours=PROOF_HOURS
        )

    def _check_credentials(self, credential, env):
        if credential.get("type") != CREDENTIAL:
            return super()._check_credentials(credential, env)
        try:
            # sudo: as above
            whose = verify_hash_signed(
                self.env(su=True), SCOPE, credential.get("proof") or ""
            )
        except ValueError as error:
            raise AccessDenied() from error
        user = self.env.user
        if whose != user.id or not user.active or not user._is_internal():
            raise AccessDenied()
        return {"uid": user.id, "auth_method": CREDENTIAL, "mfa": "default"}
