from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: Seconds before its end that a token is fetched anew.
MARGIN = 300


class ScrmDoorWecomToken(models.Model):
    """What the platform gave an app for some time: WeCom counts how often it is asked
    for, so all workers and hosts share it."""

    _name = "scrm.door.wecom.token"
    _description = "Token of a WeCom App"
    _log_access = False

    door_id = fields.Many2one(
        comodel_name="scrm.door.wecom", required=True, ondelete="cascade"
    )
    kind = fields.Char(required=True)
    owner = fields.Char(required=True, help="Digest of the account it was given to.")
    value = fields.Char(required=True)
    valid_until = fields.Datetime(required=True)

    _once = models.UniqueIndex("(door_id, kind)")

    @api.model
    def _get(self, door, kind, fetch):
        """A token that is good.

        :param door: ``scrm.door.wecom``
        :param kind: which of the door's
        :param fetch: function() -> (token, seconds it is good for)
        :raise UserError: from ``fetch``, or it brought none
        """
        # sudo: nobody reads tokens, pages only use them
        tokens = self.sudo()
        now = self.env["scrm.clock"].now()
        owner = self.env["scrm.door.quota"]._digest(
            f"{door.corp_id}:{door.agent_id}:{door.secret}:{door.api_url}"
        )
        known = tokens.search([("door_id", "=", door.id), ("kind", "=", kind)])
        if known and known.owner == owner and known.valid_until > now:
            return known.value
        value, seconds = fetch()
        if not value:
            raise UserError(self.env._("WeCom gave no token."))
        end = now + timedelta(seconds=max(seconds - MARGIN, 0))
        self._keep(door, kind, owner, value, end)
        return value

    @api.model
    def _keep(self, door, kind, owner, value, end):
        """Keep a token at once, whatever becomes of the request: it was counted."""
        with self.env.registry.cursor() as cr:
            cr.execute(
                SQL(
                    """
                    INSERT INTO scrm_door_wecom_token (
                           door_id, kind, owner, value, valid_until)
                    SELECT id, %(kind)s, %(owner)s, %(value)s, %(end)s
                      FROM scrm_door_wecom
                     WHERE id = %(door)s
                        ON CONFLICT (door_id, kind)
                        DO UPDATE SET owner = EXCLUDED.owner,
                                      value = EXCLUDED.value,
                                      valid_until = EXCLUDED.valid_until
                    """,
                    door=door.id,
                    kind=kind,
                    owner=owner,
                    value=value,
                    end=end,
                )
            )
        self.invalidate_model()

    @api.model
    def _forget(self, door, kind):
        """A token is not good any more."""
        with self.env.registry.cursor() as cr:
            cr.execute(
                SQL(
                    """
                    DELETE FROM scrm_door_wecom_token
                     WHERE door_id = %s AND kind = %s
                    """,
                    door.id,
                    kind,
                )
            )
        self.invalidate_model()
