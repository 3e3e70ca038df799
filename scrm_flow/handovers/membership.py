from odoo import api, models
from odoo.fields import Command
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmHandoverKindMembership(models.AbstractModel):
    """Lists of people: the leaver is taken off, and nobody put in the place.

    Whoever takes over the work is no member of what the other one was in.
    """

    _name = "scrm.handover.kind.membership"
    _inherit = "scrm.handover.kind"
    _description = "Handover of Memberships"

    #: A many2many of people.
    _field = "user_ids"
    _ends = True

    @api.model
    def _records(self):
        # archived ones too: they may return, and whoever leaves is archived by now
        return super()._records().with_context(active_test=False)

    @api.model
    def _give(self, shares, leaver):
        for share in shares:
            share.record.write({self._field: [Command.unlink(leaver.id)]})


class ScrmHandoverKindBackupPool(models.AbstractModel):
    _name = "scrm.handover.kind.backup_pool"
    _inherit = "scrm.handover.kind.membership"
    _description = "Handover of Backup Pools"

    _label = _lt("Backup pools")
    _kind_rank = 80
    _model = "scrm.flow.backup.pool"
