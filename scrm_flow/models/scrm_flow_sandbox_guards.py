"""What the flow engine does differently on the cursor of a sandbox."""

from odoo import api, models

from ..sandbox.cursor import sandbox_of


class ScrmClock(models.AbstractModel):
    """Each sandbox has its own time; nobody else's changes with it."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.clock"

    @api.model
    @api.private
    def now(self):
        sandbox = sandbox_of(self.env)
        return sandbox.now if sandbox else super().now()


class ScrmFlowVersion(models.Model):
    """A draft can run in a sandbox, but it still changes: nothing of it is kept."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.version"

    def _frozen_graph(self):
        sandbox = sandbox_of(self.env)
        if not sandbox or self.id not in sandbox.versions:
            return super()._frozen_graph()
        if self.id not in sandbox.compiled:
            sandbox.compiled[self.id] = self._compile()
        return sandbox.compiled[self.id]

    def _labels_in(self, lang):
        sandbox = sandbox_of(self.env)
        if not sandbox or self.id not in sandbox.versions:
            return super()._labels_in(lang)
        if (self.id, lang) not in sandbox.compiled:
            sandbox.compiled[self.id, lang] = self._compile_labels(lang)
        return sandbox.compiled[self.id, lang]

    @api.model
    def _auto_ids(self, model_name):
        sandbox = sandbox_of(self.env)
        versions = super()._auto_ids(model_name)
        return versions | sandbox.versions if sandbox else versions
