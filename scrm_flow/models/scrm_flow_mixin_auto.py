from odoo import models

from ..engine.inside import is_marked


class ScrmFlowMixin(models.AbstractModel):
    """Lets a step go on by itself as soon as the record fulfils its condition.

    Asked on arrival and whenever the record is written. Without a version that has
    such nodes a write costs no query more.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.mixin"

    def write(self, vals):
        result = super().write(vals)
        if not is_marked(self.env.context, "scrm_flow_moving", "scrm_flow_acting"):
            self._scrm_advance()
        return result

    def _scrm_advance(self):
        versions = self.env["scrm.flow.version"]._auto_ids(self._name)
        for record in self._scrm_on_the_move(versions):
            self.env["scrm.flow.engine"]._advance(record, record.scrm_run_id)

    def _scrm_on_the_move(self, versions):
        """Yield the records, with the engine's rights, that run through a version.

        Each is asked when its turn comes: the one before may have moved it.

        :param versions: IDs of versions; without any, nothing is read
        """
        # sudo: whoever changes the record need not handle the step
        for record in self.sudo() if versions else ():
            run = record.scrm_run_id
            if (
                run.version_id.id in versions
                and run.state in ("running", "incident")
                and not run.frozen_at
            ):
                yield record
