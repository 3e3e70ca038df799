import logging

from odoo import api, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)
#: Where ids of changed records are kept until the transaction ends.
CHANGED = "scrm_ticket.changed"


class Base(models.AbstractModel):
    """Whatever is created or written: events are asked once, when it is committed.

    A model that no event looks at costs one look into a cached dict.
    """

    _inherit = "base"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._scrm_note_change()
        return records

    def write(self, vals):
        result = super().write(vals)
        self._scrm_note_change()
        return result

    def _scrm_note_change(self):
        # while addons are loaded or upgraded nothing happens to records
        if not self.pool.ready or not self._auto or self._transient or not self:
            return
        events = self.env["scrm.door.event"]
        if self._name not in events._watched():
            return
        precommit = self.env.cr.precommit
        if CHANGED not in precommit.data:
            precommit.data[CHANGED] = {}
            precommit.add(events.sudo()._scrm_look_at_changes)  # sudo: see _look
        precommit.data[CHANGED].setdefault(self._name, set()).update(self._ids)


class ScrmDoorEvent(models.Model):
    # what happens when a transaction ends
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.door.event"

    @api.model
    def _scrm_look_at_changes(self):
        """Ask the events of everything that this transaction changed."""
        changed = self.env.cr.precommit.data.pop(CHANGED, {})
        watched = self._watched()
        for name, ids in changed.items():
            for event in self.browse(watched.get(name, ())):
                try:
                    with self.env.cr.savepoint():
                        event._look(sorted(ids))
                except (ValueError, KeyError, TypeError, UserError) as error:
                    # such as a condition on a field that is gone: what happened to
                    # the record must not be stopped by it
                    _logger.exception("The event %s was switched off", event.key)
                    event.write({"active": False, "fault": str(error)})
